import { v } from "convex/values";
import { actionGeneric as action, anyApi, mutationGeneric as mutation, queryGeneric as query } from "convex/server";

const atImport = { now: Date.now(), random: Math.random() };
let calls = 0;

export const unawaitedInsert = mutation(async (ctx) => {
  void ctx.db.insert("notes", { text: "unawaited" });
  return "returned";
});
export const unawaitedFailure = mutation(async (ctx) => {
  await ctx.db.insert("notes", { text: "before an unawaited failure" });
  void ctx.db.insert("notes", { text: 5 as any });
  return "returned";
});
export const neverSettles = query(() => new Promise(() => {}));
export const neverSettlesAfterReading = query(async (ctx) => {
  await ctx.db.query("notes").first();
  await new Promise(() => {});
});

export const insertMany = mutation(async (ctx, { count }: any) => {
  const ids = [];
  for (let i = 0; i < count; ++i) ids.push(await ctx.db.insert("others", { text: `row ${i}` }));
  return ids;
});
export const getAll = query(async (ctx, { ids }: any) => {
  const order: number[] = [];
  const rows = await Promise.all(
    ids.map(async (id: any, i: number) => {
      const row = await ctx.db.get(id);
      order.push(i);
      return row!.text;
    }),
  );
  return { rows, order };
});

export const clock = query(async (ctx) => {
  const first = Date.now();
  for (let i = 0; i < 200000; ++i) Math.sqrt(i);
  const inner = await ctx.runQuery(anyApi.execution.innerClock, {});
  return { first, last: Date.now(), date: new Date().getTime(), inner };
});
export const innerClock = query(async () => Date.now());
export const clockInMutation = mutation(async (ctx) => {
  const first = Date.now();
  await ctx.db.insert("others", { text: "tick" });
  return [first, Date.now(), await ctx.runQuery(anyApi.execution.innerClock, {})];
});
export const clockInAction = action(async () => {
  const first = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 30));
  return Date.now() - first;
});
export const numbers = query(async (_, { salt }: any) => [Math.random(), Math.random(), salt]);
export const imported = query(async (_, { salt }: any) => ({ ...atImport, calls: ++calls, salt }));
export const importedInMutation = mutation(async () => ({ ...atImport, calls: ++calls }));

export const fetchInQuery = query(async () => await fetch("http://127.0.0.1:1/"));
export const timerInQuery = query(async () => setTimeout(() => {}, 1) as unknown as number);
export const fetchInMutation = mutation(async () => await fetch("http://127.0.0.1:1/"));
export const timerInMutation = mutation(async () => setTimeout(() => {}, 1) as unknown as number);
export const fetchInAction = action(async (_, { url }: any) => {
  const response = await fetch(url, { method: "POST", body: "ping", headers: { "x-test": "1" } });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
});

export const loop = query(async () => {
  for (;;);
});
export const manyReads = query(async (ctx) => {
  let seen = 0;
  for (let i = 0; i < 1500; ++i) seen += (await ctx.db.query("others").first()) === null ? 0 : 1;
  return seen;
});
export const buffers = query(async () => {
  const all = [];
  for (let i = 0; i < 70; ++i) all.push(new Uint8Array(1 << 20));
  return all.length;
});

export const shout = query({
  args: { count: v.number() },
  handler: async (_, { count }) => {
    for (let i = 0; i < count; ++i) console.log(i);
    return "went on";
  },
});
export const consoleForms = query(async () => {
  class Point {
    x = 1;
  }
  const cyclic: any = { name: "c" };
  cyclic.self = cyclic;
  console.log("text", "%s", 1, 1n, true, null, undefined, Symbol("s"));
  console.debug([1, "a", [2]], { a: { b: "c" } });
  console.info(new Map([["k", { v: 1 }]]), new Set([1, "two"]));
  console.warn(new Point(), cyclic);
  console.error(function named() {}, () => {}, new Date(0), /re/g);
  return null;
});
