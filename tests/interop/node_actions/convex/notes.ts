import { ConvexError, v } from "convex/values";
import { actionGeneric as action, anyApi as api, mutationGeneric as mutation, queryGeneric as query } from "convex/server";
import { shout } from "./shared";

export const add = mutation({ args: { text: v.string() }, handler: (ctx, { text }) => ctx.db.insert("notes", { text }) });
export const get = query({ args: { id: v.id("notes") }, handler: async (ctx, { id }) => (await ctx.db.get(id))!.text });
export const list = query(async (ctx) => (await ctx.db.query("notes").collect()).map((n) => n.text));
export const refuse = mutation(() => {
  throw new ConvexError({ reason: "full", left: 0n });
});
export const viaNode = action(async (ctx, { text }: { text: string }): Promise<string> =>
  ctx.runAction(api.digests.sha256, { text: shout(text) }),
);
