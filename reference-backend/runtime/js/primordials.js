// First of our files: what they share with each other. User code never sees `host` or `shared`.
const shared = (host.shared = {});
const { defineProperty } = Object;

/// A property as built-in ones are: replaceable, but not listed.
shared.hide = (object, name, value) =>
  defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });

globalThis.self = globalThis;
