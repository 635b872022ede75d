import { v } from "convex/values";
import { api } from "./_generated/api";
import { action, mutation, query, type QueryCtx } from "./_generated/server";

/** The row of the caller; nobody has none, and neither has a caller who was never stored. */
export const current = async (ctx: QueryCtx) => {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) return null;
  return await ctx.db
    .query("users")
    .withIndex("by_token", (q) => q.eq("tokenIdentifier", identity.tokenIdentifier))
    .unique();
};

/** Keeps the caller's row up to date; a client calls it after each sign-in. */
export const store = mutation({
  args: {},
  returns: v.id("users"),
  handler: async (ctx) => {
    const identity = await ctx.auth.getUserIdentity();
    if (identity === null) throw new Error("Sign in before you store yourself.");
    const { tokenIdentifier } = identity;
    const name = identity.name ?? "Anonymous";
    const known = await current(ctx);
    if (known === null) return await ctx.db.insert("users", { name, tokenIdentifier });
    if (known.name !== name) await ctx.db.patch(known._id, { name });
    return known._id;
  },
});

/** What the backend knows of the caller. */
export const whoami = query({
  args: {},
  handler: async (ctx) => await ctx.auth.getUserIdentity(),
});

const subject = { args: {}, returns: v.union(v.string(), v.null()) };
export const subjectInMutation = mutation({
  ...subject,
  handler: async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null,
});
export const subjectInAction = action({
  ...subject,
  handler: async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null,
});

/** An action and everything it calls act for the same caller. */
export const everywhere = action({
  args: {},
  handler: async (ctx): Promise<(string | null)[]> => [
    (await ctx.auth.getUserIdentity())?.subject ?? null,
    (await ctx.runQuery(api.users.whoami))?.subject ?? null,
    await ctx.runMutation(api.users.subjectInMutation),
    await ctx.runAction(api.users.subjectInAction),
  ],
});
