// Functions that mean harm, or are written as if they did.
import { actionGeneric, makeFunctionReference, mutationGeneric, queryGeneric } from "convex/server";

export const loop = queryGeneric(async () => {
  for (;;);
});
export const loopInMutation = mutationGeneric(async (ctx) => {
  await ctx.db.insert("rows", { text: "never to be seen" });
  for (;;);
});
export const loopOfPromises = queryGeneric(async () => {
  for (;;) await null;
});
export const loopInRegExp = queryGeneric(async () => /^(a+)+$/.test("a".repeat(40) + "!"));
export const caught = queryGeneric(async () => {
  for (;;) {
    try {
      for (;;);
    } catch {}
  }
});
export const neverSettles = queryGeneric(() => new Promise(() => {}));
export const memory = queryGeneric(async () => {
  const all = [];
  for (let i = 0; ; ++i) all.push(new Array(2000).fill(i));
});
export const buffers = queryGeneric(async () => {
  const all = [];
  for (;;) all.push(new Uint8Array(1 << 20));
});
export const longString = queryGeneric(async () => {
  let s = "x";
  for (;;) s += s;
});
export const recursion = queryGeneric(async () => {
  const deeper = (n) => deeper(n + 1) + 1;
  return deeper(0);
});
export const logs = queryGeneric(async () => {
  for (let i = 0; i < 100000; ++i) console.log("y".repeat(100000));
  return "done";
});
export const hugeResult = queryGeneric(async () => "z".repeat(20 * 1024 * 1024));
export const deepResult = queryGeneric(async () => {
  let v = 1;
  for (let i = 0; i < 100; ++i) v = [v];
  return v;
});
export const self = makeFunctionReference("bad:callsItself");
export const callsItself = queryGeneric(async (ctx) => await ctx.runQuery(self, {}));
export const rawSyscalls = queryGeneric(async () => {
  const tries = [
    () => Convex.asyncSyscall("1.0/insert", JSON.stringify({ table: "rows", value: { text: "from a query" } })),
    () => Convex.asyncSyscall("1.0/get", JSON.stringify({ id: "../../etc/passwd" })),
    () => Convex.asyncSyscall("1.0/get", "{"),
    () => Convex.asyncSyscall("1.0/readFile", JSON.stringify({ path: "/etc/passwd" })),
    () => Convex.asyncSyscall("1.0/queryStreamNext", JSON.stringify({ queryId: 4294967295 })),
    () => {
      const query = { source: { type: "FullTableScan", tableName: "_modules" }, operators: [] };
      return Convex.asyncSyscall("1.0/queryStreamNext", Convex.syscall("1.0/queryStream", JSON.stringify({ query })));
    },
  ];
  const answers = [];
  for (const attempt of tries)
    answers.push(await (async () => attempt())().then((a) => `answered ${a}`, (e) => e.message));
  return answers;
});
export const tamper = queryGeneric(async () => {
  globalThis.stolen = 1;
  Object.prototype.polluted = 1;
  Array.prototype.map = () => ["mine"];
  JSON.stringify = () => '"mine"';
  Object.keys = () => ["mine"];
  Promise.resolve = () => ({ then: (f) => f("mine") });
  Object.freeze(Object.prototype);
  return 1;
});
// Names that the bundler cannot see through.
const fs = ["f", "s"].join("");
const file = ["file:", "//", "/etc/passwd"].join("");
export const escapes = queryGeneric(async () => {
  const tries = {
    eval: () => (0, globalThis.eval)("1"),
    Function: () => new Function("return 1")(),
    hidden: () => (async () => {}).constructor("return 1")(),
    process: () => process.binding("fs"),
    mainModule: () => process.mainModule.require("fs"),
    require: () => globalThis.require(fs),
    host: () => globalThis.host.syscall,
    import: () => import(fs),
    importFile: () => import(file),
    fetch: () => fetch("http://127.0.0.1/"),
    timer: () => setTimeout(() => {}, 1),
    wait: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  };
  const answers = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try {
      answers[name] = "got " + typeof (await attempt());
    } catch (e) {
      answers[name] = e.name;
    }
  }
  return answers;
});
export const forever = actionGeneric(async () => {
  for (;;);
});
