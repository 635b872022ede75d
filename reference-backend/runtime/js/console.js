// console: each argument formatted for itself, no %s. Methods work without `this`.
const { inspect, hide } = host.shared;
const { log, stopwatch } = host;
const timers = new Map();

const write = (level, args) => log(level, args.map((arg) => inspect(arg)));

function elapsed(label) {
  const began = timers.get(label);
  if (began === undefined) log("WARN", [`Timer '${label}' does not exist`]);
  else log("INFO", [`${label}: ${Math.round(stopwatch() - began)}ms`]);
}

const methods = {
  debug: (...args) => write("DEBUG", args),
  error: (...args) => write("ERROR", args),
  info: (...args) => write("INFO", args),
  log: (...args) => write("LOG", args),
  warn: (...args) => write("WARN", args),
  trace: (...args) => log("LOG", [...args.map((arg) => inspect(arg)), String(new Error().stack)]),
  time(label = "default") {
    if (timers.has(label)) log("WARN", [`Timer '${label}' already exists`]);
    else timers.set(String(label), stopwatch());
  },
  timeLog(label = "default") {
    elapsed(String(label));
  },
  timeEnd(label = "default") {
    elapsed(String(label));
    timers.delete(String(label));
  },
};

hide(globalThis, "console", methods);
