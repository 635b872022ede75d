import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export const boat = {
  name: v.string(),
  owner: v.string(),
  berth: v.number(),
  /** In metres. */
  length: v.number(),
  /** This season's fee. */
  paid: v.boolean(),
  note: v.string(),
};

export default defineSchema({
  boats: defineTable(boat).index("by_berth", ["berth"]),
});
