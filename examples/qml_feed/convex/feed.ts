import { paginationOptsValidator } from "convex/server";
import { ConvexError, v } from "convex/values";
import { internalMutation, mutation, query } from "./_generated/server";

/** The entries, newest first. */
export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) =>
    await ctx.db
      .query("entries")
      .withIndex("by_at")
      .order("desc")
      .paginate(paginationOpts),
});

export const post = mutation({
  args: { author: v.string(), text: v.string() },
  handler: async (ctx, { author, text }) => {
    if (text.trim() === "") throw new ConvexError("An entry needs a text.");
    return await ctx.db.insert("entries", { author, text, at: Date.now(), likes: 0 });
  },
});

export const like = mutation({
  args: { id: v.id("entries") },
  handler: async (ctx, { id }) => {
    const entry = await ctx.db.get(id);
    if (entry === null) throw new ConvexError("There is no such entry.");
    await ctx.db.patch(id, { likes: entry.likes + 1 });
  },
});

const texts = [
  "Wind south-west five, gusts of seven. Two boats came in early.",
  "North buoy answers again. It was the battery.",
  "The ferry leaves ten minutes late: fog on the bar.",
  "Seal on the slipway. Let it sleep.",
  "Quiet day. Eleven in, nine out.",
];
const authors = ["Ada Lovelace", "Grace Hopper", "Linus", "Barbara", "Alan"];

/** Adds a thousand entries in front of the oldest; for ten thousand, ten times `npx convex run feed:seed`. */
export const seed = internalMutation({
  args: {},
  handler: async (ctx) => {
    const oldest = await ctx.db.query("entries").withIndex("by_at").first();
    const start = oldest?.at ?? Date.now();
    for (let i = 1; i <= 1000; ++i) {
      await ctx.db.insert("entries", {
        author: authors[i % authors.length]!,
        text: texts[(i * 3) % texts.length]!,
        at: start - i * 23 * 60_000,
        likes: (i * 37) % 11,
      });
    }
  },
});
