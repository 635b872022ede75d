import { CommitTsPlaceholder, ConvexError, v } from "convex/values";
import {
  anyApi,
  internalMutationGeneric as internalMutation,
  internalQueryGeneric as internalQuery,
  mutationGeneric as mutation,
  queryGeneric as query,
} from "convex/server";

const t = anyApi.transactions;

export const texts = query(async (ctx) => (await ctx.db.query("notes").collect()).map((n) => n.text));
export const clear = mutation(async (ctx) => {
  for (const table of ["notes", "others", "stamps", "counters"] as const)
    for (const row of await ctx.db.query(table).collect()) await ctx.db.delete(row._id);
});

export const failing = internalMutation(async (ctx) => {
  await ctx.db.insert("notes", { text: "of the child" });
  await ctx.scheduler.runAfter(0, t.late, {});
  throw new ConvexError({ code: "child", big: 7n });
});
export const late = internalMutation(async (ctx) => {
  await ctx.db.insert("notes", { text: "late" });
});
export const parent = mutation(async (ctx) => {
  await ctx.db.insert("notes", { text: "of the parent" });
  try {
    await ctx.runMutation(t.failing, {});
  } catch (e) {
    return { data: (e as ConvexError<any>).data, isConvexError: e instanceof ConvexError };
  }
  return "not caught";
});
// The child reads the counter and fails; the parent writes elsewhere. Another writer of the counter is a conflict still.
export const readInFailedChild = internalMutation(async (ctx, { name }: any) => {
  await ctx.db.query("counters").withIndex("by_name", (q) => q.eq("name", name)).first();
  throw new Error("after reading");
});

export const count = internalQuery(async (ctx) => (await ctx.db.query("notes").collect()).length);
export const snapshot = mutation(async (ctx) => {
  const before = await ctx.runQuery(t.count, {});
  await ctx.db.insert("notes", { text: "pending" });
  // `ctx.runQuery` of npm has no name for it: the raw syscall is the contract.
  const raw = await (globalThis as any).Convex.asyncSyscall(
    "1.0/runUdf",
    JSON.stringify({ udfType: "snapshotQuery", name: "transactions:count", args: {} }),
  );
  return { before, inSnapshot: JSON.parse(raw), now: await ctx.runQuery(t.count, {}) };
});

export const increment = mutation(async (ctx, { name }: any) => {
  const row = await ctx.db.query("counters").withIndex("by_name", (q) => q.eq("name", name)).unique();
  if (row === null) await ctx.db.insert("counters", { name, n: 1 });
  else await ctx.db.patch(row._id, { n: row.n + 1 });
  return (row?.n ?? 0) + 1;
});
export const counter = query(async (ctx, { name }: any) =>
  (await ctx.db.query("counters").withIndex("by_name", (q) => q.eq("name", name)).unique())?.n ?? 0);

export const metrics = internalQuery(async (ctx) => (ctx as any).meta.getTransactionMetrics());
export const readAndWrite = internalMutation(async (ctx, { rows }: any) => {
  for (let i = 0; i < rows; ++i) await ctx.db.insert("notes", { text: "budget" });
  return JSON.parse(await (globalThis as any).Convex.asyncSyscall("1.0/getTransactionMetrics", "{}"));
});
export const withBudget = mutation(async (ctx, { rows, budget }: any) => {
  await ctx.db.insert("notes", { text: "of the parent" });
  const call = (r: number) =>
    (globalThis as any).Convex.asyncSyscall(
      "1.0/runUdf",
      JSON.stringify({
        udfType: "mutation", name: "transactions:readAndWrite", args: { rows: r }, transactionLimits: { documentsWritten: budget, unknown: 1 },
      }),
    );
  const results: any = {};
  results.within = JSON.parse(await call(budget));
  results.beyond = await call(rows).then(() => "did it", (e: Error) => e.message);
  results.after = JSON.parse(await (globalThis as any).Convex.asyncSyscall("1.0/getTransactionMetrics", "{}"));
  return results;
});

export const stamp = mutation(async (ctx) => {
  const at = (ctx.db as any).vars.commitTs;
  await ctx.db.insert("stamps", { name: "old", at: 5n });
  const id = await ctx.db.insert("stamps", { name: "now", at });
  const order = (await ctx.db.query("stamps").withIndex("by_at").collect()).map((s) => s.name);
  const later = (await ctx.db.query("stamps").withIndex("by_at", (q) => q.gt("at", 5n)).collect()).map((s) => s.name);
  const filtered = (await ctx.db.query("stamps").filter((q) => q.gt(q.field("at"), 5n)).collect()).map((s) => s.name);
  return { id, at, nested: { list: [at] }, order, later, filtered };
});
export const stamps = query(async (ctx) => (await ctx.db.query("stamps").withIndex("by_at").collect()).map((s) => [s.name, s.at]));
export const stampsAt = query({
  args: { at: v.int64() },
  handler: async (ctx, { at }) => (await ctx.db.query("stamps").withIndex("by_at", (q) => q.eq("at", at)).collect()).map((s) => s.name),
});
export const unresolved = query(async () => new CommitTsPlaceholder() as any);
export const throwsData = mutation(async () => {
  console.log("kept from clients");
  throw new ConvexError({ code: 5n });
});
