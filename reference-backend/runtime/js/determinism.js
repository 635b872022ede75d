// Where engines let programs see chance or the moment of garbage collection: here they see the execution's own
// numbers, and nothing at all of the collector. (Date is frozen below JavaScript, in the platform's clock.)
const { hide } = host.shared;
const { random } = host;

hide(Math, "random", function random_() {
  return random();
});
hide(Math.random, "name", "random");

// V8 fills an array of more elements than this one by one, as a dictionary, in a loop that no limit of time or memory
// can stop before the process is lost. It would never fit.
const largest = 1 << 25;
const { fill } = Array.prototype;
const { apply } = Reflect;
hide(Array.prototype, "fill", {
  fill(value) {
    if (this?.length > largest) throw new RangeError("Invalid array length");
    return apply(fill, this, arguments);
  },
}.fill);

class WeakRef {
  #target;
  constructor(target) {
    if ((typeof target !== "object" || target === null) && typeof target !== "function" && typeof target !== "symbol")
      throw new TypeError("WeakRef: target must be an object");
    this.#target = target;
  }
  deref() {
    return this.#target;
  }
}
Object.defineProperty(WeakRef.prototype, Symbol.toStringTag, { value: "WeakRef", configurable: true });

class FinalizationRegistry {
  constructor(cleanup) {
    if (typeof cleanup !== "function") throw new TypeError("FinalizationRegistry: cleanup must be callable");
  }
  register() {}
  unregister() {
    return false;
  }
}
Object.defineProperty(FinalizationRegistry.prototype, Symbol.toStringTag, {
  value: "FinalizationRegistry",
  configurable: true,
});

hide(globalThis, "WeakRef", WeakRef);
hide(globalThis, "FinalizationRegistry", FinalizationRegistry);
