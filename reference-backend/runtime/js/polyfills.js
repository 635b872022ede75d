// Library functions of newer engines that bundles may call: esbuild lowers syntax, never calls.
const { hide } = host.shared;

function add(object, functions) {
  for (const name of Object.keys(functions)) if (!(name in object)) hide(object, name, functions[name]);
}

function indexOf(list, position) {
  const n = Math.trunc(Number(position)) || 0;
  const index = n < 0 ? list.length + n : n;
  if (index < 0 || index >= list.length) throw new RangeError("Invalid index : " + position);
  return index;
}

add(Array.prototype, {
  toReversed() {
    return Array.from(this).reverse();
  },
  toSorted(compare) {
    if (compare !== undefined && typeof compare !== "function")
      throw new TypeError("The comparison function must be either a function or undefined");
    return Array.from(this).sort(compare);
  },
  toSpliced(...args) {
    const copy = Array.from(this);
    copy.splice(...args);
    return copy;
  },
  with(position, value) {
    const copy = Array.from(this);
    copy[indexOf(copy, position)] = value;
    return copy;
  },
});

add(Object.getPrototypeOf(Uint8Array.prototype), {
  toReversed() {
    return this.slice().reverse();
  },
  toSorted(compare) {
    return this.slice().sort(compare);
  },
  with(position, value) {
    const copy = this.slice();
    copy[indexOf(copy, position)] = value;
    return copy;
  },
});

add(Array, {
  async fromAsync(items, map, self) {
    const out = typeof this === "function" ? new this() : [];
    let i = 0;
    if (items[Symbol.asyncIterator] !== undefined || items[Symbol.iterator] !== undefined) {
      for await (const item of items) {
        out[i] = map ? await map.call(self, item, i) : item;
        ++i;
      }
    } else {
      for (; i < items.length; ++i) {
        const item = await items[i];
        out[i] = map ? await map.call(self, item, i) : item;
      }
    }
    out.length = i;
    return out;
  },
});

add(Object, {
  groupBy(items, keyOf) {
    const groups = Object.create(null);
    let i = 0;
    for (const item of items) (groups[keyOf(item, i++)] ??= []).push(item);
    return groups;
  },
});

add(Map, {
  groupBy(items, keyOf) {
    const groups = new Map();
    let i = 0;
    for (const item of items) {
      const key = keyOf(item, i++);
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
    return groups;
  },
});

add(Promise, {
  withResolvers() {
    let resolve, reject;
    const promise = new this((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise, resolve, reject };
  },
  try(f, ...args) {
    return new this((resolve) => resolve(f(...args)));
  },
});

const keysOf = (other) => ({ [Symbol.iterator]: () => other.keys() });

add(Set.prototype, {
  union(other) {
    const out = new Set(this);
    for (const item of keysOf(other)) out.add(item);
    return out;
  },
  intersection(other) {
    const out = new Set();
    for (const item of this) if (other.has(item)) out.add(item);
    return out;
  },
  difference(other) {
    const out = new Set();
    for (const item of this) if (!other.has(item)) out.add(item);
    return out;
  },
  symmetricDifference(other) {
    const out = new Set(this);
    for (const item of keysOf(other)) if (!out.delete(item)) out.add(item);
    return out;
  },
  isSubsetOf(other) {
    for (const item of this) if (!other.has(item)) return false;
    return true;
  },
  isSupersetOf(other) {
    for (const item of keysOf(other)) if (!this.has(item)) return false;
    return true;
  },
  isDisjointFrom(other) {
    for (const item of this) if (other.has(item)) return false;
    return true;
  },
});

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

add(String.prototype, {
  isWellFormed() {
    return !loneSurrogate.test(this);
  },
  toWellFormed() {
    return String(this).replace(new RegExp(loneSurrogate, "g"), "\uFFFD");
  },
});
