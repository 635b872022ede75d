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

// The stream of the operator, from where it ends now.
const stream = async (route = "stream_function_logs", version = "npm-cli-1.48.0") => {
  const headers = { Authorization: "Convex " + backend.adminKey, "Convex-Client": version };
  const read = async (cursor) => (await fetch(`${backend.url}/api/${route}?cursor=${cursor}`, { headers })).json();
  let { newCursor: cursor } = await read(0);
  const entries = [];
  return {
    // All that came, once it is enough.
    async until(enough) {
      while (!enough(entries)) {
        const page = await read(cursor);
        entries.push(...page.entries);
        cursor = page.newCursor;
      }
      return entries;
    },
  };
};

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

test("what an action calls is listed on its own", async () => {
  const log = await stream("stream_function_logs", "npm-1.48.0");
  const answer = await fetch(`http://127.0.0.1:${backend.sitePort}/postMessage`, {
    method: "POST",
    body: JSON.stringify({ author: "web", body: "hello" }),
  });
  assert.equal(answer.status, 200);
  const entries = await log.until((all) => all.length >= 2);
  assert.deepEqual(
    entries.map(({ udfType, identifier, caller, success }) => [udfType, identifier, caller, success]),
    [
      ["Mutation", "messages:send", "Action", null],
      ["HttpAction", "POST /postMessage", "HttpEndpoint", { status: "200" }],
    ],
  );
  assert.deepEqual(entries[0].logLines, ["[LOG] 'sending' {\n  author: 'web',\n  body: 'Sent via HTTP action: hello'\n}"]);
  const [mutation, action] = entries;
  assert.match(action.executionId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(mutation.parentExecutionId, action.executionId);
  assert.equal(action.parentExecutionId, null);
  assert.notEqual(mutation.executionId, action.executionId);
  assert.equal(mutation.requestId, action.requestId);
  assert.equal(mutation.usageStats.databaseWriteDocuments, 1);
  assert.ok(mutation.usageStats.databaseWriteBytes > 0);
  assert.ok(mutation.userExecutionTime > 0);
  assert.equal(mutation.environment, "isolate");
});

test("lines of an action come while it runs, in their parts, and not once more at its end", async () => {
  const log = await stream();
  const older = await stream("stream_udf_execution");
  const before = Date.now();
  await fetch(`http://127.0.0.1:${backend.sitePort}/fail`);
  const [line, end] = await log.until((all) => all.length >= 2);
  assert.deepEqual([line.kind, line.udfType, line.identifier], ["Progress", "HttpAction", "GET /fail"]);
  const { timestamp, ...said } = line.logLines[0];
  assert.deepEqual(said, { messages: ["'about to fail'"], isTruncated: false, level: "LOG" });
  assert.ok(Number.isInteger(timestamp) && timestamp >= before && timestamp <= Date.now(), String(timestamp));
  assert.deepEqual([end.kind, end.logLines, end.success], ["Completion", [], null]);
  assert.equal(end.executionId, line.executionId);
  assert.match(end.error, /^Uncaught Error: boom/);
  const [whole] = await older.until((all) => all.length >= 1);
  assert.deepEqual([whole.kind, whole.logLines], ["Completion", ["[LOG] 'about to fail'"]]);
});

test("HTTP actions are listed by their route", async () => {
  const log = await stream();
  await fetch(`http://127.0.0.1:${backend.sitePort}/getAuthorMessages/nobody`);
  const entries = await log.until((all) => all.some((e) => e.udfType === "HttpAction"));
  assert.deepEqual(
    entries.map((e) => e.identifier),
    ["messages:byAuthor", "GET /getAuthorMessages/*"],
  );
});

test("a result that was known is listed as such, and what the CLI asks the backend is not", async () => {
  const log = await stream();
  await http.query(messages.byAuthor, { author: "known" });
  await backend.convex("env", "list");
  await http.query(messages.byAuthor, { author: "known" });
  const entries = await log.until((all) => all.length >= 2);
  assert.deepEqual(
    entries.map((e) => [e.identifier, e.cachedResult, e.logLines]),
    [
      ["messages:byAuthor", false, []],
      ["messages:byAuthor", true, []],
    ],
  );
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
