import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  // Anything goes; two fields are indexed, alone, together and one level down.
  loose: defineTable(v.any())
    .index("by_a", ["a"])
    .index("by_a_b", ["a", "b"])
    .index("by_inner", ["o.x"]),
  // The schema has something to say.
  strict: defineTable({
    n: v.number(),
    s: v.string(),
    maybe: v.optional(v.union(v.null(), v.int64(), v.boolean())),
    list: v.array(v.union(v.literal("red"), v.literal("green"), v.number())),
    other: v.optional(v.id("loose")),
  })
    .index("by_s", ["s"])
    .index("by_list", ["list"]),
});
