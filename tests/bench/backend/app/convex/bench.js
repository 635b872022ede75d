// The functions that the benchmark calls.
import { mutationGeneric, queryGeneric } from "convex/server";

export const nothing = queryGeneric(async (_, { salt }) => salt);
export const first = queryGeneric(async (ctx, { group }) => {
  const row = await ctx.db.query("rows").withIndex("by_group", (q) => q.eq("group", group)).order("desc").first();
  return row?.text ?? null;
});
export const take = queryGeneric(async (ctx) => (await ctx.db.query("many").take(10)).length);
export const insert = mutationGeneric(async (ctx, { group, text }) => {
  await ctx.db.insert("rows", { group, text });
});
// Little per call: a call has a second of its own time.
export const fill = mutationGeneric(async (ctx, { count }) => {
  for (let i = 0; i < count; ++i) await ctx.db.insert("many", { group: i, text: `row ${i}` });
});
