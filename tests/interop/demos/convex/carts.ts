// Sessions: the client keeps an id, and everything that it calls finds the state of that session.
import { customMutation, customQuery } from "convex-helpers/server/customFunctions";
import { runSessionFunctions, SessionIdArg, vSessionId, type SessionId } from "convex-helpers/server/sessions";
import { v } from "convex/values";
import { api } from "./_generated/api";
import { action, mutation, query, type QueryCtx } from "./_generated/server";

const cartOf = (ctx: QueryCtx, session: SessionId) =>
  ctx.db.query("carts").withIndex("by_session", (q) => q.eq("session", session)).unique();

const sessionQuery = customQuery(query, {
  args: SessionIdArg,
  input: async (ctx, { sessionId }) => ({ ctx: { ...ctx, cart: await cartOf(ctx, sessionId) }, args: {} }),
});
const sessionMutation = customMutation(mutation, {
  args: SessionIdArg,
  input: async (ctx, { sessionId }) => {
    const cart = await cartOf(ctx, sessionId);
    const id = cart?._id ?? (await ctx.db.insert("carts", { session: sessionId, items: {} }));
    return { ctx: { ...ctx, cart: (await ctx.db.get(id))! }, args: {} };
  },
});

export const items = sessionQuery({
  args: {},
  returns: v.record(v.string(), v.number()),
  handler: async (ctx) => ctx.cart?.items ?? {},
});

export const put = sessionMutation({
  args: { item: v.string(), count: v.number() },
  handler: async (ctx, { item, count }) => {
    await ctx.db.patch(ctx.cart._id, { items: { ...ctx.cart.items, [item]: (ctx.cart.items[item] ?? 0) + count } });
  },
});

export const putTwice = action({
  args: { sessionId: vSessionId, item: v.string() },
  handler: async (ctx, { sessionId, item }) => {
    const { runSessionMutation, runSessionQuery } = runSessionFunctions(ctx, sessionId);
    await runSessionMutation(api.carts.put, { item, count: 1 });
    await runSessionMutation(api.carts.put, { item, count: 1 });
    return await runSessionQuery(api.carts.items);
  },
});
