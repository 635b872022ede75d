// The unmodified npm clients against hull-mock with a deployment file.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi as api } from "convex/server";
import { ConvexError } from "convex/values";
import WebSocket from "ws";

const program = process.env.HULL_MOCK;
if (!program) throw new Error("Set HULL_MOCK to the hull-mock program.");

const chat = {
  tables: { messages: [{ author: "Ada", body: "one" }, { author: "Bob", body: "two" }] },
  functions: {
    "app:title": { query: true, returns: "Chat" },
    "app:count": { query: true, returns: { $integer: "AgAAAAAAAAA=" } },
    "app:refuse": { mutation: true, fails: { code: 7 } },
    "app:echo": { action: true, returns: "echo" },
  },
  users: { "ada's token": { name: "Ada", subject: "1" } },
};

let folder, mock, url;

async function start(...args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /^hull-mock listens at (\S+)$/.exec(line);
    if (!found) continue;
    child.stdout.resume();
    return { child, url: found[1], exited, errors: () => errors };
  }
  return { child, exited, errors: () => errors, code: await exited };
}

async function until(get, what, ms = 15000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = get();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error("timed out waiting for " + what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hull-mock-"));
  writeFileSync(join(folder, "chat.json"), JSON.stringify(chat));
  mock = await start("serve", join(folder, "chat.json"), "--record", join(folder, "chat.trace"));
  url = mock.url;
  assert.ok(url, mock.errors());
});
after(async () => {
  mock.child.kill("SIGTERM");
  assert.equal(await mock.exited, 0, "hull-mock stops cleanly: " + mock.errors());
  rmSync(folder, { recursive: true, force: true });
});

test("ConvexClient: a live list, a write, a rollback, an action", async () => {
  const client = new ConvexClient(url, { webSocketConstructor: WebSocket, logger: false });
  try {
    const seen = [];
    client.onUpdate(api.messages.list, {}, (rows) => seen.push(rows.map((row) => row.body)));
    await until(() => seen[0], "the first value");
    assert.deepEqual(seen[0], ["one", "two"]);
    const id = await client.mutation(api.messages.insert, { author: "Eva", body: "three" });
    assert.equal(id, "messages-3");
    assert.deepEqual(seen.at(-1), ["one", "two", "three"]);
    await client.mutation(api.messages.patch, { id, body: "3" });
    assert.deepEqual(seen.at(-1), ["one", "two", "3"]);
    await client.mutation(api.messages.remove, { id });
    assert.deepEqual(seen.at(-1), ["one", "two"]);
    const refused = await client.mutation(api.app.refuse, {}).catch((e) => e);
    assert.ok(refused instanceof ConvexError);
    assert.deepEqual(refused.data, { code: 7 });
    assert.equal(await client.action(api.app.echo, {}), "echo");
    assert.equal(await client.query(api.app.count, {}), 2n);
  } finally {
    await client.close();
  }
});

test("ConvexClient: signing in, and a token of nobody", async () => {
  for (const [token, expected] of [["ada's token", true], ["stolen", false]]) {
    const client = new ConvexClient(url, { webSocketConstructor: WebSocket, logger: false });
    try {
      const decisions = [];
      client.setAuth(async () => token, (is) => decisions.push(is));
      await until(() => decisions.length > 0, "a decision on " + token);
      assert.equal(decisions[0], expected);
    } finally {
      await client.close();
    }
  }
});

test("ConvexClient: pages follow each other", async () => {
  const client = new ConvexClient(url, { webSocketConstructor: WebSocket, logger: false });
  try {
    const first = await client.query(api.messages.page, { paginationOpts: { numItems: 1, cursor: null } });
    assert.deepEqual(first.page.map((row) => row.body), ["one"]);
    assert.equal(first.isDone, false);
    const rest = await client.query(api.messages.page, { paginationOpts: { numItems: 5, cursor: first.continueCursor } });
    assert.deepEqual(rest.page.map((row) => row.body), ["two"]);
    assert.equal(rest.isDone, true);
  } finally {
    await client.close();
  }
});

test("ConvexHttpClient: calls, errors with data, a consistent look back", async () => {
  const http = new ConvexHttpClient(url, { logger: false });
  assert.equal(await http.query(api.app.title, {}), "Chat");
  assert.equal(await http.query(api.app.count, {}), 2n);
  const refused = await http.mutation(api.app.refuse, {}).catch((e) => e);
  assert.ok(refused instanceof ConvexError);
  assert.deepEqual(refused.data, { code: 7 });
  assert.equal(await http.action(api.app.echo, {}), "echo");
  const before = await http.consistentQuery(api.messages.list, {});
  const id = await http.mutation(api.messages.insert, { body: "later" });
  assert.equal((await http.consistentQuery(api.messages.list, {})).length, before.length, "as of the first look");
  assert.equal((await http.query(api.messages.list, {})).length, before.length + 1);
  await http.mutation(api.messages.remove, { id });
  await assert.rejects(http.query(api.no.such, {}), /Could not find the function "no:such"/);
});

test("a client of npm lives through broken connections", async () => {
  const shaky = await start("serve", join(folder, "chat.json"), "--drop-after", "2", "--fault-connections", "2");
  const client = new ConvexClient(shaky.url, { webSocketConstructor: WebSocket, logger: false });
  try {
    const seen = [];
    client.onUpdate(api.messages.list, {}, (rows) => seen.push(rows.length));
    await until(() => seen.at(-1) === 2, "the list");
    await client.mutation(api.messages.insert, { body: "once" });
    await until(() => seen.at(-1) === 3, "the message, once");
  } finally {
    await client.close();
    shaky.child.kill("SIGINT");
    assert.equal(await shaky.exited, 0);
  }
});

test("what is wrong with a file is told by line and place", async () => {
  for (const [text, expected] of [
    ["{\n  \"tables\": }", /bad\.json: line 2, column \d+: /],
    ["{\"tables\": {\"t\": [1]}}", /bad\.json: \.tables\.t\[0\]: must be an object/],
    ["{\"tabels\": {}}", /bad\.json: \.tabels: is not known here/],
    ["{\"functions\": {\"a:b\": {\"does\": \"fly\", \"table\": \"t\"}}}", /there is no "fly"; there are get, insert/],
  ]) {
    writeFileSync(join(folder, "bad.json"), text);
    const failed = await start("serve", join(folder, "bad.json"));
    assert.equal(await failed.exited, 1);
    assert.match(failed.errors(), expected);
  }
});

test("a script and the trace of its visit", async () => {
  const steps = [
    { expect: "hello" },
    { transition: [{ query: "messages:list", value: ["scripted"] }] },
    { expect: "Mutation", path: "messages:send", with: { body: "hi" } },
    { answer: "sent" },
    { transition: [{ query: "messages:list", value: ["scripted", "hi"] }] },
  ];
  const visit = async (address) => {
    const client = new ConvexClient(address, { webSocketConstructor: WebSocket, logger: false });
    const seen = [];
    client.onUpdate(api.messages.list, {}, (rows) => seen.push(rows));
    assert.equal(await client.mutation(api.messages.send, { body: "hi" }), "sent");
    assert.deepEqual(seen.at(-1), ["scripted", "hi"]);
    return client;
  };
  const file = join(folder, "script.json");
  const trace = join(folder, "script.trace");
  writeFileSync(file, JSON.stringify({ steps }));
  const scripted = await start("script", file, "--record", trace);
  const first = await visit(scripted.url);
  assert.equal(await scripted.exited, 0, scripted.errors());
  await first.close();
  const replayed = await start("replay", trace);
  const second = await visit(replayed.url);
  assert.equal(await replayed.exited, 0, replayed.errors());
  await second.close();
});
