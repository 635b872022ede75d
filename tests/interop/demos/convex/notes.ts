// The pagination guide: pages over an index, in either direction, with filters and with joins on the page.
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { paginator } from "convex-helpers/server/pagination";
import { mutation, query } from "./_generated/server";
import schema from "./schema";

export const add = mutation({
  args: { from: v.number(), count: v.number() },
  handler: async (ctx, { from, count }) => {
    for (let i = from; i < from + count; ++i)
      await ctx.db.insert("notes", { number: i, label: i % 2 === 0 ? "even" : "odd" });
  },
});

export const remove = mutation({
  args: { number: v.number() },
  handler: async (ctx, { number }) => {
    const note = await ctx.db.query("notes").withIndex("by_number", (q) => q.eq("number", number)).unique();
    await ctx.db.delete(note!._id);
  },
});

export const list = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: (ctx, { paginationOpts }) => ctx.db.query("notes").withIndex("by_number").order("desc").paginate(paginationOpts),
});

export const labelled = query({
  args: { paginationOpts: paginationOptsValidator, label: v.string() },
  returns: paginationResultValidator(v.string()),
  handler: async (ctx, { paginationOpts, label }) => {
    const result = await ctx.db
      .query("notes")
      .withIndex("by_number")
      .filter((q) => q.eq(q.field("label"), label))
      .paginate(paginationOpts);
    return { ...result, page: result.page.map((note) => `${note.label} ${note.number}`) };
  },
});

// Twice in one function, which paginate() does not allow: by a library that pages by index keys.
export const ends = query({
  args: { count: v.number() },
  handler: async (ctx, { count }) => {
    const opts = { cursor: null, numItems: count };
    const notes = () => paginator(ctx.db, schema).query("notes").withIndex("by_number");
    const first = await notes().paginate(opts);
    const next = await notes().paginate({ ...opts, cursor: first.continueCursor });
    const last = await notes().order("desc").paginate(opts);
    return [first, next, last].map((result) => result.page.map((note) => note.number));
  },
});

export const twice = query({
  args: {},
  handler: async (ctx) => {
    const opts = { cursor: null, numItems: 1 };
    await ctx.db.query("notes").paginate(opts);
    await ctx.db.query("notes").paginate(opts);
  },
});
