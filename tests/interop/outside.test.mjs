// Actions that fetch, wait for many things, sign and import, deployed with the npm CLI and called with the npm client.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { Backend } from "./harness.mjs";

let backend, http, server, url;
const ref = (name) => makeFunctionReference("web:" + name);
const call = (name) => http.action(ref(name), { url });

before(async () => {
  server = createServer(async (request, response) => {
    if (request.url === "/away") return response.writeHead(302, { location: "/number/7" }).end();
    if (request.url.startsWith("/number/")) return response.end(request.url.slice(8));
    if (request.url === "/large") return response.end(Buffer.alloc(3_000_000));
    if (request.url === "/never") return;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { "x-from": from, "content-type": type } = request.headers;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method: request.method, from, type: type?.split(";")[0], text: Buffer.concat(chunks).toString() }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}`;
  backend = await Backend.start(join(dirname(fileURLToPath(import.meta.url)), "outside"));
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
after(async () => {
  server?.closeAllConnections();
  server?.close();
  await backend?.stop();
});

test("fetch posts and reads", async () => {
  assert.deepEqual(await call("post"), {
    status: 200,
    type: "application/json",
    body: { method: "POST", from: "action", type: "text/plain", text: '{"a":1}' },
  });
});
test("fetch follows redirects", async () => assert.deepEqual(await call("follow"), [true, "/number/7", "7"]));
test("twenty at once", async () => assert.equal(await call("many"), Array.from({ length: 20 }, (_, i) => i).join()));
test("a large answer comes in pieces", async () => assert.equal(await call("stream"), 3_000_000));
test("a form is sent", async () => {
  const { type, text } = await call("upload");
  assert.equal(type, "multipart/form-data");
  assert.match(text, /name="name"\r\n\r\nvalue\r\n/);
  assert.match(text, /name="file"; filename="f.txt"\r\nContent-Type: text\/x\r\n\r\ncontent\r\n/);
});
test("a time limit ends it", async () => assert.equal(await call("timeout"), "TimeoutError"));
test("a server that is not there", async () => {
  await assert.rejects(http.action(ref("refused"), { url: "http://127.0.0.1:1" }), /cannot connect to 127.0.0.1:1/);
});
test("queries do not fetch", async () => {
  await assert.rejects(http.query(ref("fromQuery"), { url }), /Can't use fetch\(\) in queries and mutations\./);
});
test("thirty mutations at once", async () => assert.equal(await call("writeMany"), 435));
test("a signature is good for others", async () => {
  const { key, signature } = await call("sign");
  const a = { name: "ECDSA", namedCurve: "P-256" };
  const imported = await crypto.subtle.importKey("jwk", JSON.parse(key), a, false, ["verify"]);
  assert.ok(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, signature, new TextEncoder().encode("text")));
});
test("a module is imported later", async () => assert.equal(await call("later"), 42));
