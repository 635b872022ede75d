import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({
    text: v.string(),
    done: v.boolean(),
    /** Tasks are shown by rising rank; a task that moves gets a rank between its new neighbours. */
    rank: v.number(),
  })
    .index("by_rank", ["rank"])
    .index("by_done_and_rank", ["done", "rank"]),
});
