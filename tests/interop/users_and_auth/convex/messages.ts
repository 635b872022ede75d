import { v } from "convex/values";
import { mutation, query } from "./_generated/server";
import { current } from "./users";

/** The same for everybody: it never asks who the caller is. */
export const list = query({
  args: {},
  handler: async (ctx) => {
    const messages = await ctx.db.query("messages").take(100);
    return await Promise.all(
      messages.map(async ({ user, body }) => ({ author: (await ctx.db.get(user))?.name ?? "?", body })),
    );
  },
});

/** Different for each caller. */
export const mine = query({
  args: {},
  returns: v.union(v.array(v.string()), v.null()),
  handler: async (ctx) => {
    const user = await current(ctx);
    if (user === null) return null;
    const messages = await ctx.db.query("messages").collect();
    return messages.filter((m) => m.user === user._id).map((m) => m.body);
  },
});

export const send = mutation({
  args: { body: v.string() },
  returns: v.null(),
  handler: async (ctx, { body }) => {
    const user = await current(ctx);
    if (user === null) throw new Error("Only users who were stored can send messages.");
    await ctx.db.insert("messages", { user: user._id, body });
    return null;
  },
});
