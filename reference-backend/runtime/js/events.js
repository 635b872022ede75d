// Event, EventTarget, AbortController and AbortSignal.
const { hide } = host.shared;
const { DOMException } = globalThis;

class Event {
  #type;
  #init;
  #prevented = false;
  _target = null;
  _stopped = false;
  constructor(type, init = {}) {
    this.#type = String(type);
    this.#init = { bubbles: false, cancelable: false, composed: false, ...init };
    for (const name of ["_target", "_stopped"]) hide(this, name, this[name]);
  }
  get type() {
    return this.#type;
  }
  get bubbles() {
    return Boolean(this.#init.bubbles);
  }
  get cancelable() {
    return Boolean(this.#init.cancelable);
  }
  get composed() {
    return Boolean(this.#init.composed);
  }
  get target() {
    return this._target;
  }
  get currentTarget() {
    return this._target;
  }
  get defaultPrevented() {
    return this.#prevented;
  }
  preventDefault() {
    if (this.cancelable) this.#prevented = true;
  }
  stopPropagation() {}
  stopImmediatePropagation() {
    this._stopped = true;
  }
}

class EventTarget {
  #listeners = [];
  addEventListener(type, listener, options) {
    if (listener === null || listener === undefined) return;
    const once = typeof options === "object" && Boolean(options?.once);
    if (this.#listeners.some((l) => l.type === type && l.listener === listener)) return;
    const entry = { type, listener, once };
    this.#listeners.push(entry);
    options?.signal?.addEventListener?.("abort", () => this.removeEventListener(type, listener));
  }
  removeEventListener(type, listener) {
    this.#listeners = this.#listeners.filter((l) => l.type !== type || l.listener !== listener);
  }
  dispatchEvent(event) {
    event._target = this;
    const handler = this["on" + event.type];
    if (typeof handler === "function") handler.call(this, event);
    for (const { type, listener, once } of [...this.#listeners]) {
      if (type !== event.type) continue;
      if (event._stopped) break;
      if (once) this.removeEventListener(type, listener);
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
    }
    return !event.defaultPrevented;
  }
}

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  constructor() {
    super();
    hide(this, "onabort", null);
  }
  get aborted() {
    return this.#aborted;
  }
  get reason() {
    return this.#reason;
  }
  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }
  static _abort(signal, reason) {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
    signal.dispatchEvent(new Event("abort"));
  }
  static abort(reason) {
    const signal = new AbortSignal();
    abort(signal, reason);
    return signal;
  }
  static timeout(ms) {
    const signal = new AbortSignal();
    setTimer(() => abort(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")), ms);
    return signal;
  }
  static any(signals) {
    const joined = new AbortSignal();
    for (const signal of signals) {
      if (signal.aborted) abort(joined, signal.reason);
      else signal.addEventListener("abort", () => abort(joined, signal.reason));
    }
    return joined;
  }
}
const abort = AbortSignal._abort;
delete AbortSignal._abort;
const setTimer = (f, ms) => host.shared.setTimeout(f, ms);

class AbortController {
  #signal = new AbortSignal();
  get signal() {
    return this.#signal;
  }
  abort(reason) {
    abort(this.#signal, reason);
  }
}

for (const c of [Event, EventTarget, AbortSignal, AbortController]) hide(globalThis, c.name, c);
Object.assign(host.shared, { Event, EventTarget, AbortSignal, AbortController, abortSignal: abort });
