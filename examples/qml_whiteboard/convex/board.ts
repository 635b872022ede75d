import { ConvexError, v } from "convex/values";
import { mutation, query, type MutationCtx } from "./_generated/server";
import { ink } from "./schema";

/** Older ink fades. */
const keptStrokes = 120;
/** Numbers, two for a point: a longer stroke goes on as another. */
const longestInk = 256;
const longestPiece = 128;

/** The strokes, oldest first. */
export const strokes = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("strokes").collect(),
});

/** Everybody's pen. */
export const pens = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("pens").collect(),
});

const penOf = async (ctx: MutationCtx, drawer: string) =>
  await ctx.db
    .query("pens")
    .withIndex("by_drawer", (q) => q.eq("drawer", drawer))
    .unique();

/** Moves a pen, and draws with it while it is down. A pen that is lifted leaves its stroke behind. */
export const draw = mutation({
  args: {
    drawer: v.string(),
    name: v.string(),
    color: v.string(),
    x: v.number(),
    y: v.number(),
    ink,
    down: v.boolean(),
  },
  handler: async (ctx, { ink: piece, down, ...fields }) => {
    if (piece.length > longestPiece || piece.length % 2 !== 0)
      throw new ConvexError("Ink is pairs of numbers, 64 of them at most.");
    const pen = await penOf(ctx, fields.drawer);
    let line = [...(pen?.ink ?? []), ...piece];
    if ((!down && line.length > 0) || line.length > longestInk) {
      const { drawer, color } = fields;
      await ctx.db.insert("strokes", { drawer, color, ink: line });
      const all = await ctx.db.query("strokes").collect();
      for (const old of all.slice(0, Math.max(0, all.length - keptStrokes)))
        await ctx.db.delete(old._id);
      line = down ? line.slice(-2) : [];
    }
    if (pen === null) await ctx.db.insert("pens", { ...fields, ink: line });
    else await ctx.db.patch(pen._id, { ...fields, ink: line });
  },
});

/** Takes a pen away. */
export const leave = mutation({
  args: { drawer: v.string() },
  handler: async (ctx, { drawer }) => {
    const pen = await penOf(ctx, drawer);
    if (pen !== null) await ctx.db.delete(pen._id);
  },
});

/** Wipes the board. */
export const clear = mutation({
  args: {},
  handler: async (ctx) => {
    for (const stroke of await ctx.db.query("strokes").collect())
      await ctx.db.delete(stroke._id);
  },
});
