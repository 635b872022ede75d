import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  messages: defineTable({ author: v.string(), body: v.string() }).index("by_author", ["author"]),
  counters: defineTable({ name: v.string(), total: v.int64() }).index("by_name", ["name"]),
  pictures: defineTable({ author: v.string(), file: v.id("_storage") }),
  blobs: defineTable({ data: v.bytes(), extra: v.optional(v.any()) }),
});
