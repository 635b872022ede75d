// What the operator sees: `npx convex logs` of the npm CLI, and the metrics.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { Backend, until } from "./harness.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { messages } = anyApi;
let backend, http;

before(async () => {
  backend = await Backend.start();
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
after(async () => {
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
});

// `npx convex logs ...args`, as it goes on.
const follow = (...args) => {
  const cli = spawn(process.execPath, [join(here, "node_modules", "convex", "bin", "main.js"), "logs", ...args], {
    cwd: backend.project,
    env: { ...process.env, CONVEX_SELF_HOSTED_URL: backend.url, CONVEX_SELF_HOSTED_ADMIN_KEY: backend.adminKey },
  });
  cli.text = "";
  for (const stream of [cli.stdout, cli.stderr]) stream.on("data", (piece) => (cli.text += piece));
  return cli;
};

test("the CLI shows what was logged, and what is logged while it follows", async () => {
  await http.mutation(messages.send, { author: "before", body: "1" });
  const cli = follow("--history", "5", "--success");
  try {
    const shows = (text, ms) => until(() => (text.test(cli.text) ? true : undefined), String(text), ms);
    await shows(/\[CONVEX M\(messages:send\)\] \[LOG\] 'sending' \{\n  author: 'before',\n  body: '1'\n\}/, 60_000);
    await shows(/\[CONVEX M\(messages:send\)\] Function executed in \d+ ms/);
    await http.mutation(messages.send, { author: "after", body: "2" });
    await shows(/author: 'after'/);
    const failing = await fetch(`http://127.0.0.1:${backend.sitePort}/fail`);
    assert.equal(failing.status, 500);
    await shows(/\[CONVEX H\(GET \/fail\)\] \[LOG\] 'about to fail'/);
    await shows(/\[CONVEX H\(GET \/fail\)\] Uncaught Error: boom/);
  } finally {
    cli.kill();
  }
});

test("what an action calls is listed on its own, and a cached result is not listed again", async () => {
  const admin = { headers: { Authorization: "Convex " + backend.adminKey, "Convex-Client": "npm-1.48.0" } };
  const read = async (cursor) => (await fetch(`${backend.url}/api/stream_function_logs?cursor=${cursor}`, admin)).json();
  const { newCursor } = await read(0);
  const answer = await fetch(`http://127.0.0.1:${backend.sitePort}/postMessage`, {
    method: "POST",
    body: JSON.stringify({ author: "web", body: "hello" }),
  });
  assert.equal(answer.status, 200);
  let entries = [];
  for (let cursor = newCursor; entries.length < 2; ) {
    const page = await read(cursor);
    entries.push(...page.entries);
    cursor = page.newCursor;
  }
  assert.deepEqual(
    entries.map(({ udfType, identifier, caller, success }) => [udfType, identifier, caller, success]),
    [
      ["Mutation", "messages:send", "Action", null],
      ["HttpAction", "POST /postMessage", "HttpEndpoint", { status: "200" }],
    ],
  );
  assert.deepEqual(entries[0].logLines, ["[LOG] 'sending' {\n  author: 'web',\n  body: 'Sent via HTTP action: hello'\n}"]);
});

test("a query on an index runs in the context of the one before", async () => {
  const reused = async () => {
    const text = await (await fetch(backend.url + "/metrics")).text();
    return Number(/^hull_contexts_reused_total (\d+)$/m.exec(text)[1]);
  };
  const before = await reused();
  for (let i = 0; i < 40; ++i) await http.query(messages.byAuthor, { author: `reader ${i}` });
  // The first few have contexts made for them, and so has one after V8 collected its old generation.
  assert.ok((await reused()) - before >= 20, `only ${(await reused()) - before} of 40`);
});

test("metrics count runs and results that were known", async () => {
  const read = async () => {
    const text = await (await fetch(backend.url + "/metrics")).text();
    return (name) => Number(text.split("\n").find((line) => line.startsWith(name + " ")).split(" ")[1]);
  };
  const runs = (type, result) => `hull_function_runs_total{type="${type}",result="${result}"}`;
  const before = await read();
  for (let i = 0; i < 3; ++i) await http.query(messages.byAuthor, { author: "counted" });
  await http.mutation(messages.send, { author: "counted", body: "1" });
  assert.equal((await fetch(`http://127.0.0.1:${backend.sitePort}/fail`)).status, 500);
  let after = await read();
  const more = (name) => after(name) - before(name);
  assert.equal(more(runs("query", "success")), 1);
  assert.equal(more("hull_query_results_from_cache_total"), 2);
  assert.equal(more(runs("mutation", "success")), 1);
  assert.ok(after("process_resident_memory_bytes") > 1e6);
  // A function may end a moment after its answer.
  for (let i = 0; i < 500 && more(runs("http_action", "error")) === 0; ++i) after = await read();
  assert.equal(more(runs("http_action", "error")), 1);
});
