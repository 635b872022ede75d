// console: what an action logs is the backend's, each argument formatted for itself; what nobody runs goes to stderr.
import { inspect } from "node:util";

export function install(currentRun) {
  const own = console.error.bind(console);
  const log = (level, messages) => {
    const run = currentRun();
    if (run === undefined || run.done) own(`[${level}]`, ...messages);
    else run.log(level, messages);
  };
  const write = (level) => (...args) => log(level, args.map((arg) => inspect(arg)));
  const timersOf = () => currentRun()?.timers ?? new Map();
  const elapsed = (label) => {
    const began = timersOf().get(label);
    if (began === undefined) log("WARN", [`Timer '${label}' does not exist`]);
    else log("INFO", [`${label}: ${Math.round(performance.now() - began)}ms`]);
  };
  Object.assign(console, {
    debug: write("DEBUG"),
    error: write("ERROR"),
    info: write("INFO"),
    log: write("LOG"),
    warn: write("WARN"),
    trace: (...args) => log("LOG", [...args.map((arg) => inspect(arg)), String(new Error().stack)]),
    time(label = "default") {
      if (timersOf().has(label)) log("WARN", [`Timer '${label}' already exists`]);
      else timersOf().set(String(label), performance.now());
    },
    timeLog: (label = "default") => elapsed(String(label)),
    timeEnd(label = "default") {
      elapsed(String(label));
      timersOf().delete(String(label));
    },
  });
}
