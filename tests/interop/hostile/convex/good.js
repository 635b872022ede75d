// The functions of somebody who means well, on the same deployment.
import { mutationGeneric, queryGeneric } from "convex/server";

let calls = 0;

export const add = mutationGeneric(async (ctx, { text }) => {
  await ctx.db.insert("rows", { text });
  return (await ctx.db.query("rows").collect()).length;
});
export const list = queryGeneric(async (ctx) => (await ctx.db.query("rows").take(50)).map((r) => r.text));

// What every run must find untouched, whatever another one did before it.
export const world = queryGeneric(async () => ({
  calls: ++calls,
  map: [1, 2].map((x) => x + 1),
  json: JSON.stringify({ a: [1] }),
  known: typeof globalThis.stolen,
  polluted: {}.polluted ?? null,
  promise: await Promise.resolve(5),
  same: Object.keys({ b: 1 }).join(),
}));
