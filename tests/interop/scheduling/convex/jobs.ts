import {
  actionGeneric as action,
  anyApi,
  internalActionGeneric as internalAction,
  internalMutationGeneric as internalMutation,
  mutationGeneric as mutation,
  queryGeneric as query,
} from "convex/server";
import { v } from "convex/values";

const jobs = anyApi.jobs;

export const notes = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("notes").collect()).map((note) => note.text),
});

export const states = query({
  args: {},
  handler: async (ctx) => ctx.db.system.query("_scheduled_functions").order("desc").take(200),
});

export const state = query({
  args: { id: v.id("_scheduled_functions") },
  handler: async (ctx, { id }) => ctx.db.system.get(id),
});

export const remember = internalMutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const user = await ctx.auth.getUserIdentity();
    await ctx.db.insert("notes", { text: user === null ? text : "somebody's " + text });
  },
});

export const rememberInAction = internalAction({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    await ctx.runMutation(jobs.remember, { text });
  },
});

export const fail = internalMutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("notes", { text: "must not stay" });
    throw new Error("did not work");
  },
});

export const hang = internalAction({
  args: {},
  handler: async (ctx) => {
    await ctx.runMutation(jobs.remember, { text: "hanging" });
    await new Promise((resolve) => setTimeout(resolve, 10 * 60_000));
  },
});

export const later = mutation({
  args: { name: v.string(), args: v.any(), ms: v.number() },
  handler: async (ctx, { name, args, ms }) => ctx.scheduler.runAfter(ms, jobs[name], args),
});

export const laterFromAction = action({
  args: { text: v.string() },
  handler: async (ctx, { text }) => ctx.scheduler.runAt(new Date(), jobs.remember, { text }),
});

export const laterThenThrow = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.scheduler.runAfter(0, jobs.remember, { text: "of a failed mutation" });
    throw new Error("no");
  },
});

export const manyLater = mutation({
  args: { prefix: v.string(), count: v.number(), ms: v.number() },
  handler: async (ctx, { prefix, count, ms }) => {
    for (let i = 0; i < count; ++i) await ctx.scheduler.runAfter(ms, jobs.remember, { text: prefix + i });
  },
});

export const cancel = mutation({
  args: { id: v.id("_scheduled_functions") },
  handler: async (ctx, { id }) => ctx.scheduler.cancel(id),
});

export const tick = internalMutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("ticks", { name, at: Date.now() });
  },
});

export const tickInAction = internalAction({
  args: { name: v.string() },
  handler: async (ctx, args) => {
    await ctx.runMutation(jobs.tick, args);
  },
});

export const ticks = query({
  args: {},
  handler: async (ctx) => {
    const counts: Record<string, number> = {};
    for (const { name } of await ctx.db.query("ticks").collect()) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  },
});
