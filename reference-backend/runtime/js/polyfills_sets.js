// Methods of sets with other sets, which V8 has from version 12.2 on. The other one may be anything with `size`, `has`
// and `keys`, a Map for example.
"use strict"; // a receiver that is null stays null
const { add } = host.shared;
const { apply } = Reflect;
const { has, add: put, delete: drop } = Set.prototype;
const sizeOf = Object.getOwnPropertyDescriptor(Set.prototype, "size").get;
const valuesOf = Set.prototype.values;
const { next } = Object.getPrototypeOf(new Set().values());

/// What is asked of the other one. `contains` and `keys` are looked up once.
function recordOf(other) {
  if ((typeof other !== "object" && typeof other !== "function") || other === null) throw new TypeError("The argument must be a set or something like it");
  const number = Number(other.size);
  if (Number.isNaN(number)) throw new TypeError("The size of the argument must be a number");
  const size = Math.trunc(number);
  if (size < 0) throw new RangeError(`'${size}' is an invalid size`);
  const { has: contains, keys } = other;
  if (typeof contains !== "function") throw new TypeError("The argument must have a method 'has'");
  if (typeof keys !== "function") throw new TypeError("The argument must have a method 'keys'");
  return { size, contains: (item) => Boolean(apply(contains, other, [item])), keys: () => apply(keys, other, []) };
}

/// Calls `visit` with each key of the other one, until it gives false; then the iterator is closed.
function eachKey(record, visit) {
  const iterator = record.keys();
  if ((typeof iterator !== "object" && typeof iterator !== "function") || iterator === null) throw new TypeError("keys() must give an iterator");
  const step = iterator.next;
  for (;;) {
    const result = apply(step, iterator, []);
    if ((typeof result !== "object" && typeof result !== "function") || result === null) throw new TypeError("The result of an iterator must be an object");
    if (result.done) return true;
    if (visit(result.value) !== false) continue;
    const end = iterator.return;
    if (end !== undefined && end !== null) apply(end, iterator, []);
    return false;
  }
}

/// The same for the items of a set, which may change meanwhile.
function eachItem(set, visit) {
  const iterator = apply(valuesOf, set, []);
  for (let result = apply(next, iterator, []); !result.done; result = apply(next, iterator, [])) if (visit(result.value) === false) return false;
  return true;
}

function copyOf(set) {
  const copy = new Set();
  eachItem(set, (item) => void apply(put, copy, [item]));
  return copy;
}

const holds = (set, item) => apply(has, set, [item]);
const count = (set) => apply(sizeOf, set, []);

add(Set.prototype, {
  union(other) {
    count(this);
    const record = recordOf(other);
    const out = copyOf(this);
    eachKey(record, (item) => void apply(put, out, [item]));
    return out;
  },
  intersection(other) {
    const size = count(this);
    const record = recordOf(other);
    const out = new Set();
    // The smaller one gives the order.
    if (size <= record.size) eachItem(this, (item) => void (record.contains(item) && apply(put, out, [item])));
    else eachKey(record, (item) => void (holds(this, item) && apply(put, out, [item])));
    return out;
  },
  difference(other) {
    const size = count(this);
    const record = recordOf(other);
    const out = copyOf(this);
    if (size <= record.size) eachItem(this, (item) => void (record.contains(item) && apply(drop, out, [item])));
    else eachKey(record, (item) => void apply(drop, out, [item]));
    return out;
  },
  symmetricDifference(other) {
    count(this);
    const record = recordOf(other);
    const out = copyOf(this);
    eachKey(record, (item) => void (holds(this, item) ? apply(drop, out, [item]) : apply(put, out, [item])));
    return out;
  },
  isSubsetOf(other) {
    const size = count(this);
    const record = recordOf(other);
    return size <= record.size && eachItem(this, (item) => record.contains(item));
  },
  isSupersetOf(other) {
    const size = count(this);
    const record = recordOf(other);
    return size >= record.size && eachKey(record, (item) => holds(this, item));
  },
  isDisjointFrom(other) {
    const size = count(this);
    const record = recordOf(other);
    if (size <= record.size) return eachItem(this, (item) => !record.contains(item));
    return eachKey(record, (item) => !holds(this, item));
  },
});
