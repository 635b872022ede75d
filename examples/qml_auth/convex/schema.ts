import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  notes: defineTable({
    /** The owner's subject: who may read it. */
    owner: v.string(),
    text: v.string(),
  }).index("by_owner", ["owner"]),
});
