// Iterator and its helpers, which V8 has from version 12.2 on.
"use strict"; // a receiver that is null stays null
const { hide } = host.shared;
const { apply } = Reflect;
const { defineProperty } = Object;
const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

function Iterator() {
  if (new.target === undefined || new.target === Iterator) throw new TypeError("Abstract class Iterator not directly constructable");
}
defineProperty(Iterator, "prototype", { value: iteratorPrototype, writable: false });
hide(iteratorPrototype, "constructor", Iterator);
hide(globalThis, "Iterator", Iterator);

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

function requireReceiver(value) {
  if (!isObject(value)) throw new TypeError("The receiver must be an object");
}

function directOf(iterator) {
  requireReceiver(iterator);
  return { iterator, next: iterator.next };
}

function step({ iterator, next }) {
  const result = apply(next, iterator, []);
  if (!isObject(result)) throw new TypeError("The result of an iterator must be an object");
  return result;
}

/// Ends an iterator that is not at its end.
function close({ iterator }) {
  const end = iterator.return;
  if (end !== undefined && end !== null && !isObject(apply(end, iterator, []))) throw new TypeError("The result of return() must be an object");
}

/// The same where something else went wrong, which is what counts.
function closeQuietly(from) {
  try {
    close(from);
  } catch {}
}

function requireFunction(f, self) {
  if (typeof f === "function") return;
  closeQuietly({ iterator: self });
  throw new TypeError(`${typeof f === "symbol" ? "A symbol" : String(f)} is not a function`);
}

/// A helper: runs `body` lazily; whoever stops it early closes what is under it.
class Helper {
  #state = "new";
  #from;
  #steps;
  constructor(from, steps) {
    this.#from = from;
    this.#steps = steps;
  }
  next() {
    if (this.#state === "running") throw new TypeError("The iterator is running already");
    if (this.#state === "done") return { value: undefined, done: true };
    this.#state = "running";
    let done = true;
    try {
      const result = this.#steps.next();
      done = result.done;
      return { value: result.value, done };
    } finally {
      this.#state = done ? "done" : "waiting";
    }
  }
  return() {
    if (this.#state === "running") throw new TypeError("The iterator is running already");
    const before = this.#state;
    this.#state = "done";
    if (before === "new") close(this.#from);
    if (before === "waiting") this.#steps.return();
    return { value: undefined, done: true };
  }
}
delete Helper.prototype.constructor;
Object.setPrototypeOf(Helper.prototype, iteratorPrototype);
defineProperty(Helper.prototype, Symbol.toStringTag, { value: "Iterator Helper", configurable: true });

/// The items of an iterator that is closed when the consumer stops before its end.
function* items(from) {
  let done = false;
  try {
    for (;;) {
      let value;
      try {
        const result = step(from);
        done = Boolean(result.done);
        if (!done) value = result.value;
      } catch (e) {
        done = true;
        throw e;
      }
      if (done) return;
      yield value;
    }
  } finally {
    if (!done) close(from);
  }
}

/// A whole number, or Infinity; what is no such closes the iterator.
function count(value, self) {
  try {
    const n = Number(value);
    const whole = Number.isNaN(n) ? -1 : Math.trunc(n);
    if (whole < 0) throw new RangeError(`${String(value)} must be positive`);
    return whole;
  } catch (e) {
    closeQuietly({ iterator: self });
    throw e;
  }
}

/// The iterator of what a mapper gives; a text counts as one only where `texts` says so.
function flattened(value, texts) {
  if (!isObject(value) && !(texts && typeof value === "string")) throw new TypeError("The value must be iterable");
  const method = value[Symbol.iterator];
  return directOf(method === undefined || method === null ? value : apply(method, value, []));
}

function* mapped(from, f) {
  let i = 0;
  for (const item of items(from)) yield f(item, i++);
}

function* filtered(from, f) {
  let i = 0;
  for (const item of items(from)) if (f(item, i++)) yield item;
}

function* taken(from, left) {
  if (left === 0) return close(from);
  for (const item of items(from)) {
    yield item;
    if (--left === 0) return;
  }
}

function* dropped(from, left) {
  for (const item of items(from)) {
    if (left > 0) --left;
    else yield item;
  }
}

function* flatMapped(from, f) {
  let i = 0;
  for (const item of items(from)) yield* items(flattened(f(item, i++), false));
}

function* joined(sources) {
  for (let i = 0; i < sources.length; ++i) yield* items(directOf(apply(sources[i].open, sources[i].iterable, [])));
}

const withFunction = (body) => (self, f) => {
  requireReceiver(self);
  requireFunction(f, self);
  const from = directOf(self);
  return new Helper(from, body(from, f));
};
const withCount = (body) => (self, limit) => {
  requireReceiver(self);
  const left = count(limit, self);
  const from = directOf(self);
  return new Helper(from, body(from, left));
};
const map = withFunction(mapped);
const filter = withFunction(filtered);
const flatMap = withFunction(flatMapped);
const take = withCount(taken);
const drop = withCount(dropped);

/// The items of a receiver with which `f` is to be called.
function visited(self, f) {
  requireReceiver(self);
  requireFunction(f, self);
  return items(directOf(self));
}

const methods = {
  map(f) {
    return map(this, f);
  },
  filter(f) {
    return filter(this, f);
  },
  take(limit) {
    return take(this, limit);
  },
  drop(limit) {
    return drop(this, limit);
  },
  flatMap(f) {
    return flatMap(this, f);
  },
  reduce(f, ...start) {
    let i = 0;
    let total = start[0];
    let empty = start.length === 0;
    for (const item of visited(this, f)) {
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
    let i = 0;
    for (const item of visited(this, f)) f(item, i++);
  },
  some(f) {
    let i = 0;
    for (const item of visited(this, f)) if (f(item, i++)) return true;
    return false;
  },
  every(f) {
    let i = 0;
    for (const item of visited(this, f)) if (!f(item, i++)) return false;
    return true;
  },
  find(f) {
    let i = 0;
    for (const item of visited(this, f)) if (f(item, i++)) return item;
    return undefined;
  },
};
for (const name of Object.keys(methods)) hide(iteratorPrototype, name, methods[name]);
defineProperty(iteratorPrototype, Symbol.toStringTag, {
  get: () => "Iterator",
  set(value) {
    requireReceiver(this);
    if (this === iteratorPrototype) throw new TypeError("Cannot assign to this property");
    if (Object.hasOwn(this, Symbol.toStringTag)) this[Symbol.toStringTag] = value;
    else defineProperty(this, Symbol.toStringTag, { value, writable: true, configurable: true, enumerable: true });
  },
  configurable: true,
});
// An engine that has Symbol.dispose has this, too.
if (host.shared.disposeIsOurs)
  hide(iteratorPrototype, Symbol.dispose, {
    [Symbol.dispose]() {
      this.return?.();
    },
  }[Symbol.dispose]);

class Wrapped {
  #from;
  constructor(from) {
    this.#from = from;
  }
  next() {
    return apply(this.#from.next, this.#from.iterator, []);
  }
  return() {
    const { iterator } = this.#from;
    const end = iterator.return;
    return end === undefined || end === null ? { value: undefined, done: true } : apply(end, iterator, []);
  }
}
delete Wrapped.prototype.constructor;
Object.setPrototypeOf(Wrapped.prototype, iteratorPrototype);

const statics = {
  from(value) {
    const found = flattened(value, true);
    return iteratorPrototype.isPrototypeOf(found.iterator) ? found.iterator : new Wrapped(found);
  },
  concat(...iterables) {
    const sources = iterables.map((iterable) => {
      if (!isObject(iterable)) throw new TypeError("Each argument must be an iterable object");
      const open = iterable[Symbol.iterator];
      if (typeof open !== "function") throw new TypeError("Each argument must be an iterable object");
      return { iterable, open };
    });
    return new Helper({ iterator: {} }, joined(sources));
  },
};
for (const name of Object.keys(statics)) hide(Iterator, name, statics[name]);
