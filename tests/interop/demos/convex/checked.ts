// The argument validation guide, and the guide to application errors.
import { ConvexError, v } from "convex/values";
import { mutation, query } from "./_generated/server";
import { reaction } from "./schema";

export const add = mutation({
  args: { reaction, at: v.optional(v.number()) },
  returns: v.id("parsed"),
  handler: (ctx, args) => ctx.db.insert("parsed", args),
});

export const all = query({
  args: {},
  returns: v.array(v.object({ reaction, at: v.optional(v.number()) })),
  handler: async (ctx) => (await ctx.db.query("parsed").collect()).map(({ reaction, at }) => ({ reaction, at })),
});

// Says more than it promised.
export const wrong = query({ args: {}, returns: v.string(), handler: async () => 1 as unknown as string });

export const assignSeat = mutation({
  args: { row: v.string(), name: v.string() },
  handler: async (ctx, { row, name }) => {
    const seats = await ctx.db.query("seats").withIndex("by_row", (q) => q.eq("row", row)).collect();
    if (seats.length === 0) throw new ConvexError(`There is no row ${row}`);
    const free = seats.find((seat) => seat.taken_by === undefined);
    // Nothing of this may stay.
    await ctx.db.insert("seats", { row: "leftover" });
    if (free === undefined) throw new ConvexError({ code: "full", row, taken: BigInt(seats.length), by: seats.map((s) => s.taken_by!) });
    await ctx.db.patch(free._id, { taken_by: name });
    const leftover = await ctx.db.query("seats").withIndex("by_row", (q) => q.eq("row", "leftover")).first();
    await ctx.db.delete(leftover!._id);
    return free._id;
  },
});

export const addSeats = mutation({
  args: { row: v.string(), count: v.number() },
  handler: async (ctx, { row, count }) => {
    for (let i = 0; i < count; ++i) await ctx.db.insert("seats", { row });
  },
});

export const seats = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("seats").collect()).map(({ row, taken_by }) => [row, taken_by ?? null]),
});
