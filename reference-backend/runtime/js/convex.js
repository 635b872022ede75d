// The global that the npm package `convex` talks to.
const { syscall, asyncSyscall, endFunction, shared } = host;

/// What needs no JSON: name to (unit, function of that unit).
const jsSyscalls = new Map([
  ["requestFromConvexJson", "http_action"],
  ["convexJsonFromResponse", "http_action"],
  ["storage/storeBlob", "storage"],
  ["storage/getBlob", "storage"],
]);

globalThis.Convex = {
  syscall,
  asyncSyscall,
  jsSyscall(name, args) {
    const unit = jsSyscalls.get(name);
    if (unit === undefined) return endFunction("Unknown JS syscall: " + name);
    return shared.need(unit)[name.slice(name.indexOf("/") + 1)](args);
  },
};
