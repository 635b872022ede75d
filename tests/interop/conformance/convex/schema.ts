import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  notes: defineTable({ text: v.string(), rank: v.optional(v.any()) }).index("by_text", ["text"]).index("by_rank", ["rank"]),
  others: defineTable({ text: v.string() }),
  stamps: defineTable({ name: v.string(), at: v.int64() }).index("by_at", ["at"]),
  counters: defineTable({ name: v.string(), n: v.number() }).index("by_name", ["name"]),
});
