// `npx convex deploy`: what it uploads, what it refuses, and what the second run leaves alone.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { Backend } from "./harness.mjs";

let backend, proxy;
const pushes = [];

// A proxy between CLI and backend that notes the bodies of start_push.
before(async () => {
  backend = await Backend.start();
  const target = backend.url;
  proxy = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (request.url === "/api/deploy2/start_push")
      pushes.push(JSON.parse(request.headers["content-encoding"] === "br" ? brotliDecompressSync(body) : body));
    const { host, "content-length": _, connection: __, ...headers } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method, headers, body: body.length ? body : undefined,
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  backend.url = `http://127.0.0.1:${proxy.address().port}`;
});
after(async () => {
  proxy?.close();
  await backend?.stop();
});

const lastPush = () => {
  const app = pushes.at(-1).appDefinition;
  return { changed: app.changedModules.map((m) => m.path).sort(), unchanged: app.unchangedModuleHashes.map((m) => m.path) };
};

test("the first deploy uploads everything", async () => {
  const output = await backend.deploy();
  assert.match(output, /messages\.by_author/, "new indexes are shown");
  assert.ok(lastPush().changed.includes("messages.js"));
  assert.deepEqual(lastPush().unchanged, []);
});

test("a second deploy of the same app uploads no changed module", async () => {
  await backend.deploy();
  assert.deepEqual(lastPush().changed, []);
  assert.ok(lastPush().unchanged.includes("messages.js"));
  const http = new ConvexHttpClient(backend.url, { logger: false });
  assert.deepEqual(await http.query(anyApi.messages.list, {}), [], "and the app still runs");
});

test("a changed file uploads that module alone and replaces its functions", async () => {
  appendFileSync(join(backend.project, "convex", "kitchen.ts"),
    `\nexport const fresh = query({ args: {}, handler: async () => "fresh" });\n`);
  await backend.deploy();
  assert.deepEqual(lastPush().changed, ["kitchen.js"]);
  const http = new ConvexHttpClient(backend.url, { logger: false });
  assert.equal(await http.query(anyApi.kitchen.fresh, {}), "fresh");
});

const project = (...path) => join(backend.project, ...path);

test("what convex.config.ts declares must be set, and stays set", async () => {
  writeFileSync(project("convex", "convex.config.ts"), `
    import { defineApp } from "convex/server";
    import { v } from "convex/values";
    export default defineApp({
      httpPrefix: "/app",
      env: { TOKEN: v.string(), MODE: v.optional(v.union(v.literal("fast"), v.literal("slow"))) },
    });`);
  await assert.rejects(backend.deploy(), /Environment variable TOKEN is declared as required in convex\.config\.ts/);
  await backend.convex("env", "set", "TOKEN", "secret");
  await backend.deploy();
  await assert.rejects(backend.convex("env", "remove", "TOKEN"), /Cannot delete required environment variables: TOKEN\./);
  await assert.rejects(backend.convex("env", "set", "MODE", "idle"), /MODE does not match its declared validator/);
  await backend.convex("env", "set", "MODE", "fast");
});

test("the app's httpPrefix stands before the paths of its HTTP actions", async () => {
  const site = `http://127.0.0.1:${backend.sitePort}`;
  assert.equal(await (await fetch(site + "/app/getAuthorMessages/exact")).text(), "the exact route");
  assert.equal((await (await fetch(site + "/app/echo")).json()).url, site + "/app/echo");
  const outside = await fetch(site + "/getAuthorMessages/exact");
  assert.equal(outside.status, 404);
  assert.equal(await outside.text(), "No matching routes found");
  rmSync(project("convex", "convex.config.ts"));
  await backend.deploy();
  assert.equal((await fetch(site + "/getAuthorMessages/exact")).status, 200);
  await backend.convex("env", "remove", "TOKEN");
});

test("the version of Node.js in convex.json is one that can be asked for", async () => {
  const ask = (nodeVersion) => writeFileSync(project("convex.json"), JSON.stringify({ node: { nodeVersion } }));
  ask("18");
  await assert.rejects(backend.deploy(), /NodeVersionNotSupported: .*Node 18 is no longer supported/s);
  ask("22");
  await backend.deploy();
  const hashes = await fetch(backend.url + "/api/get_config_hashes", {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ version: "1.48.0", adminKey: backend.adminKey }),
  });
  assert.equal((await hashes.json()).nodeVersion, "22");
  rmSync(project("convex.json"));
});

test("an index on a field that no document has is refused", async () => {
  const schema = project("convex", "schema.ts");
  const before = readFileSync(schema, "utf8");
  writeFileSync(schema, before.replace('["author"]', '["autor" as "author"]'));
  await assert.rejects(backend.deploy(), /In table "messages" the index "by_author" is invalid because it references the field autor that does not exist\./);
  writeFileSync(schema, before);
});

test("a schema that existing rows do not match is refused, and the app stays as it was", async () => {
  const http = new ConvexHttpClient(backend.url, { logger: false });
  await http.mutation(anyApi.messages.send, { author: "a", body: "b" });
  const schema = join(backend.project, "convex", "schema.ts");
  writeFileSync(schema, readFileSync(schema, "utf8").replace("body: v.string()", "body: v.number()"));
  await assert.rejects(backend.deploy(), /does not match the schema/);
  assert.equal((await http.query(anyApi.messages.list, {})).length, 1);
});

test("a module that throws while it loads is refused with its error", async () => {
  writeFileSync(join(backend.project, "convex", "broken.ts"), `throw new Error("cannot load");\nexport {};\n`);
  await assert.rejects(backend.deploy(), /Failed to analyze broken\.js: Uncaught Error: cannot load/);
});

test("a wrong admin key is refused", async () => {
  const key = backend.adminKey;
  backend.adminKey = key.split("|")[0] + "|00";
  await assert.rejects(backend.deploy(), /The provided deploy key was invalid/);
  backend.adminKey = key;
});
