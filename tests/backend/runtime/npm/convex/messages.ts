import {
  actionGeneric as action,
  anyApi,
  internalMutationGeneric as internalMutation,
  mutationGeneric as mutation,
  paginationOptsValidator,
  queryGeneric as query,
} from "convex/server";
import { ConvexError, v } from "convex/values";

export const list = query({
  args: { limit: v.optional(v.number()) },
  handler: async (ctx, args) => {
    console.log("listing", args);
    return await ctx.db.query("messages").order("desc").take(args.limit ?? 10);
  },
});

export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  returns: v.any(),
  handler: async (ctx, args) => await ctx.db.query("messages").paginate(args.paginationOpts),
});

export const send = mutation({
  args: { author: v.string(), body: v.string() },
  handler: async (ctx, { author, body }) => {
    if (body === "") throw new ConvexError({ code: "empty", big: 5n });
    return await ctx.db.insert("messages", { author, body, likes: 1n });
  },
});

export const hidden = internalMutation({ args: {}, handler: async () => null });

export const fail = query({
  args: {},
  handler: async (ctx) => {
    await ctx.db.get("bad" as never);
    return notThere();
  },
});

function notThere(): never {
  throw new Error("not there");
}

export const relay = action({
  args: { author: v.string() },
  handler: async (ctx, { author }) => {
    try {
      await ctx.runMutation(anyApi.messages.send, { author, body: "" });
    } catch (e) {
      return e instanceof ConvexError ? e.data.code : "other";
    }
    return "sent";
  },
});
