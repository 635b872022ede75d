import { v } from "convex/values";
import { paginationOptsValidator } from "convex/server";
import { mutation, query } from "./_generated/server";

export const list = query({
  args: {},
  handler: async (ctx) => ctx.db.query("messages").order("desc").take(100),
});

export const byAuthor = query({
  args: { author: v.string() },
  returns: v.array(v.string()),
  handler: async (ctx, { author }) => {
    const rows = await ctx.db
      .query("messages")
      .withIndex("by_author", (q) => q.eq("author", author))
      .collect();
    return rows.map((row) => row.body);
  },
});

export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => ctx.db.query("messages").paginate(paginationOpts),
});

export const filtered = query({
  args: { not: v.string() },
  handler: async (ctx, { not }) =>
    (await ctx.db.query("messages").filter((q) => q.neq(q.field("author"), not)).collect()).length,
});

export const send = mutation({
  args: { author: v.string(), body: v.string() },
  handler: async (ctx, args) => {
    console.log("sending", args);
    return await ctx.db.insert("messages", args);
  },
});

export const edit = mutation({
  args: { id: v.id("messages"), body: v.string() },
  handler: async (ctx, { id, body }) => {
    await ctx.db.patch(id, { body });
    return (await ctx.db.get(id))!.body;
  },
});

export const remove = mutation({
  args: { id: v.id("messages") },
  handler: async (ctx, { id }) => ctx.db.delete(id),
});
