// AsyncLocalStorage and AsyncResource. The values of all storages are one map that V8 carries along every continuation;
// a map is never changed, so whoever holds one keeps what it saw.
const { continuationData, setContinuationData } = host;

function runWith(data, f, self, args) {
  const before = continuationData();
  setContinuationData(data);
  try {
    return Reflect.apply(f, self, args);
  } finally {
    setContinuationData(before);
  }
}

/// A function that runs `f` as if it were called here and now.
function bound(f, self) {
  if (typeof f !== "function") throw new TypeError("The argument must be a function");
  const data = continuationData();
  return function (...args) {
    return runWith(data, f, self === undefined ? this : self, args);
  };
}

class AsyncLocalStorage {
  static bind(f) {
    return bound(f, undefined);
  }
  static snapshot() {
    const data = continuationData();
    return (f, ...args) => runWith(data, f, undefined, args);
  }
  #with(store) {
    return new Map(continuationData()).set(this, store);
  }
  #without() {
    const data = new Map(continuationData());
    data.delete(this);
    return data;
  }
  run(store, f, ...args) {
    return runWith(this.#with(store), f, undefined, args);
  }
  exit(f, ...args) {
    return runWith(this.#without(), f, undefined, args);
  }
  enterWith(store) {
    setContinuationData(this.#with(store));
  }
  disable() {
    setContinuationData(this.#without());
  }
  getStore() {
    return continuationData()?.get(this);
  }
}

class AsyncResource {
  #data = continuationData();
  constructor(type) {
    if (typeof type !== "string") throw new TypeError("The type of an AsyncResource must be a string");
  }
  static bind(f, type, self) {
    return bound(f, self);
  }
  bind(f, self) {
    if (typeof f !== "function") throw new TypeError("The argument must be a function");
    const data = this.#data;
    return function (...args) {
      return runWith(data, f, self === undefined ? this : self, args);
    };
  }
  runInAsyncScope(f, self, ...args) {
    return runWith(this.#data, f, self, args);
  }
  emitDestroy() {
    return this;
  }
}

return { AsyncLocalStorage, AsyncResource };
