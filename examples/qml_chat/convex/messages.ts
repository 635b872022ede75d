import { ConvexError, v } from "convex/values";
import { mutation, query } from "./_generated/server";

const shown = 100;
const longest = 4000;

/** The newest messages, oldest of them first. */
export const list = query({
  args: {},
  handler: async (ctx) => {
    const newest = await ctx.db.query("messages").order("desc").take(shown);
    return newest.reverse();
  },
});

/** What one author wrote, newest first. */
export const by = query({
  args: { author: v.string() },
  handler: async (ctx, { author }) =>
    await ctx.db
      .query("messages")
      .withIndex("by_author", (q) => q.eq("author", author))
      .order("desc")
      .take(shown),
});

export const send = mutation({
  args: { author: v.string(), body: v.string() },
  handler: async (ctx, { author, body }) => {
    if (author.trim() === "" || body.trim() === "")
      throw new ConvexError("A message needs an author and a text.");
    if (body.length > longest)
      throw new ConvexError(`A message has at most ${longest} characters.`);
    return await ctx.db.insert("messages", { author, body });
  },
});
