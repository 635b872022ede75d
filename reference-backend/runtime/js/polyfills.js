// Library functions of newer engines that bundles may call: esbuild lowers syntax, never calls.
"use strict"; // a receiver that is null stays null
const { hide, textOf } = host.shared;
const { apply } = Reflect;
const { splice } = Array.prototype;

/// `lengths`: of functions whose own parameters do not say it.
host.shared.add = (object, functions, lengths = {}) => {
  for (const name of Object.keys(functions)) {
    if (name in object) continue;
    hide(object, name, functions[name]);
    if (name in lengths) Object.defineProperty(functions[name], "length", { value: lengths[name], configurable: true });
  }
};
const { add } = host.shared;

/// The receiver of a method, which must be something.
function objectOf(self, name) {
  if (self === undefined || self === null) throw new TypeError(`${name} called on null or undefined`);
  return Object(self);
}

/// The elements of a receiver, with holes filled.
function elementsOf(self, name) {
  const list = objectOf(self, name);
  const length = Math.trunc(Number(list.length)) || 0;
  if (length > 4294967295) throw new RangeError("Invalid array length");
  const out = [];
  for (let i = 0; i < length; ++i) out[i] = list[i];
  return out;
}

function indexOf(length, position) {
  const n = Math.trunc(Number(position)) || 0;
  const index = n < 0 ? length + n : n;
  if (index < 0 || index >= length) throw new RangeError("Invalid index : " + position);
  return index;
}

function requireComparison(compare) {
  if (compare !== undefined && typeof compare !== "function")
    throw new TypeError("The comparison function must be either a function or undefined");
}

function requireFunction(f) {
  if (typeof f !== "function") throw new TypeError(`${typeof f === "symbol" ? "A symbol" : String(f)} is not a function`);
}

function isConstructor(f) {
  try {
    Reflect.construct(Object, [], f);
    return true;
  } catch {
    return false;
  }
}

add(
  Array.prototype,
  {
    toReversed() {
      return elementsOf(this, "Array.prototype.toReversed").reverse();
    },
    toSorted(compare) {
      requireComparison(compare);
      return elementsOf(this, "Array.prototype.toSorted").sort(compare);
    },
    toSpliced(...args) {
      const copy = elementsOf(this, "Array.prototype.toSpliced");
      apply(splice, copy, args);
      return copy;
    },
    with(position, value) {
      const copy = elementsOf(this, "Array.prototype.with");
      copy[indexOf(copy.length, position)] = value;
      return copy;
    },
  },
  { toSpliced: 2 },
);

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const lengthOf = Object.getOwnPropertyDescriptor(typedArray, "length").get;
const kindOf = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag).get;
const kinds = Object.create(null);
for (const type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]) kinds[type.name] = type;
for (const type of [Float32Array, Float64Array, BigInt64Array, BigUint64Array]) kinds[type.name] = type;

/// A copy of a typed array, of its own kind whatever its constructor says.
function viewOf(view) {
  apply(lengthOf, view, []);
  return new kinds[apply(kindOf, view, [])](view);
}

add(typedArray, {
  toReversed() {
    return viewOf(this).reverse();
  },
  toSorted(compare) {
    requireComparison(compare);
    return viewOf(this).sort(compare);
  },
  with(position, value) {
    const copy = viewOf(this);
    copy[indexOf(copy.length, position)] = value;
    return copy;
  },
});

add(
  Array,
  {
    async fromAsync(items, map, self) {
      if (map !== undefined) requireFunction(map);
      const isMaker = isConstructor(this);
      const iterate = items[Symbol.asyncIterator] ?? items[Symbol.iterator];
      let i = 0;
      if (iterate !== undefined && iterate !== null) {
        const out = isMaker ? new this() : [];
        for await (const item of items) {
          const value = map ? await apply(map, self, [item, i]) : item;
          Object.defineProperty(out, i++, { value, writable: true, enumerable: true, configurable: true });
        }
        out.length = i;
        return out;
      }
      const list = Object(items);
      const length = Math.max(Math.trunc(Number(list.length)) || 0, 0);
      const out = isMaker ? new this(length) : new Array(length);
      for (; i < length; ++i) {
        const item = await list[i];
        const value = map ? await apply(map, self, [item, i]) : item;
        Object.defineProperty(out, i, { value, writable: true, enumerable: true, configurable: true });
      }
      out.length = length;
      return out;
    },
  },
  { fromAsync: 1 },
);

/// Calls `put(key, item)` for each item that a program gives.
function group(items, keyOf, put) {
  if (items === undefined || items === null) throw new TypeError(`${items} is not iterable`);
  requireFunction(keyOf);
  let i = 0;
  for (const item of items) put(keyOf(item, i++), item);
}

add(Object, {
  groupBy(items, keyOf) {
    const groups = Object.create(null);
    group(items, keyOf, (key, item) => {
      const name = typeof key === "symbol" ? key : `${key}`;
      if (groups[name] === undefined) groups[name] = [item];
      else groups[name].push(item);
    });
    return groups;
  },
});

add(Map, {
  groupBy(items, keyOf) {
    const groups = new Map();
    group(items, keyOf, (key, item) => {
      const found = groups.get(key);
      if (found) found.push(item);
      else groups.set(key, [item]);
    });
    return groups;
  },
});

for (const type of [Map, WeakMap]) {
  const { get, has, set } = type.prototype;
  const getOr = (map, key, valueOf) => {
    if (apply(has, map, [key])) return apply(get, map, [key]);
    // The map takes only what it may have as a key: what it refuses must not call the function first.
    if (type === WeakMap) apply(set, new WeakMap(), [key, undefined]);
    const value = valueOf();
    apply(set, map, [key, value]);
    return value;
  };
  add(type.prototype, {
    getOrInsert(key, value) {
      return getOr(this, key, () => value);
    },
    getOrInsertComputed(key, compute) {
      apply(has, this, [key]);
      requireFunction(compute);
      return getOr(this, key, () => compute(Object.is(key, -0) ? 0 : key));
    },
  });
}

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
    return new this((resolve) => resolve(apply(f, undefined, args)));
  },
});

add(String.prototype, {
  isWellFormed() {
    objectOf(this, "String.prototype.isWellFormed");
    const text = `${this}`;
    return textOf(text) === text;
  },
  toWellFormed() {
    objectOf(this, "String.prototype.toWellFormed");
    return textOf(this);
  },
});
