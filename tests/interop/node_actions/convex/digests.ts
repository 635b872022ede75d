"use node";
// Actions that need Node.js.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { v, ConvexError } from "convex/values";
import { actionGeneric as action, internalActionGeneric as internalAction, anyApi as api } from "convex/server";
import { shout } from "./shared";

export const sha256 = action({
  args: { text: v.string() },
  returns: v.string(),
  handler: async (_, { text }) => createHash("sha256").update(text).digest("hex"),
});

export const note = action(async (ctx, { text }: { text: string }) => {
  const id = await ctx.runMutation(api.notes.add, { text: shout(text) });
  return await ctx.runQuery(api.notes.get, { id });
});

export const chain = action(async (ctx, { left }: { left: number }): Promise<number> =>
  left === 0 ? 0 : 1 + (await ctx.runAction(api.digests.chain, { left: left - 1 })),
);

export const later = action(async (ctx, { text }: { text: string }) => {
  await ctx.scheduler.runAfter(0, api.digests.write, { text });
});
export const write = internalAction(async (ctx, { text }: { text: string }) => {
  await ctx.runMutation(api.notes.add, { text });
});

export const refused = action(async (ctx) => {
  try {
    await ctx.runMutation(api.notes.refuse, {});
  } catch (e) {
    return e instanceof ConvexError ? e.data : String(e);
  }
});

export const fails = action(async () => {
  function inner() {
    throw new TypeError("boom");
  }
  inner();
});
export const failsWithData = action(async () => {
  throw new ConvexError({ code: 7n });
});

export const file = action(async (ctx) => {
  const id = await ctx.storage.store(new Blob(["stored by Node.js"], { type: "text/plain" }));
  const blob = await ctx.storage.get(id);
  return [await blob!.text(), blob!.type, await ctx.storage.get(id).then((b) => b!.size)];
});

export const who = action(async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null);
export const variables = action(async () => [process.env.COLOUR, process.env.CONVEX_CLOUD_URL, process.env.HOME ?? null]);
export const logs = action(async () => console.log("from Node.js", { n: 1 }));
export const values = action(async (_, args: any) => args);
export const group = action(async () => process.pid);
export const reads = action(async () => readFileSync("/proc/self/comm", "utf8").length > 0);
export const internal = internalAction(async () => 1);
