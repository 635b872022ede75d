import { ConvexError, v } from "convex/values";
import { mutation, query } from "./_generated/server";

const longest = 200;

const filter = v.union(v.literal("all"), v.literal("open"), v.literal("done"));

/** The tasks in their order. */
export const list = query({
  args: { filter },
  handler: async (ctx, { filter }) => {
    if (filter === "all")
      return await ctx.db.query("tasks").withIndex("by_rank").collect();
    return await ctx.db
      .query("tasks")
      .withIndex("by_done_and_rank", (q) => q.eq("done", filter === "done"))
      .collect();
  },
});

/** How many tasks there are of each kind. */
export const summary = query({
  args: {},
  handler: async (ctx) => {
    const tasks = await ctx.db.query("tasks").collect();
    const done = tasks.filter((task) => task.done).length;
    return { open: tasks.length - done, done };
  },
});

/** Adds a task behind all others. */
export const add = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    if (text.trim() === "") throw new ConvexError("A task needs a text.");
    if (text.length > longest)
      throw new ConvexError(`A task has at most ${longest} characters.`);
    const last = await ctx.db
      .query("tasks")
      .withIndex("by_rank")
      .order("desc")
      .first();
    const rank = (last?.rank ?? 0) + 1;
    return await ctx.db.insert("tasks", { text, done: false, rank });
  },
});

export const setDone = mutation({
  args: { id: v.id("tasks"), done: v.boolean() },
  handler: async (ctx, { id, done }) => {
    await ctx.db.patch(id, { done });
  },
});

export const move = mutation({
  args: { id: v.id("tasks"), rank: v.number() },
  handler: async (ctx, { id, rank }) => {
    if (!Number.isFinite(rank)) throw new ConvexError("A rank is a finite number.");
    await ctx.db.patch(id, { rank });
  },
});

export const remove = mutation({
  args: { id: v.id("tasks") },
  handler: async (ctx, { id }) => {
    await ctx.db.delete(id);
  },
});
