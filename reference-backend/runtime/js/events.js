// Event, EventTarget, AbortController and AbortSignal. No target has a parent: each event stays where it is dispatched.
const { shared, performanceNow } = host;
const { tag, requireArguments, optionsOf, DOMException } = shared;
const { apply } = Reflect;
const FirstPromise = Promise;
const { reject } = Promise;

/// What nobody handles ends the function.
const reportError = (error) => void apply(reject, FirstPromise, [error]);

const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };
const ours = {}; // stands for the options of events that we make
let stateOf, isEvent;

function cancel(e) {
  if (e.cancelable && !e.inPassive) e.prevented = true;
}

class Event {
  #e;
  static {
    stateOf = (event) => event.#e;
    isEvent = (value) => typeof value === "object" && value !== null && #e in value;
  }
  constructor(type, init) {
    requireArguments(1, arguments.length, "Event");
    const { bubbles, cancelable, composed } = optionsOf(init, "an Event");
    this.#e = {
      type: `${type}`,
      bubbles: Boolean(bubbles),
      cancelable: Boolean(cancelable),
      composed: Boolean(composed),
      // Ours is taken when it is asked for: an abort alone does not make a query depend on time.
      time: init === ours ? undefined : performanceNow(),
      trusted: init === ours,
      target: null,
      current: null,
      inPassive: false,
      prevented: false,
      stopped: false,
      stoppedAtOnce: false,
    };
  }
  get type() {
    return this.#e.type;
  }
  get bubbles() {
    return this.#e.bubbles;
  }
  get cancelable() {
    return this.#e.cancelable;
  }
  get composed() {
    return this.#e.composed;
  }
  get timeStamp() {
    return (this.#e.time ??= performanceNow());
  }
  get isTrusted() {
    return this.#e.trusted;
  }
  get target() {
    return this.#e.target;
  }
  get srcElement() {
    return this.#e.target;
  }
  get currentTarget() {
    return this.#e.current;
  }
  get eventPhase() {
    return this.#e.current === null ? phases.NONE : phases.AT_TARGET;
  }
  composedPath() {
    return this.#e.current === null ? [] : [this.#e.current];
  }
  get defaultPrevented() {
    return this.#e.prevented;
  }
  preventDefault() {
    cancel(this.#e);
  }
  get returnValue() {
    return !this.#e.prevented;
  }
  set returnValue(value) {
    if (!value) cancel(this.#e);
  }
  stopPropagation() {
    this.#e.stopped = true;
  }
  stopImmediatePropagation() {
    this.#e.stopped = this.#e.stoppedAtOnce = true;
  }
  get cancelBubble() {
    return this.#e.stopped;
  }
  set cancelBubble(value) {
    if (value) this.#e.stopped = true;
  }
}
for (const name of Object.keys(phases))
  for (const owner of [Event, Event.prototype]) Object.defineProperty(owner, name, { value: phases[name], enumerable: true });

let dispatch, addListener, dropListener;

function callbackOf(value) {
  if (value === null || value === undefined) return null;
  if (typeof value !== "object" && typeof value !== "function") throw new TypeError("A listener must be a function or an object");
  return value;
}

const isCapture = (options) => Boolean(typeof options === "object" && options !== null ? options.capture : options);

class EventTarget {
  #listeners = [];
  static {
    addListener = (target, listener) => target.#listeners.push(listener);
    dropListener = (target, listener) => {
      listener.removed = true;
      const at = target.#listeners.indexOf(listener);
      if (at >= 0) target.#listeners.splice(at, 1);
    };
    dispatch = (target, event) => {
      const e = stateOf(event);
      e.target = e.current = target;
      // Who is added while the event is under way does not get it; who is removed does not get it either.
      const listeners = target.#listeners.slice();
      for (let pass = 0; pass < 2 && !e.stopped; ++pass)
        for (let i = 0; i < listeners.length && !e.stoppedAtOnce; ++i) {
          const l = listeners[i];
          if (l.removed || l.type !== e.type || l.capture !== (pass === 0)) continue;
          if (l.once) dropListener(target, l);
          e.inPassive = l.passive;
          try {
            if (typeof l.callback === "function") apply(l.callback, target, [event]);
            else l.callback.handleEvent(event);
          } catch (error) {
            reportError(error);
          }
          e.inPassive = false;
        }
      e.current = null;
      e.stopped = e.stoppedAtOnce = false;
      return !e.prevented;
    };
  }
  addEventListener(type, listener, options) {
    requireArguments(2, arguments.length, "EventTarget.addEventListener");
    const callback = callbackOf(listener);
    const { once, passive, signal } = typeof options === "object" && options !== null ? options : {};
    if (signal !== undefined && !isSignal(signal)) throw new TypeError("signal must be an AbortSignal");
    if (callback === null || (signal !== undefined && isAborted(signal))) return;
    const l = { type: `${type}`, callback, capture: isCapture(options), once: Boolean(once), passive: Boolean(passive), removed: false };
    if (this.#find(l.type, callback, l.capture) !== undefined) return;
    this.#listeners.push(l);
    if (signal !== undefined) whenAborted(signal, () => dropListener(this, l));
  }
  removeEventListener(type, listener, options) {
    requireArguments(2, arguments.length, "EventTarget.removeEventListener");
    const found = this.#find(`${type}`, callbackOf(listener), isCapture(options));
    if (found !== undefined) dropListener(this, found);
  }
  #find(type, callback, capture) {
    for (let i = 0; i < this.#listeners.length; ++i) {
      const l = this.#listeners[i];
      if (l.type === type && l.callback === callback && l.capture === capture && !l.isHandler) return l;
    }
    return undefined;
  }
  dispatchEvent(event) {
    requireArguments(1, arguments.length, "EventTarget.dispatchEvent");
    if (!isEvent(event)) throw new TypeError("The argument must be an Event");
    const e = stateOf(event);
    if (e.current !== null) throw new DOMException("The event is already being dispatched", "InvalidStateError");
    e.trusted = false;
    return dispatch(this, event);
  }
}

let isSignal, isAborted, whenAborted, abort;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  #steps = []; // what happens before listeners hear of it
  #dependents = []; // made by `any`
  #handler = null;
  static {
    isSignal = (value) => typeof value === "object" && value !== null && #aborted in value;
    isAborted = (signal) => signal.#aborted;
    whenAborted = (signal, step) => signal.#steps.push(step);
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      const all = [signal];
      for (let i = 0; i < all.length; ++i) all.push(...all[i].#dependents.filter((next) => !next.#aborted && !all.includes(next)));
      if (reason === undefined) reason = new DOMException("This operation was aborted", "AbortError");
      for (let i = 0; i < all.length; ++i) {
        all[i].#aborted = true;
        all[i].#reason = reason;
      }
      for (let i = 0; i < all.length; ++i) {
        const steps = all[i].#steps;
        all[i].#steps = [];
        all[i].#dependents = [];
        for (let k = 0; k < steps.length; ++k) steps[k]();
        dispatch(all[i], new Event("abort", ours));
      }
    };
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
  get onabort() {
    return this.#handler?.callback ?? null;
  }
  /// A handler keeps its place among the listeners until it is taken away.
  set onabort(value) {
    const callback = typeof value === "function" ? value : null;
    if (callback === null) {
      if (this.#handler) dropListener(this, this.#handler);
      this.#handler = null;
    } else if (this.#handler) this.#handler.callback = callback;
    else {
      this.#handler = { type: "abort", callback, capture: false, once: false, passive: false, removed: false, isHandler: true };
      addListener(this, this.#handler);
    }
  }
  static abort(reason) {
    const signal = new AbortSignal();
    abort(signal, reason);
    return signal;
  }
  static timeout(milliseconds) {
    requireArguments(1, arguments.length, "AbortSignal.timeout");
    const ms = Math.trunc(Number(milliseconds));
    if (!(ms >= 0 && ms <= Number.MAX_SAFE_INTEGER)) throw new TypeError("The time must be a whole number of milliseconds, 0 or more");
    const signal = new AbortSignal();
    shared.setTimeout(() => abort(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")), ms);
    return signal;
  }
  static any(signals) {
    requireArguments(1, arguments.length, "AbortSignal.any");
    const sources = [];
    for (const signal of signals) {
      if (!isSignal(signal)) throw new TypeError("Each item must be an AbortSignal");
      sources.push(signal);
    }
    const joined = new AbortSignal();
    const aborted = sources.find(isAborted);
    if (aborted) abort(joined, aborted.#reason);
    else for (let i = 0; i < sources.length; ++i) sources[i].#dependents.push(joined);
    return joined;
  }
}

class AbortController {
  #signal = new AbortSignal();
  get signal() {
    return this.#signal;
  }
  abort(reason) {
    abort(this.#signal, reason);
  }
}

for (const type of [Event, EventTarget, AbortSignal, AbortController]) {
  tag(type);
  globalThis[type.name] = type;
}
Object.assign(shared, { Event, EventTarget, AbortSignal, AbortController, abortSignal: abort });
