import { query } from "./_generated/server";

/** The name of whoever asks, or null when nobody is signed in. */
export const me = query({
  args: {},
  handler: async (ctx) => (await ctx.auth.getUserIdentity())?.name ?? null,
});
