// First of our files: what they share with each other. User code never sees `host` or `shared`.
const shared = (host.shared = {});
const { defineProperty, setPrototypeOf } = Object;
const { apply } = Reflect;
// Programs may replace what built-in prototypes have: what parses for us uses the functions that were there first.
const { exec } = RegExp.prototype;
const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

/// A property as built-in ones are: replaceable, but not listed.
shared.hide = (object, name, value) =>
  defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });

/// What Object.prototype.toString says of the objects of a class.
shared.tag = (type) => defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });

/// What `exec` gives for a pattern that keeps no position: the match, or null.
shared.match = (pattern, text) => apply(exec, pattern, [text]);

/// Of ASCII letters only, as HTTP means it.
shared.lowerCase = (text) => {
  if (apply(exec, /[A-Z]/, [text]) === null) return text;
  let out = "";
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    out += code >= 65 && code <= 90 ? String.fromCharCode(code + 32) : text[i];
  }
  return out;
};

/// Without the characters at both ends that `blank` has.
shared.trim = (text, blank) => {
  let from = 0;
  let to = text.length;
  while (from < to && blank.includes(text[from])) ++from;
  while (to > from && blank.includes(text[to - 1])) --to;
  return text.slice(from, to);
};

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/// A value as the text that the web platform makes of it: halves of surrogate pairs become U+FFFD.
shared.textOf = (value) => {
  const text = `${value}`;
  return apply(exec, loneSurrogate, [text]) === null ? text : host.utf8Decode(host.utf8Encode(text), false);
};

/// Refuses a call that lacks arguments.
shared.requireArguments = (needed, given, name) => {
  if (given < needed) throw new TypeError(`${name}: ${needed} argument${needed > 1 ? "s" : ""} required, but only ${given} present`);
};

/// Refuses what cannot be a dictionary of options; gives {} where there are none.
shared.optionsOf = (options, name) => {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object" && typeof options !== "function") throw new TypeError(`The options of ${name} must be an object`);
  return options;
};

/// Gives a class of pairs its ways to iterate. `pairsOf` gives the list of an object, which iterators look at anew for
/// each step: what is deleted or added while they run counts.
shared.addIteration = (type, pairsOf) => {
  const { hide } = shared;
  class Steps {
    #owner;
    #give;
    #at = 0;
    constructor(owner, give) {
      this.#owner = owner;
      this.#give = give;
    }
    next() {
      const pairs = pairsOf(this.#owner);
      if (this.#at >= pairs.length) return { value: undefined, done: true };
      return { value: this.#give(pairs[this.#at++]), done: false };
    }
  }
  delete Steps.prototype.constructor;
  setPrototypeOf(Steps.prototype, iteratorPrototype);
  defineProperty(Steps.prototype, "next", { enumerable: true });
  defineProperty(Steps.prototype, Symbol.toStringTag, { value: `${type.name} Iterator`, configurable: true });
  const methods = {
    entries() {
      pairsOf(this);
      return new Steps(this, (pair) => [pair[0], pair[1]]);
    },
    keys() {
      pairsOf(this);
      return new Steps(this, (pair) => pair[0]);
    },
    values() {
      pairsOf(this);
      return new Steps(this, (pair) => pair[1]);
    },
    forEach(callback, self = undefined) {
      if (typeof callback !== "function") throw new TypeError("The callback must be a function");
      for (let i = 0; i < pairsOf(this).length; ++i) {
        const pair = pairsOf(this)[i];
        apply(callback, self, [pair[1], pair[0], this]);
      }
    },
  };
  hide(type.prototype, "entries", methods.entries);
  hide(type.prototype, "keys", methods.keys);
  hide(type.prototype, "values", methods.values);
  hide(type.prototype, "forEach", methods.forEach);
  hide(type.prototype, Symbol.iterator, methods.entries);
};

/// Ends the function, past every try and catch.
shared.notImplemented = (operation, owner) =>
  host.endFunction(
    `Not implemented: ${operation} for ${owner}. Consider calling an action defined in Node.js instead (https://docs.convex.dev/functions/actions).`,
  );

globalThis.self = globalThis;
