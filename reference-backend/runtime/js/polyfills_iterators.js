// Iterator and its helpers, which V8 has from version 12.2 on.
const { hide } = host.shared;
const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

function Iterator() {
  if (new.target === undefined || new.target === Iterator) throw new TypeError("Abstract class Iterator not directly constructable");
}
Object.defineProperty(Iterator, "prototype", { value: iteratorPrototype, writable: false });
hide(iteratorPrototype, "constructor", Iterator);
hide(globalThis, "Iterator", Iterator);

function directOf(iterator) {
  if ((typeof iterator !== "object" && typeof iterator !== "function") || iterator === null) throw new TypeError("The receiver must be an object");
  return { iterator, next: iterator.next };
}

function step({ iterator, next }) {
  const result = Reflect.apply(next, iterator, []);
  if ((typeof result !== "object" && typeof result !== "function") || result === null) throw new TypeError("The result of an iterator must be an object");
  return result;
}

function requireFunction(f) {
  if (typeof f !== "function") throw new TypeError(`${String(f)} is not a function`);
}

function close(from) {
  from.iterator.return?.();
}

/// A helper: runs `body` lazily; whoever stops it early closes what is under it.
function helper(from, body) {
  let state = "new";
  const steps = body();
  return Object.create(helperPrototype, {
    state: {
      value: {
        next() {
          state = "running";
          const result = steps.next();
          if (result.done) state = "done";
          return result;
        },
        end() {
          if (state === "new") close(from);
          if (state === "running") steps.return();
          state = "done";
          return { value: undefined, done: true };
        },
      },
    },
  });
}

const helperPrototype = Object.create(iteratorPrototype, {
  next: { value() { return this.state.next(); }, writable: true, configurable: true },
  return: { value() { return this.state.end(); }, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: "Iterator Helper", configurable: true },
});

/// The items of an iterator that is closed when the consumer stops before its end.
function* items(from) {
  let done = false;
  try {
    for (;;) {
      let result;
      try {
        result = step(from);
        done = Boolean(result.done);
      } catch (e) {
        done = true;
        throw e;
      }
      if (done) return;
      yield result.value;
    }
  } finally {
    if (!done) close(from);
  }
}

function count(value) {
  const n = Number(value);
  if (Number.isNaN(n)) throw new RangeError(`${String(value)} must be positive`);
  const whole = Math.trunc(n);
  if (whole < 0) throw new RangeError(`${String(value)} must be positive`);
  return whole;
}

function flattened(value) {
  if (typeof value !== "object" || value === null) throw new TypeError("The mapper must give an iterable");
  const method = value[Symbol.iterator];
  return directOf(method === undefined || method === null ? value : Reflect.apply(method, value, []));
}

const methods = {
  map(f) {
    const from = directOf(this);
    requireFunction(f);
    return helper(from, function* () {
      let i = 0;
      for (const item of items(from)) yield f(item, i++);
    });
  },
  filter(f) {
    const from = directOf(this);
    requireFunction(f);
    return helper(from, function* () {
      let i = 0;
      for (const item of items(from)) if (f(item, i++)) yield item;
    });
  },
  take(limit) {
    const from = directOf(this);
    let left = count(limit);
    return helper(from, function* () {
      if (left === 0) return close(from);
      for (const item of items(from)) {
        yield item;
        if (--left === 0) return;
      }
    });
  },
  drop(limit) {
    const from = directOf(this);
    let left = count(limit);
    return helper(from, function* () {
      for (const item of items(from)) {
        if (left > 0) --left;
        else yield item;
      }
    });
  },
  flatMap(f) {
    const from = directOf(this);
    requireFunction(f);
    return helper(from, function* () {
      let i = 0;
      for (const item of items(from)) yield* items(flattened(f(item, i++)));
    });
  },
  reduce(f, ...start) {
    const from = directOf(this);
    requireFunction(f);
    let i = 0;
    let total = start[0];
    let empty = start.length === 0;
    for (const item of items(from)) {
      total = empty ? item : f(total, item, i);
      empty = false;
      ++i;
    }
    if (empty) throw new TypeError("Reduce of a done iterator with no initial value");
    return total;
  },
  toArray() {
    return [...items(directOf(this))];
  },
  forEach(f) {
    const from = directOf(this);
    requireFunction(f);
    let i = 0;
    for (const item of items(from)) f(item, i++);
  },
  some(f) {
    const from = directOf(this);
    requireFunction(f);
    let i = 0;
    for (const item of items(from)) if (f(item, i++)) return true;
    return false;
  },
  every(f) {
    const from = directOf(this);
    requireFunction(f);
    let i = 0;
    for (const item of items(from)) if (!f(item, i++)) return false;
    return true;
  },
  find(f) {
    const from = directOf(this);
    requireFunction(f);
    let i = 0;
    for (const item of items(from)) if (f(item, i++)) return item;
    return undefined;
  },
};
for (const name of Object.keys(methods)) hide(iteratorPrototype, name, methods[name]);
Object.defineProperty(iteratorPrototype, Symbol.toStringTag, {
  get: () => "Iterator",
  set(value) {
    if (this === iteratorPrototype) throw new TypeError("Cannot assign to this property");
    Object.defineProperty(this, Symbol.toStringTag, { value, writable: true, configurable: true, enumerable: true });
  },
  configurable: true,
});

const wrapPrototype = Object.create(iteratorPrototype, {
  next: { value() { return step(this.from); }, writable: true, configurable: true },
  return: {
    value() {
      const { iterator } = this.from;
      const end = iterator.return;
      return end === undefined ? { value: undefined, done: true } : Reflect.apply(end, iterator, []);
    },
    writable: true,
    configurable: true,
  },
});

hide(Iterator, "from", function from(value) {
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) throw new TypeError("The value must be an object");
  const method = value[Symbol.iterator];
  const found = directOf(method === undefined || method === null ? value : Reflect.apply(method, value, []));
  if (iteratorPrototype.isPrototypeOf(found.iterator)) return found.iterator;
  return Object.create(wrapPrototype, { from: { value: found } });
});
