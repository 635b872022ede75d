// What a deployment promises to functions, check by check: TypeScript functions, bundled and deployed by the npm CLI, called
// by the npm clients. The numbers are those of the runtime's list; the ones on components come with components, the ones on
// the scheduler, HTTP actions and files stand in scheduling, http_actions and files.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";

const app = join(dirname(fileURLToPath(import.meta.url)), "conformance");
let backend, http;
const ref = (name) => makeFunctionReference(name);
const query = (name, args = {}) => http.query(ref(name), args);
const mutation = (name, args = {}) => http.mutation(ref(name), args, { skipQueue: true });
const action = (name, args = {}) => http.action(ref(name), args);
const failure = (promise) => promise.then((v) => assert.fail("returned " + JSON.stringify(v)), (e) => e);
const fails = async (promise, text) => assert.match((await failure(promise)).message, text);

before(async () => {
  backend = await Backend.start(app);
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
after(() => backend?.stop());

test("1. a syscall that is not awaited runs before the commit; its failure fails the function", async () => {
  await mutation("transactions:clear");
  assert.equal(await mutation("execution:unawaitedInsert"), "returned");
  assert.deepEqual(await query("transactions:texts"), ["unawaited"]);
  await fails(mutation("execution:unawaitedFailure"), /does not match the schema/);
  assert.deepEqual(await query("transactions:texts"), ["unawaited"], "nothing of it is left");
});

test("2. a promise that nothing will settle is an error of its own, not a timeout", async () => {
  for (const name of ["execution:neverSettles", "execution:neverSettlesAfterReading"]) {
    const began = Date.now();
    await fails(query(name), /Returned promise will never resolve/);
    assert.ok(Date.now() - began < 900, "no clock was waited for");
  }
});

test("3. reads that run together are answered in their order", async () => {
  const ids = await mutation("execution:insertMany", { count: 40 });
  const expected = { rows: ids.map((_, i) => `row ${i}`), order: ids.map((_, i) => i) };
  assert.deepEqual(await query("execution:getAll", { ids }), expected);
  assert.deepEqual(await query("execution:getAll", { ids }), expected);
});

test("4. time stands still in queries and mutations, also in what they call, and goes on in actions", async () => {
  const { first, last, date, inner } = await query("execution:clock");
  assert.deepEqual([last, date, inner], [first, first, first]);
  assert.ok(Math.abs(first - Date.now()) < 60_000);
  const [a, b, c] = await mutation("execution:clockInMutation");
  assert.deepEqual([b, c], [a, a]);
  assert.ok((await action("execution:clockInAction")) >= 29);
  const [one, two] = await query("execution:numbers", { salt: 1 });
  assert.notEqual(one, two);
  assert.notEqual((await query("execution:numbers", { salt: 2 }))[0], one, "another run has other numbers");
});

test("5. what a module saw when it was loaded stays for the deployment; its state is fresh in each call", async () => {
  const first = await query("execution:imported", { salt: 0 });
  assert.equal(first.calls, 1);
  for (let salt = 1; salt < 4; ++salt) assert.deepEqual(await query("execution:imported", { salt }), { ...first, salt });
  assert.deepEqual(await mutation("execution:importedInMutation"), { now: first.now, random: first.random, calls: 1 });
});

test("6. fetch and timers are for actions", async () => {
  for (const kind of ["Query", "Mutation"]) {
    const call = kind === "Query" ? query : mutation;
    const end = " in queries and mutations. Please consider using an action. See https://docs.convex.dev/functions/actions for more details.";
    assert.ok((await failure(call("execution:fetchIn" + kind))).message.includes("Can't use fetch()" + end));
    assert.ok((await failure(call("execution:timerIn" + kind))).message.includes("Can't use setTimeout" + end));
  }
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(201, { "content-type": "text/x-test" });
    response.end(`${request.method} ${body} ${request.headers["x-test"]}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${server.address().port}/`;
    assert.deepEqual(await action("execution:fetchInAction", { url }), { status: 201, type: "text/x-test", text: "POST ping 1" });
  } finally {
    server.close();
  }
});

test("7. a loop is stopped after a second of its own time; a function that waits for the database is not", async () => {
  await fails(query("execution:loop"), /Function execution timed out \(maximum duration: 1s\)/);
  await mutation("transactions:clear");
  await mutation("execution:insertMany", { count: 1 });
  assert.equal(await query("execution:manyReads"), 1500);
});

test("8. too much memory ends the function, and the next one finds a new isolate", async () => {
  await fails(query("execution:buffers"), /JavaScript execution ran out of memory \(maximum memory usage: 64 MB\)/);
  assert.deepEqual(await query("execution:getAll", { ids: [] }), { rows: [], order: [] });
});

test("9. a failed child leaves nothing; its caller goes on; what it read counts", async () => {
  await mutation("transactions:clear");
  assert.deepEqual(await mutation("transactions:parent"), { data: { code: "child", big: 7n }, isConvexError: true });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(await query("transactions:texts"), ["of the parent"], "neither its row nor what it scheduled");
});

test("10. snapshotQuery sees the database as it was when the mutation began", async () => {
  await mutation("transactions:clear");
  assert.deepEqual(await mutation("transactions:snapshot"), { before: 0, inSnapshot: 0, now: 1 });
});

test("12. increments at the same time all count", async () => {
  const clients = Array.from({ length: 8 }, () => new ConvexHttpClient(backend.url, { logger: false }));
  const results = await Promise.allSettled(clients.flatMap((c) => [1, 2, 3].map(() => c.mutation(ref("transactions:increment"), { name: "c" }, { skipQueue: true }))));
  const done = results.filter((r) => r.status === "fulfilled").length;
  for (const r of results) if (r.status === "rejected") assert.match(r.reason.message, /Documents read from or written to the \\*"counters\\*" table changed/);
  assert.equal(await query("transactions:counter", { name: "c" }), done);
  assert.ok(done >= 8);
});

test("13. a request that is sent again runs once", async () => {
  const socket = new WebSocket(backend.url.replace("http", "ws") + "/api/1.48.0/sync");
  const answers = [];
  socket.on("message", (text) => {
    const message = JSON.parse(text);
    if (message.type === "MutationResponse") answers.push(message);
  });
  await new Promise((resolve) => socket.once("open", resolve));
  const send = (m) => socket.send(JSON.stringify(m));
  send({ type: "Connect", sessionId: "6d1f4c5e-3b0f-4c39-9d0b-8a4b3c2d1e0f", connectionCount: 0, lastCloseReason: null, clientTs: 0 });
  const call = { type: "Mutation", requestId: 0, udfPath: "transactions:increment", args: [{ name: "once" }] };
  send(call);
  await until(() => answers.length || undefined, "the first answer");
  send(call);
  await until(() => answers.length > 1 || undefined, "the second answer");
  assert.deepEqual([answers[1].result, answers[1].ts], [1, answers[0].ts]);
  assert.equal(await query("transactions:counter", { name: "once" }), 1);
  socket.close();
});

test("14. a budget binds the child and nobody else", async () => {
  await mutation("transactions:clear");
  const { within, beyond, after: rest } = await mutation("transactions:withBudget", { rows: 5, budget: 3 });
  assert.deepEqual(within.documentsWritten, { used: 4, remaining: 0 });
  assert.match(beyond, /Too many writes in a single function execution \(limit: 7\)/);
  assert.ok(rest.documentsWritten.remaining > 15_000);
  assert.equal((await query("transactions:texts")).length, 4, "the parent's row and the three of the child that kept to it");
});

test("15. the commit's time: in the result, in the row and in the index", async () => {
  await mutation("transactions:clear");
  const { at, nested, order, later, filtered } = await mutation("transactions:stamp");
  assert.equal(typeof at, "bigint");
  assert.ok(at > 1_700_000_000_000_000_000n && at < 2n ** 62n);
  assert.deepEqual(nested, { list: [at] });
  assert.deepEqual([order, later, filtered], [["old", "now"], ["now"], ["now"]], "before the commit it is behind all others");
  assert.deepEqual(await query("transactions:stamps"), [["old", 5n], ["now", at]]);
  assert.deepEqual(await query("transactions:stampsAt", { at }), ["now"]);
  assert.deepEqual(await query("transactions:stampsAt", { at: 2n ** 63n - 1n }), []);
  await fails(query("transactions:unresolved"), /queries cannot return an unresolved commit timestamp/);
});

test("16. every kind of value comes back as it went", async () => {
  const values = [0n, 2n ** 63n - 1n, -(2n ** 63n), 1.5, -0, NaN, Infinity, -Infinity, "ä😀\0", true, null, [1, [2n]], { a: { "": 1 } }, new Uint8Array([0, 255]).buffer];
  for (const value of values) {
    assert.deepStrictEqual(await query("values:echo", { value }), value);
    assert.deepStrictEqual(await mutation("values:store", { value }), value);
    assert.deepStrictEqual(await query("values:stored"), value);
  }
  assert.deepEqual(await query("values:dropped"), { kept: 1 });
  await fails(query("values:undefinedInArray"), /undefined is not a valid Convex value/);
});

test("17. arguments and results that do not fit", async () => {
  await fails(query("values:checked", {}), /ArgumentValidationError: Object is missing the required field `text`. Consider wrapping the field validator in `v.optional\(...\)` if this is expected./);
  await fails(query("values:checked", { text: "a", extra: 1 }), /ArgumentValidationError: Object contains extra field `extra` that is not in the validator./);
  await fails(query("values:checked", { text: 1 }), /Value does not match validator.\nPath: .text\nValue: 1.0\nValidator: v.string\(\)/);
  const note = await mutation("values:someNote");
  const other = await mutation("values:someOther");
  assert.equal(await query("values:checked", { text: "ok", note }), "ok");
  await fails(query("values:checked", { text: "a", note: other }), new RegExp(`Found ID "${other}" from table \`others\`, which does not match the table name in validator \`v.id\\("notes"\\)\`.\nPath: .note`));
  await fails(query("values:checked", { text: "a", kind: "b" }), /Value does not match validator.\nPath: .kind\nValue: "b"\nValidator: v.union\(v.literal\("a"\), v.object\({n: v.float64\(\)}\)\)/);
  await fails(query("values:checked", { text: "number" }), /ReturnsValidationError: Value does not match validator./);
});

test("19. cursors belong to their query, and a live page keeps its end", async () => {
  await mutation("transactions:clear");
  await mutation("values:fill", { count: 6 });
  const first = await query("values:forward", { paginationOpts: { numItems: 2, cursor: null } });
  assert.deepEqual(first.page.map((o) => o.text), ["o0", "o1"]);
  const second = await query("values:forward", { paginationOpts: { numItems: 10, cursor: first.continueCursor } });
  assert.deepEqual(second.page.map((o) => o.text), ["o2", "o3", "o4", "o5"]);
  const wrong = await failure(query("values:backward", { paginationOpts: { numItems: 2, cursor: first.continueCursor } }));
  assert.match(wrong.message, /InvalidCursor/);
  assert.ok(wrong instanceof ConvexError && wrong.data.paginationError === "InvalidCursor");

  const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
  let shown;
  client.onUpdate(ref("values:backward"), { paginationOpts: { numItems: 2, cursor: null, id: 1 } }, (r) => (shown = r.page.map((o) => o.text)));
  await until(() => shown?.length === 2 || undefined, "the first page");
  await mutation("values:insertOther", { text: "newest" });
  await until(() => shown.length === 3 || undefined, "the page to grow");
  assert.deepEqual(shown, ["newest", "o5", "o4"], "it still ends where it did");
  await client.close();
});

test("31. frames name the TypeScript sources; redacted, only the data of a ConvexError goes out", async () => {
  const { message } = await failure(query("values:checked", { text: "a", note: "no id" }));
  assert.match(message, /^\[Request ID: [0-9a-f]{16}\] Server Error\n/);
  assert.match((await failure(query("values:undefinedInArray"))).message, /at .*\(?\.\.\/convex\/|undefined is not a valid/);

  const strict = await Backend.start(app, ["--redact-logs-to-client"]);
  try {
    await strict.deploy();
    const client = new ConvexHttpClient(strict.url, { logger: false });
    const error = await failure(client.query(ref("execution:neverSettles"), {}));
    assert.match(error.message, /^\[Request ID: [0-9a-f]{16}\] Server Error$/);
    const data = await failure(client.mutation(ref("transactions:throwsData"), {}));
    assert.ok(data instanceof ConvexError);
    assert.deepEqual(data.data, { code: 5n });
    assert.doesNotMatch(data.message, /kept from clients/);
    const answer = await (await fetch(strict.url + "/api/query", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ path: "execution:shout", args: { count: 3 }, format: "json" }) })).json();
    assert.deepEqual([answer.value, answer.logLines ?? []], ["went on", []]);
  } finally {
    await strict.stop();
  }
});

const logLines = async (path, args) =>
  (await (await fetch(backend.url + "/api/query", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ path, args, format: "json" }),
  })).json()).logLines;

test("32. the console's forms", async () => {
  assert.deepEqual(await logLines("execution:consoleForms", {}), [
    "[LOG] 'text' '%s' 1 1n true null undefined Symbol(s)",
    // As npm's object-inspect 1.12 prints them with an indent of 2.
    "[DEBUG] [ 1, 'a', [ 2 ] ] {\n  a: {\n    b: 'c'\n  }\n}",
    "[INFO] Map (1) {\n  'k' => {\n    v: 1\n  }\n} Set (2) {\n  1,\n  'two'\n}",
    "[WARN] Point {\n  x: 1\n} {\n  name: 'c',\n  self: [Circular]\n}",
    "[ERROR] [Function: named] [Function (anonymous)] Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time) /re/g",
  ]);
});

test("33. the 256th line says that there are more, and the function goes on", async () => {
  const lines = await logLines("execution:shout", { count: 300 });
  assert.equal(lines.length, 256);
  assert.equal(lines[254], "[LOG] 254");
  assert.equal(lines[255], "[ERROR] Log overflow (maximum 256). Remaining log lines omitted.");
  assert.equal(await query("execution:shout", { count: 300 }), "went on");
});
