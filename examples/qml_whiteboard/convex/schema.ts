import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

/** x, y, x, y, ...: on a board of 1000 by 600. */
export const ink = v.array(v.number());

export default defineSchema({
  /** Where everybody's pen is, with the stroke that is under way. */
  pens: defineTable({
    drawer: v.string(),
    name: v.string(),
    color: v.string(),
    x: v.number(),
    y: v.number(),
    ink,
  }).index("by_drawer", ["drawer"]),

  /** What has been drawn. */
  strokes: defineTable({
    drawer: v.string(),
    color: v.string(),
    ink,
  }),
});
