// Lists to which transactions append numbers that are never used twice: what a transaction has read tells which others
// came before it.
import { mutationGeneric, queryGeneric } from "convex/server";

const find = (ctx, key) =>
  ctx.db.query("lists").withIndex("by_key", (q) => q.eq("key", key)).unique();

export const transact = mutationGeneric(async (ctx, { steps }) => {
  const reads = [];
  for (const [kind, key, item] of steps) {
    const list = await find(ctx, key);
    if (kind === "read") reads.push(list?.items ?? []);
    else if (list) await ctx.db.patch(list._id, { items: [...list.items, item] });
    else await ctx.db.insert("lists", { key, items: [item] });
  }
  return reads;
});

export const one = queryGeneric(async (ctx, { key }) => (await find(ctx, key))?.items ?? []);

export const all = queryGeneric(async (ctx) =>
  Object.fromEntries((await ctx.db.query("lists").collect()).map(({ key, items }) => [`k${key}`, items])),
);
