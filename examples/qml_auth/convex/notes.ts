import { ConvexError, v } from "convex/values";
import { mutation, query, type QueryCtx } from "./_generated/server";

/** Who asks; nobody's notes are shown to nobody. */
const caller = async (ctx: QueryCtx) => {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw new ConvexError("Sign in first.");
  return identity.subject;
};

/** The caller's notes, newest first. */
export const mine = query({
  args: {},
  handler: async (ctx) => {
    const owner = await caller(ctx);
    return await ctx.db
      .query("notes")
      .withIndex("by_owner", (q) => q.eq("owner", owner))
      .order("desc")
      .collect();
  },
});

export const add = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    if (text.trim() === "") throw new ConvexError("A note needs a text.");
    return await ctx.db.insert("notes", { owner: await caller(ctx), text });
  },
});

export const remove = mutation({
  args: { id: v.id("notes") },
  handler: async (ctx, { id }) => {
    const note = await ctx.db.get(id);
    if (note === null || note.owner !== (await caller(ctx)))
      throw new ConvexError("That is not your note.");
    await ctx.db.delete(id);
  },
});
