// The global that the npm package `convex` talks to.
const { syscall, asyncSyscall, endFunction } = host;

globalThis.Convex = {
  syscall,
  asyncSyscall,
  jsSyscall(name) {
    endFunction("Unknown JS syscall: " + name);
  },
};
