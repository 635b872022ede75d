// The unmodified npm clients against an app that the unmodified npm CLI deployed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { ConvexError } from "convex/values";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";

const api = anyApi;
let backend, http;

before(async () => {
  backend = await Backend.start();
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
after(async () => {
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
});

const socketClient = () => new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
const rejection = async (promise) => {
  try {
    await promise;
  } catch (e) {
    return e;
  }
  assert.fail("should have been rejected");
};

test("ConvexClient: query, live subscription, mutation, action", async () => {
  const client = socketClient();
  try {
    assert.deepEqual(await client.query(api.messages.byAuthor, { author: "live" }), []);
    const seen = [];
    client.onUpdate(api.messages.byAuthor, { author: "live" }, (value) => seen.push(value));
    await until(() => seen[0], "the first value");
    await client.mutation(api.messages.send, { author: "live", body: "one" });
    assert.deepEqual(seen.at(-1), ["one"], "read your own write");
    await http.mutation(api.messages.send, { author: "live", body: "two" });
    await until(() => seen.find((v) => v.length === 2), "the write of another client");
    assert.deepEqual(seen.at(-1), ["one", "two"]);
    assert.deepEqual(await client.action(api.kitchen.bump, { name: "ws", amount: 3n }), { before: 0n, after: 3n });
  } finally {
    await client.close();
  }
});

test("ConvexClient: a write elsewhere does not disturb a query that did not read it", async () => {
  const client = socketClient();
  try {
    let updates = 0;
    client.onUpdate(api.messages.byAuthor, { author: "quiet" }, () => ++updates);
    await until(() => updates || undefined, "the first value");
    await client.mutation(api.messages.send, { author: "loud", body: "x" });
    await client.mutation(api.messages.send, { author: "loud", body: "y" });
    assert.equal(updates, 1);
  } finally {
    await client.close();
  }
});

test("ConvexHttpClient: query, mutation, action", async () => {
  const id = await http.mutation(api.messages.send, { author: "http", body: "hello" });
  assert.match(id, /^[0-9a-z]{31,37}$/);
  const row = (await http.query(api.messages.list, {})).find((r) => r._id === id);
  assert.equal(row.body, "hello");
  assert.equal(typeof row._creationTime, "number");
  assert.equal(await http.mutation(api.messages.edit, { id, body: "edited" }), "edited");
  await http.mutation(api.messages.remove, { id });
  assert.deepEqual(await http.query(api.messages.byAuthor, { author: "http" }), []);
  assert.deepEqual(await http.action(api.kitchen.bump, { name: "http", amount: 1n }), { before: 0n, after: 1n });
});

test("values of every kind survive", async () => {
  const value = {
    n: null, t: true, i: 2n ** 62n, neg: -1n, f: 1.5, z: -0, nan: NaN, inf: -Infinity,
    s: "h\u00e9 \u{1f600}", b: new Uint8Array([0, 255]).buffer, a: [1, [2, {}]], o: { x: { y: 1 } },
  };
  assert.deepEqual(await http.query(api.kitchen.everything, { value }), value);
  const data = new Uint8Array(1000).map((_, i) => i).buffer;
  assert.deepEqual(await http.mutation(api.kitchen.storeBytes, { data }), data);
});

test("pagination walks every row once", async () => {
  for (let i = 0; i < 25; ++i) await http.mutation(api.messages.send, { author: "pages", body: String(i) });
  const bodies = [];
  let cursor = null;
  for (let pages = 0; ; ++pages) {
    assert.ok(pages < 50);
    const result = await http.query(api.messages.page, { paginationOpts: { numItems: 7, cursor } });
    bodies.push(...result.page.filter((r) => r.author === "pages").map((r) => r.body));
    if (result.isDone) break;
    cursor = result.continueCursor;
  }
  assert.deepEqual(bodies, Array.from({ length: 25 }, (_, i) => String(i)));
});

test("nested calls: a failed inner mutation is rolled back", async () => {
  const result = await http.mutation(api.kitchen.nested, { name: "nest" });
  assert.equal(result.outer, 5n);
  assert.equal(result.inner, 0n);
  assert.match(result.caught, /Uncaught Error: rolled back/);
});

test("errors: the clear text reaches the one caller, and the server goes on", async () => {
  assert.match((await rejection(http.query(api.kitchen.throwsError, {}))).message,
    /^\[Request ID: [0-9a-f]{16}\] Server Error\nUncaught Error: boom\n\s+at handler \(\.\.\/convex\/kitchen\.ts:\d+:\d+\)/);
  const convexError = await rejection(http.mutation(api.kitchen.throwsConvexError, {}));
  assert.ok(convexError instanceof ConvexError);
  assert.deepEqual(convexError.data, { code: 7, why: "because" });
  assert.match((await rejection(http.mutation(api.messages.send, { author: "a" }))).message,
    /ArgumentValidationError: Object is missing the required field `body`/);
  assert.match((await rejection(http.mutation(api.messages.send, { author: "a", body: "b", c: 1 }))).message,
    /ArgumentValidationError: Object contains extra field `c` that is not in the validator/);
  assert.match((await rejection(http.query(api.kitchen.wrongReturn, {}))).message, /ReturnsValidationError: /);
  assert.match((await rejection(http.query(api.nothing.here, {}))).message,
    /Could not find public function for 'nothing:here'/);
  assert.match((await rejection(http.query(api.kitchen.total, { name: "x" }))).message,
    /Could not find public function for 'kitchen:total'/, "internal functions are hidden");
  assert.match((await rejection(http.mutation(api.kitchen.wrongDocument, {}))).message, /does not match the schema/);
  assert.match((await rejection(http.query(api.kitchen.spin, {}))).message, /Function execution timed out/);
  assert.deepEqual(await http.query(api.kitchen.deterministic, {}), { same: true, random: true });
});

test("errors over the socket", async () => {
  const client = socketClient();
  try {
    const failure = await new Promise((resolve) => client.onUpdate(api.kitchen.throwsError, {}, assert.fail, resolve));
    assert.match(failure.message, /\[CONVEX Q\(kitchen:throwsError\)\] \[Request ID: [0-9a-f]{16}\] Server Error\nUncaught Error: boom/);
    const refused = await rejection(client.mutation(api.messages.send, { author: 5, body: "x" }));
    assert.match(refused.message, /ArgumentValidationError: /);
    assert.deepEqual(await client.query(api.messages.byAuthor, { author: "nobody" }), []);
  } finally {
    await client.close();
  }
});

test("concurrent mutations of one row are serialised", async () => {
  const clients = Array.from({ length: 4 }, () => new ConvexHttpClient(backend.url, { logger: false }));
  await Promise.all(
    clients.flatMap((c) => Array.from({ length: 10 }, () => c.mutation(api.kitchen.add, { name: "race", amount: 1n }))),
  );
  assert.equal(await http.mutation(api.kitchen.add, { name: "race", amount: 0n }), 40n);
});
