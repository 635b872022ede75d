// One app for the demos of the guides: pages, checked arguments, errors with data, related tables, sessions.
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { vSessionId } from "convex-helpers/server/sessions";

export const reaction = v.union(v.object({ kind: v.literal("like") }), v.object({ kind: v.literal("note"), text: v.string() }));

export default defineSchema({
  notes: defineTable({ number: v.number(), label: v.string() }).index("by_number", ["number"]),

  teams: defineTable({ name: v.string() }),
  people: defineTable({ name: v.string(), team: v.id("teams") }).index("by_team", ["team"]).index("by_name", ["name"]),
  profiles: defineTable({ person: v.id("people"), bio: v.string() }).index("by_person", ["person"]),
  books: defineTable({ title: v.string() }),
  loans: defineTable({ person: v.id("people"), book: v.id("books") })
    .index("by_person", ["person"])
    .index("by_book", ["book"]),

  seats: defineTable({ row: v.string(), taken_by: v.optional(v.string()) }).index("by_row", ["row"]),
  parsed: defineTable({ reaction, at: v.optional(v.number()) }),
  carts: defineTable({ session: vSessionId, items: v.record(v.string(), v.number()) }).index("by_session", ["session"]),
});
