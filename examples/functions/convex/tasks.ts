import { paginationOptsValidator } from "convex/server";
import { ConvexError, v } from "convex/values";
import { mutation, query } from "./_generated/server";

/** All tasks, oldest first. */
export const list = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("tasks").take(100),
});

/** The same, page by page. */
export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => await ctx.db.query("tasks").paginate(paginationOpts),
});

export const add = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    if (text.trim() === "") throw new ConvexError({ field: "text", message: "A task needs a text." });
    return await ctx.db.insert("tasks", { text, done: false });
  },
});

export const setDone = mutation({
  args: { id: v.id("tasks"), done: v.boolean() },
  handler: async (ctx, { id, done }) => {
    await ctx.db.patch(id, { done });
  },
});
