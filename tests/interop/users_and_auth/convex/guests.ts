import { v } from "convex/values";
import { action, mutation } from "./_generated/server";

/** A token with which a guest signs in, for as long as it is good. */
export const invite = mutation({
  args: { name: v.string(), seconds: v.number(), more: v.optional(v.any()) },
  returns: v.string(),
  handler: async (ctx, { name, seconds, more }) =>
    await ctx.auth.signJwt({ claims: { sub: `guest ${name}`, name, ...more }, expiresInSeconds: seconds }),
});

/** Where the call came from. */
export const fromMutation = mutation({ args: {}, handler: (ctx) => ctx.meta.getRequestMetadata() });
export const fromAction = action({ args: {}, handler: (ctx) => ctx.meta.getRequestMetadata() });
