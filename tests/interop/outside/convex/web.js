// Actions that use the world outside and the web platform, with the npm package around them.
import { actionGeneric, mutationGeneric, queryGeneric, makeFunctionReference } from "convex/server";

const ref = (name) => makeFunctionReference(name);

export const post = actionGeneric(async (_, { url }) => {
  const response = await fetch(url + "/echo", { method: "POST", headers: { "X-From": "action" }, body: JSON.stringify({ a: 1 }) });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
});
export const follow = actionGeneric(async (_, { url }) => {
  const response = await fetch(url + "/away");
  return [response.redirected, new URL(response.url).pathname, await response.text()];
});
export const many = actionGeneric(async (_, { url }) => {
  const texts = await Promise.all(Array.from({ length: 20 }, (_, i) => fetch(`${url}/number/${i}`).then((r) => r.text())));
  return texts.join();
});
export const stream = actionGeneric(async (_, { url }) => {
  let size = 0;
  for await (const piece of (await fetch(url + "/large")).body) size += piece.length;
  return size;
});
export const upload = actionGeneric(async (_, { url }) => {
  const form = new FormData();
  form.append("name", "value");
  form.append("file", new Blob(["content"], { type: "text/x" }), "f.txt");
  return (await fetch(url + "/echo", { method: "POST", body: form })).json();
});
export const timeout = actionGeneric(async (_, { url }) => {
  try {
    await fetch(url + "/never", { signal: AbortSignal.timeout(50) });
  } catch (e) {
    return e.name;
  }
});
export const refused = actionGeneric(async (_, { url }) => (await fetch(url)).status);
export const fromQuery = queryGeneric(async (_, { url }) => (await fetch(url)).status);
export const write = mutationGeneric(async (ctx, { n }) => void (await ctx.db.insert("numbers", { n })));
export const sum = queryGeneric(async (ctx) => (await ctx.db.query("numbers").collect()).reduce((s, { n }) => s + n, 0));
export const writeMany = actionGeneric(async (ctx) => {
  await Promise.all(Array.from({ length: 30 }, (_, i) => ctx.runMutation(ref("web:write"), { n: i })));
  return ctx.runQuery(ref("web:sum"), {});
});
export const sign = actionGeneric(async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const data = new TextEncoder().encode("text");
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, data);
  return { key: JSON.stringify(await crypto.subtle.exportKey("jwk", pair.publicKey)), signature };
});
export const later = actionGeneric(async () => (await import("./helper.js")).answer());
