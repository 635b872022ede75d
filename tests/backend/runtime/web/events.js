// Events and the signals of abortion, as small programs that give a JSON value. Node.js and hull-backend must give the
// same; where Node.js is not as the DOM standard says, web_standard_test.cpp has the case.
import { nameOf } from "./parts.js";

/// A target with listeners "a", "b", ... that note their names, and what they noted after `act`.
const noted = (act) => {
  const got = [];
  const target = new EventTarget();
  act(target, (name, more) => function (event) {
    got.push(name);
    more?.call(this, event);
  });
  return got;
};

export const all = {
  "who is removed during the dispatch is not called": () =>
    noted((target, note) => {
      const b = note("b");
      target.addEventListener("x", note("a", () => target.removeEventListener("x", b)));
      target.addEventListener("x", b);
      target.addEventListener("x", note("c", () => target.addEventListener("x", note("d"))));
      target.dispatchEvent(new Event("x"));
    }),
  "once, and the same listener twice": () =>
    noted((target, note) => {
      const a = note("a");
      target.addEventListener("x", a, { once: true });
      target.addEventListener("x", a);
      target.addEventListener("x", a, true);
      target.dispatchEvent(new Event("x"));
      target.dispatchEvent(new Event("x"));
      target.removeEventListener("x", a);
      target.dispatchEvent(new Event("x"));
      target.removeEventListener("x", a, { capture: true });
      target.dispatchEvent(new Event("x"));
    }),
  "signals of listeners": async () => [
    noted((target, note) => {
      const control = new AbortController();
      target.addEventListener("x", note("a"), { signal: AbortSignal.abort() });
      target.addEventListener("x", note("b"), { signal: control.signal });
      target.dispatchEvent(new Event("x"));
      control.abort();
      target.dispatchEvent(new Event("x"));
    }),
    await nameOf(() => new EventTarget().addEventListener("x", () => {}, { signal: 5 })),
  ],
  "types are texts": () =>
    noted((target, note) => {
      target.addEventListener(5, note("a"));
      target.addEventListener(null, note("b"));
      target.onx = note("c");
      for (const type of ["5", "null", "x"]) target.dispatchEvent(new Event(type));
    }),
  "stopping at once": () =>
    noted((target, note) => {
      target.addEventListener("x", note("a", (e) => e.stopImmediatePropagation()));
      target.addEventListener("x", note("b"));
      target.dispatchEvent(new Event("x"));
    }),
  "objects that handle": () =>
    noted((target, note) => {
      target.addEventListener("x", { handleEvent: note("a") });
      target.addEventListener("x", null);
      target.dispatchEvent(new Event("x"));
    }),
  "an event before, during and after": () => {
    const e = new Event("x", { cancelable: true, bubbles: 1 });
    const target = new EventTarget();
    const states = [];
    const look = () => {
      const where = (t) => (t === target ? "target" : t);
      states.push([e.eventPhase, where(e.target), where(e.srcElement), where(e.currentTarget), e.composedPath().map(where), e.defaultPrevented, e.returnValue]);
    };
    look();
    target.addEventListener("x", (event) => {
      look();
      event.preventDefault();
      event.stopPropagation();
      look();
    });
    const result = target.dispatchEvent(e);
    look();
    return [states, result, e.bubbles, e.composed, e.isTrusted, typeof e.timeStamp, String(e), Object.getOwnPropertyNames(e).filter((n) => n !== "isTrusted")];
  },
  "constants": () => ["NONE", "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE"].map((name) => Event[name]),
  "older names": () => {
    const e = new Event("x", { cancelable: true });
    e.cancelBubble = false;
    const before = [e.defaultPrevented, e.cancelBubble];
    e.cancelBubble = true;
    return [before, e.cancelBubble];
  },
  "bad arguments": async () =>
    Promise.all(
      [
        () => new Event(),
        () => new Event("x", 5),
        () => new Event("x", null).type,
        () => new Event(5).type,
        () => new EventTarget().dispatchEvent({ type: "x" }),
        () => new EventTarget().dispatchEvent(),
        () => new EventTarget().addEventListener("x"),
        () => new EventTarget().addEventListener("x", 5),
        () => AbortSignal.timeout(),
        () => AbortSignal.timeout("x"),
        () => AbortSignal.any(),
        () => AbortSignal.any([5]),
      ].map(nameOf),
    ),
  "onabort has its place": () => {
    const got = [];
    const control = new AbortController();
    const { signal } = control;
    signal.addEventListener("abort", () => got.push("a"));
    signal.onabort = () => got.push("first handler");
    signal.addEventListener("abort", () => got.push("b"));
    signal.onabort = (e) => got.push("handler", e.type, e.isTrusted, e.target === signal);
    const before = typeof signal.onabort;
    control.abort();
    signal.onabort = null;
    return [before, got, signal.onabort];
  },
  "signals of signals": () => {
    const got = [];
    const one = new AbortController();
    const two = new AbortController();
    const any = AbortSignal.any([one.signal, two.signal]);
    const nested = AbortSignal.any([any]);
    one.signal.addEventListener("abort", () => got.push("one"));
    any.addEventListener("abort", () => got.push("any", any.reason));
    nested.addEventListener("abort", () => got.push("nested", nested.reason));
    one.abort("why");
    two.abort("again");
    return [got, any.reason, AbortSignal.any([]).aborted, AbortSignal.any([AbortSignal.abort(1), any]).reason];
  },
  "tags": () =>
    [new AbortController(), new AbortController().signal, new Event("x"), new EventTarget(), new TextEncoder(), new TextDecoder(), crypto, new DOMException("")].map((o) =>
      Object.prototype.toString.call(o),
    ),
  "exceptions of the DOM": () => {
    const e = new DOMException("text", { name: "AbortError", cause: 5 });
    return [
      ["IndexSizeError", "URLMismatchError", "InUseAttributeError", "DataCloneError", "ValidationError", "toString", "x"].map((name) => new DOMException("", name).code),
      [e.message, e.name, e.code, e.cause, Object.keys(e), String(e)],
      [DOMException.ABORT_ERR, e.TIMEOUT_ERR, DOMException.INUSE_ATTRIBUTE_ERR, DOMException.URL_MISMATCH_ERR, DOMException.DOMSTRING_SIZE_ERR, DOMException.DATA_CLONE_ERR],
      Object.keys(DOMException).length,
      "cause" in new DOMException("text", "AbortError"),
    ];
  },
  "an error of a getter goes through a clone": async () => {
    const mine = new RangeError("mine");
    const thrown = (value) => {
      try {
        structuredClone(value);
      } catch (e) {
        return e === mine ? "mine" : [e.name, e instanceof DOMException];
      }
    };
    const bad = { get x() { throw mine; } };
    return [thrown(bad), thrown([() => {}]), thrown(Symbol("s")), await nameOf(() => structuredClone())];
  },
};
