// Timers: only actions have them.
const { sleep, cancelSleep, requireOperation } = host;
const { shared } = host;
const { apply } = Reflect;
const active = new Map();
let last = 0;

function schedule(id, callback, ms, args, again) {
  sleep(ms, id).then(() => {
    if (!active.has(id)) return;
    if (again) schedule(id, callback, ms, args, true);
    else active.delete(id);
    apply(callback, undefined, args);
  });
}

function start(operation, callback, delay, args, again) {
  if (typeof callback === "string") shared.notImplemented("code string argument", operation);
  requireOperation(operation);
  if (typeof callback !== "function") throw new TypeError(`The first argument of ${operation} must be a function`);
  const id = ++last;
  active.set(id, true);
  schedule(id, callback, Number(delay) > 0 ? Number(delay) : 0, args, again);
  return id;
}

function clear(id) {
  const number = Number(id);
  if (active.delete(number)) cancelSleep(number);
}

shared.setTimeout = (callback, delay) => start("setTimeout", callback, delay, [], false);

globalThis.setTimeout = function setTimeout(callback, delay, ...args) {
  return start("setTimeout", callback, delay, args, false);
};
globalThis.setInterval = function setInterval(callback, delay, ...args) {
  return start("setInterval", callback, delay, args, true);
};
globalThis.clearTimeout = function clearTimeout(id) {
  clear(id);
};
globalThis.clearInterval = function clearInterval(id) {
  clear(id);
};
