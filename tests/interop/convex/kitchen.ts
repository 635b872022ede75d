import { ConvexError, v } from "convex/values";
import { action, internalMutation, internalQuery, mutation, query } from "./_generated/server";
import { api, internal } from "./_generated/api";

export const throwsError = query({
  args: {},
  handler: async () => {
    throw new Error("boom");
  },
});

export const throwsConvexError = mutation({
  args: {},
  handler: async () => {
    throw new ConvexError({ code: 7, why: "because" });
  },
});

export const wrongReturn = query({
  args: {},
  returns: v.string(),
  handler: async () => 5 as unknown as string,
});

export const add = mutation({
  args: { name: v.string(), amount: v.int64() },
  handler: async (ctx, { name, amount }) => {
    const row = await ctx.db.query("counters").withIndex("by_name", (q) => q.eq("name", name)).unique();
    if (row === null) {
      await ctx.db.insert("counters", { name, total: amount });
      return amount;
    }
    await ctx.db.patch(row._id, { total: row.total + amount });
    return row.total + amount;
  },
});

export const total = internalQuery({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const row = await ctx.db.query("counters").withIndex("by_name", (q) => q.eq("name", name)).unique();
    return row?.total ?? 0n;
  },
});

export const failAfterWrite = internalMutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("counters", { name, total: 1n });
    throw new Error("rolled back");
  },
});

export const nested = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const outer = await ctx.runMutation(api.kitchen.add, { name, amount: 5n });
    let caught = "";
    try {
      await ctx.runMutation(internal.kitchen.failAfterWrite, { name: name + "-inner" });
    } catch (e) {
      caught = (e as Error).message;
    }
    const inner = await ctx.runQuery(internal.kitchen.total, { name: name + "-inner" });
    return { outer, inner, caught };
  },
});

export const bump = action({
  args: { name: v.string(), amount: v.int64() },
  handler: async (ctx, args): Promise<{ before: bigint; after: bigint }> => {
    const before = await ctx.runQuery(internal.kitchen.total, { name: args.name });
    await ctx.runMutation(api.kitchen.add, args);
    const after = await ctx.runQuery(internal.kitchen.total, { name: args.name });
    return { before, after };
  },
});

export const everything = query({
  args: { value: v.any() },
  handler: async (_ctx, { value }) => value,
});

export const storeBytes = mutation({
  args: { data: v.bytes() },
  handler: async (ctx, { data }) => {
    const id = await ctx.db.insert("blobs", { data });
    return (await ctx.db.get(id))!.data;
  },
});

export const wrongDocument = mutation({
  args: {},
  handler: async (ctx) => ctx.db.insert("messages", { author: 1 } as never),
});

export const spin = query({
  args: {},
  handler: async () => {
    for (;;);
  },
});

export const deterministic = query({
  args: {},
  handler: async () => ({ same: Date.now() === Date.now(), random: Math.random() < 1 }),
});
