import { ConvexError, v } from "convex/values";
import { internalMutation, mutation, query } from "./_generated/server";
import { boat } from "./schema";

/** All boats, in the order in which they came. */
export const list = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("boats").collect(),
});

/** Changes some fields of a boat. */
export const update = mutation({
  args: {
    id: v.id("boats"),
    fields: v.object({
      name: v.optional(boat.name),
      owner: v.optional(boat.owner),
      berth: v.optional(boat.berth),
      length: v.optional(boat.length),
      paid: v.optional(boat.paid),
      note: v.optional(boat.note),
    }),
  },
  handler: async (ctx, { id, fields }) => {
    const { name, length, berth } = fields;
    if (name === "") throw new ConvexError("A boat needs a name.");
    if (length !== undefined && !(length > 0 && length < 40))
      throw new ConvexError("No boat of this length fits into the harbour.");
    if (berth !== undefined) {
      const there = await ctx.db
        .query("boats")
        .withIndex("by_berth", (q) => q.eq("berth", berth))
        .first();
      if (there !== null && there._id !== id)
        throw new ConvexError(`Berth ${berth} is taken by ${there.name}.`);
    }
    await ctx.db.patch(id, fields);
  },
});

/** Moors the first boats: `npx convex run boats:seed`. */
export const seed = internalMutation({
  args: {},
  handler: async (ctx) => {
    const moored = [
      { name: "Albatross", owner: "Ada Lovelace", berth: 12, length: 9.4, paid: true, note: "" },
      { name: "Kittiwake", owner: "Grace Hopper", berth: 3, length: 7.2, paid: true, note: "engine out until May" },
      { name: "Fulmar", owner: "Linus", berth: 21, length: 11.8, paid: false, note: "" },
      { name: "Sandpiper", owner: "Barbara Liskov", berth: 7, length: 6.5, paid: true, note: "" },
      { name: "Gannet", owner: "Alan Turing", berth: 1, length: 14.1, paid: true, note: "shore power" },
    ];
    for (const one of moored) await ctx.db.insert("boats", one);
  },
});
