import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  entries: defineTable({
    author: v.string(),
    text: v.string(),
    /** When it was written, milliseconds since 1970. */
    at: v.number(),
    likes: v.number(),
  }).index("by_at", ["at"]),
});
