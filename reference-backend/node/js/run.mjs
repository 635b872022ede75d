// One run of an action, or one look at a module.
import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { functionOrigin } from "./describe.mjs";

const storage = new AsyncLocalStorage();
export const currentRun = () => storage.getStore();

/// By the number of the question.
export const runs = new Map();

const maxPending = 1000;

export class Run {
  calls = new Map(); // what the backend has not answered yet: number to {name, resolve, reject}
  timers = new Map(); // of console.time
  done = false;
  #lastCall = 0;

  constructor(question, send) {
    this.id = question.id;
    this.send = send;
  }

  /// Asks the backend; a promise of the JSON text that it answers.
  call(name, args) {
    if (this.calls.size >= maxPending)
      throw new Error(
        "Too many concurrent operations. See https://docs.convex.dev/functions/actions#limits for more information.",
      );
    if (this.done) return new Promise(() => {}); // nobody waits for it any more
    const call = ++this.#lastCall;
    this.send({ type: "call", id: this.id, call, name, args });
    return new Promise((resolve, reject) => this.calls.set(call, { name, resolve, reject }));
  }

  answered({ call, text, message, data }) {
    const waiting = this.calls.get(call);
    if (!this.calls.delete(call)) return;
    if (text !== undefined) return waiting.resolve(text);
    const error = new Error(message);
    if (data !== undefined) error.data = JSON.parse(data);
    waiting.reject(error);
  }

  log(level, messages) {
    if (!this.done) this.send({ type: "log", id: this.id, level, messages, timestamp: Date.now() });
  }

  /// The first end counts.
  finish(end) {
    if (this.done) return;
    this.done = true;
    runs.delete(this.id);
    this.send({ type: "done", id: this.id, ...end });
  }
}

/// What is wrong, for the backend. Reading `stack` makes the frames (errors.mjs).
export function fail(error) {
  void error?.stack;
  const own = error instanceof Refusal;
  return {
    message: messageOf(error),
    ...(own ? {} : { name: String(error?.name ?? ""), frames: error?.__frameData ?? "[]" }),
    ...(isConvexError(error) ? { data: error.data } : {}),
  };
}

/// What the executor itself has to say: no "Uncaught", no frames.
class Refusal extends Error {}

const isConvexError = (e) => typeof e === "object" && e !== null && Symbol.for("ConvexError") in e;

function messageOf(error) {
  try {
    const text = typeof error?.message?.toString === "function" ? error.message.toString() : String(error);
    return typeof text === "string" ? text : "unknown error";
  } catch {
    return "unknown error";
  }
}

const inherited = Object.fromEntries(
  ["PATH", "PWD", "LANG", "NODE_PATH", "TZ", "UTC"].flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
);

/// Imports a module anew when the variables are others than before, because modules may read them at their top level.
async function load({ folder, module, environment, environmentNumber }) {
  process.env = { ...inherited, ...Object.fromEntries(environment) };
  const file = join(folder, module);
  Object.assign(globalThis, {
    require: createRequire(file),
    module: { exports: {} },
    __filename: file,
    __dirname: dirname(file),
  });
  globalThis.exports = globalThis.module.exports;
  const url = pathToFileURL(file);
  url.searchParams.set("environment", environmentNumber);
  return await import(url.href);
}

function warnOfDangling(run) {
  for (const name of new Set([...run.calls.values()].map((call) => call.name))) {
    const shown = name.replace(/^1\.0\//, "").replace(/^actions\//, "").replace(/^storage/, "storage ");
    console.warn(
      `You have an outstanding ${shown} call. Operations should be awaited or they might not run. ` +
        `Not awaiting promises might result in unexpected failures. ` +
        `See https://docs.convex.dev/functions/actions#dangling-promises for more information.`,
    );
  }
}

export function run(run, question) {
  return storage.run(run, async () => {
    const { module: path, function: name, args, timeout } = question;
    const namespace = await load(question);
    const action = namespace[name];
    if (!action) throw new Refusal(`Couldn't find action \`${name}\` in \`${path}\``);
    if (action.isAction !== true || typeof action.invokeAction !== "function")
      throw new Refusal(`\`${name}\` wasn't registered as a Convex action in \`${path}\``);
    let timer;
    const late = new Promise((_, reject) => {
      const why = `Action \`${name}\` execution timed out (maximum duration ${timeout}s)`;
      timer = setTimeout(() => reject(new Refusal(why)), timeout * 1000);
    });
    try {
      const returned = await Promise.race([action.invokeAction(`run-${run.id}`, args), late]);
      if (typeof returned !== "string")
        throw new Refusal(`Action \`${name}\` did not return a string (returned \`${String(returned)}\`)`);
      warnOfDangling(run);
      return returned;
    } finally {
      clearTimeout(timer);
    }
  });
}

/// The text that the backend's describer makes of the module.
export function describe(run, question) {
  return storage.run(run, async () => {
    const namespace = await load(question);
    const host = { functionOrigin, utf8Encode: (text) => new TextEncoder().encode(text) };
    return new Function("host", question.describer)(host)(namespace, question.module);
  });
}
