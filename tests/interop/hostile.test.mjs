// Functions that loop, hoard, recurse, shout, tamper and pry: each gets its answer, and the others on the same deployment
// notice nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";

let backend, http;
const ref = (name) => makeFunctionReference(name);
const message = (f) => f.then((v) => "returned " + JSON.stringify(v).slice(0, 200), (e) => e.message);

before(async () => {
  backend = await Backend.start(join(dirname(fileURLToPath(import.meta.url)), "hostile"));
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
after(() => backend?.stop());

const timedOut = /Function execution timed out \(maximum duration: 1s\)/;
const outOfMemory = /JavaScript execution ran out of memory \(maximum memory usage: 64 MB\)/;
const answers = [
  ["loop", timedOut],
  ["loopOfPromises", timedOut],
  ["loopInRegExp", timedOut],
  ["caught", timedOut],
  ["neverSettles", /Returned promise will never resolve/],
  ["memory", outOfMemory],
  ["buffers", outOfMemory],
  ["longString", /Invalid string length|ran out of memory/],
  ["recursion", /RangeError: Maximum call stack size exceeded/],
  ["hugeResult", /return value is too large/],
  ["deepResult", /nested|64/],
  ["callsItself", /call depth limit exceeded/],
  ["logs", /returned "done"|timed out/],
];
for (const [name, expected] of answers)
  test(`${name} gets its answer`, async () => {
    assert.match(await message(http.query(ref("bad:" + name), {})), expected);
    assert.deepEqual(await http.query(ref("good:list"), {}), [], "and the deployment serves the next one");
  });

test("a mutation that never ends writes nothing", async () => {
  assert.match(await message(http.mutation(ref("bad:loopInMutation"), {})), timedOut);
  assert.deepEqual(await http.query(ref("good:list"), {}), []);
});

test("raw syscalls reach nothing that the function may not reach", async () => {
  const [insert, wrongId, malformed, unknown, noQuery, system] = await http.query(ref("bad:rawSyscalls"), {});
  for (const text of [insert, wrongId, malformed, unknown, noQuery]) assert.doesNotMatch(text, /^answered/);
  assert.match(malformed, /Received invalid json/);
  assert.match(unknown, /Unknown async operation 1.0\/readFile/);
  assert.match(noQuery, /in-progress query not found/);
  assert.match(system, /"done":true|System tables can only be accessed with db.system/, "the backend's own tables look empty");
  assert.deepEqual(await http.query(ref("good:list"), {}), []);
});

test("tampering with the built-in objects is over when the run is", async () => {
  const untouched = { calls: 1, map: [2, 3], json: '{"a":[1]}', known: "undefined", polluted: null, promise: 5, same: "b" };
  for (let i = 0; i < 3; ++i) {
    await message(http.query(ref("bad:tamper"), { i }));
    assert.deepEqual(await http.query(ref("good:world"), {}), untouched);
  }
});

test("there is no way out of the isolate", async () => {
  const found = await http.query(ref("bad:escapes"), {});
  for (const [name, answer] of Object.entries(found)) assert.doesNotMatch(answer, /^got/, name);
  assert.equal(found.eval, "EvalError");
  assert.equal(found.Function, "EvalError");
  assert.equal(found.hidden, "EvalError");
});

// Quarter by quarter with and without company, so that the machine's own noise meets both.
test("another client's calls take at most twice their normal time, and its live query stays up", async () => {
  const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
  let shown = [];
  client.onUpdate(ref("good:list"), {}, (rows) => (shown = rows));
  const times = { alone: [], beside: [] };
  let n = 0;
  const measure = async (into) => {
    for (let i = 0; i < 15; ++i) {
      const text = `row ${n++}`;
      const began = performance.now();
      await client.mutation(ref("good:add"), { text });
      into.push(performance.now() - began);
      if (n <= 50) await until(() => shown.includes(text) || undefined, "the row to be seen");
    }
  };
  await measure([]);
  for (let quarter = 0; quarter < 4; ++quarter) {
    await measure(times.alone);
    // One loops, one hoards: a worker is left, as it is for one hostile caller on any deployment.
    const bad = message(http.query(ref(quarter % 2 ? "bad:memory" : "bad:loop"), { quarter }));
    await measure(times.beside);
    assert.match(await bad, /timed out|out of memory/);
  }
  await client.close();
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  const ratio = median(times.beside) / median(times.alone);
  console.log(`median ${median(times.alone).toFixed(1)} ms alone, ${median(times.beside).toFixed(1)} ms beside: ${ratio.toFixed(2)} times`);
});
