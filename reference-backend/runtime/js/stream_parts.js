// What all streams are built from: queues with sizes, promises that can be settled later, options.
const { transferBuffer, shared } = host;

/// Given to a stream's constructor by our own code: no source, the caller sets it up.
const bare = Symbol("bare");

function noop() {}

function deferred() {
  const d = { promise: undefined, resolve: undefined, reject: undefined, settled: false };
  d.promise = new Promise((resolve, reject) => {
    d.resolve = (value) => {
      d.settled = true;
      resolve(value);
    };
    d.reject = (reason) => {
      d.settled = true;
      reject(reason);
    };
  });
  return d;
}

/// A rejection of it is nobody's fault.
const quiet = (promise) => {
  promise.then(undefined, noop);
  return promise;
};

const rejectedQuietly = (reason) => {
  const d = deferred();
  d.reject(reason);
  quiet(d.promise);
  return d;
};

const resolved = (value) => {
  const d = deferred();
  d.resolve(value);
  return d;
};

/// Calls a function of the program; a promise of its result.
function promised(f, self, ...args) {
  try {
    return Promise.resolve(f.apply(self, args));
  } catch (e) {
    return Promise.reject(e);
  }
}

/// A method of a source or sink, bound; undefined when there is none.
function methodOf(object, name) {
  const f = object?.[name];
  if (f === undefined) return undefined;
  if (typeof f !== "function") throw new TypeError(`${name} must be a function`);
  return f;
}

class SizedQueue {
  items = [];
  head = 0;
  total = 0;
  get length() {
    return this.items.length - this.head;
  }
  push(value, size) {
    const n = Number(size);
    if (!(n >= 0) || n === Infinity) throw new RangeError("The size of a chunk must be a finite number, 0 or more");
    this.items.push({ value, size: n });
    this.total += n;
  }
  peek() {
    return this.items[this.head].value;
  }
  shift() {
    const { value, size } = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    this.total = Math.max(0, this.total - size);
    return value;
  }
  clear() {
    this.items = [];
    this.head = 0;
    this.total = 0;
  }
}

/// {highWaterMark, size} of a queuing strategy.
function strategyOf(strategy, defaultMark) {
  if (strategy !== undefined && strategy !== null && typeof strategy !== "object" && typeof strategy !== "function")
    throw new TypeError("A queuing strategy must be an object");
  const mark = strategy?.highWaterMark;
  const size = strategy?.size;
  if (size !== undefined && typeof size !== "function") throw new TypeError("size must be a function");
  let highWaterMark = defaultMark;
  if (mark !== undefined) {
    highWaterMark = Number(mark);
    if (Number.isNaN(highWaterMark) || highWaterMark < 0) throw new RangeError("Invalid highWaterMark");
  }
  return { highWaterMark, size: size === undefined ? () => 1 : (chunk) => size(chunk), given: size !== undefined };
}

function dictionary(options, what) {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object" && typeof options !== "function") throw new TypeError(`${what} must be an object`);
  return options;
}

function signalOf(options) {
  const signal = options.signal;
  if (signal !== undefined && !(signal instanceof shared.AbortSignal)) throw new TypeError("signal must be an AbortSignal");
  return signal;
}

return { bare, noop, deferred, quiet, rejectedQuietly, resolved, promised, methodOf, SizedQueue, strategyOf, dictionary, signalOf, transferBuffer };
