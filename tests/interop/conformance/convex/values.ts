import { v } from "convex/values";
import { mutationGeneric as mutation, paginationOptsValidator, queryGeneric as query } from "convex/server";

export const echo = query(async (_, { value }: any) => value);
export const store = mutation(async (ctx, { value }: any) => {
  const id = await ctx.db.insert("notes", { text: "stored", rank: value });
  return (await ctx.db.get(id))!.rank;
});
export const stored = query(async (ctx) => (await ctx.db.query("notes").withIndex("by_text", (q) => q.eq("text", "stored")).order("desc").first())!.rank);
export const dropped = query(async () => ({ kept: 1, dropped: undefined }));
export const undefinedInArray = query(async () => [1, undefined] as any);

export const checked = query({
  args: {
    text: v.string(),
    note: v.optional(v.id("notes")),
    kind: v.optional(v.union(v.literal("a"), v.object({ n: v.number() }))),
  },
  returns: v.string(),
  handler: async (_, { text }) => (text === "number" ? (5 as any) : text),
});

export const fill = mutation(async (ctx, { count }: any) => {
  for (let i = 0; i < count; ++i) await ctx.db.insert("others", { text: `o${i}` });
});
export const insertOther = mutation(async (ctx, { text }: any) => {
  await ctx.db.insert("others", { text });
});
export const forward = query({ args: { paginationOpts: paginationOptsValidator }, handler: (ctx, args) => ctx.db.query("others").paginate(args.paginationOpts) });
export const backward = query({ args: { paginationOpts: paginationOptsValidator }, handler: (ctx, args) => ctx.db.query("others").order("desc").paginate(args.paginationOpts) });
export const someNote = mutation(async (ctx) => await ctx.db.insert("notes", { text: "some" }));
export const someOther = mutation(async (ctx) => await ctx.db.insert("others", { text: "some" }));
