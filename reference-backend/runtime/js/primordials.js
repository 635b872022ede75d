// First of our files: what they share with each other. User code never sees `host` or `shared`.
const shared = (host.shared = {});
const { defineProperty } = Object;

/// A property as built-in ones are: replaceable, but not listed.
shared.hide = (object, name, value) =>
  defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });

/// Of ASCII letters only, as HTTP means it.
shared.lowerCase = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

/// Ends the function, past every try and catch.
shared.notImplemented = (operation, owner) =>
  host.endFunction(
    `Not implemented: ${operation} for ${owner}. Consider calling an action defined in Node.js instead (https://docs.convex.dev/functions/actions).`,
  );

globalThis.self = globalThis;
