// Records what the unmodified npm client says on the wire: for each scenario, golden_server plays the deployment and
// the functions below play an application. The recordings are tests/protocol/golden/*.jsonl.
//
//   node record_golden.mjs GOLDEN_SERVER             record all, into the tree
//   node record_golden.mjs GOLDEN_SERVER --compare   record into a folder that is thrown away, and compare
//
// './dev golden' builds golden_server and does the first.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { BaseConvexClient, ConvexClient } from "convex/browser";
import { anyApi as api } from "convex/server";
import WebSocket from "ws";

const golden = join(dirname(fileURLToPath(import.meta.url)), "..", "protocol", "golden");

Math.random = () => 0; // No jitter: waits are the shortest that the client knows.

const silent = { logVerbose() {}, log() {}, warn() {}, error() {} };

class Client extends BaseConvexClient {
  constructor(url, options = {}) {
    super(url, () => {}, { webSocketConstructor: WebSocket, logger: silent, ...options });
  }
  // Resolves when the query has this value.
  sees(path, args, value) {
    return until(() => this.localQueryResult(path, args) === value, `${path} to be ${value}`);
  }
  has(path, args) {
    return until(() => this.localQueryResult(path, args) !== undefined, `a value of ${path}`);
  }
}

async function until(condition, what, milliseconds = 10000) {
  for (const end = Date.now() + milliseconds; !condition(); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

// A token that lives this long by its own account. Nobody checks the signature.
function jwt(name, expires = 4600) {
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ exp: expires, iat: 1000, sub: name })}.signature`;
}
// A fetcher that gives these one by one, and then nothing.
const giving = (...tokens) => async () => tokens.shift() ?? null;

const everyKind = () => {
  let deep = "bottom";
  for (let level = 0; level < 60; ++level) deep = level % 2 ? [deep] : { d: deep };
  return {
    "": "a field without a name",
    " ~": "blank and tilde",
    z: 1, A: 2, a: 3, _: 4, // Sorted by code units: A _ a z.
    nothing: null, yes: true, no: false,
    integers: [0n, 1n, -1n, 5151996n, 2n ** 63n - 1n, -(2n ** 63n)],
    floats: [0, 1, -1, 0.1, 1 / 3, 1e21, 1e-7, 123456789012345680000, 0.000001, 5e-324, 1.7976931348623157e308, 2 ** 53],
    special: [NaN, Infinity, -Infinity, -0],
    bytes: [new Uint8Array([]).buffer, new Uint8Array([0]).buffer, new Uint8Array([255, 254, 253, 0, 62, 63]).buffer],
    text: ["", "ASCII", "h\u00e9llo", "\u65e5\u672c\u8a9e", "\u{1f600}", "\u2028\u2029", "\u0000\b\t\n\f\r\u001f\u007f\"\\/", "\ufeff\uffff"],
    deep,
  };
};

// What an application does in each scenario of tests/protocol/scenarios.cpp. A function that returns closes nothing:
// its client is closed afterwards.
const applications = {
  async cold_start(url) {
    const c = new Client(url);
    c.subscribe("m:list", { z: 2n, b: 1 });
    c.subscribe("other");
    c.subscribe("m.js:list", { b: 1, z: 2n });
    await c.has("other");
    c.subscribe("m:list", { b: 1, z: 2n });
    c.subscribe("folder/third.js:fn", {});
    await c.has("folder/third:fn", {});
    assert.equal(await c.mutation("m.js:send", { t: "x" }), "sent");
    return c;
  },
  async values(url) {
    const c = new Client(url);
    c.subscribe("v:echo", everyKind());
    await c.has("v:echo", everyKind());
    assert.deepEqual(c.localQueryResult("v:echo", everyKind()), everyKind());
    assert.deepEqual(await c.mutation("v:echo", everyKind()), everyKind());
    const numbered = { 10: "ten", 9: "nine", a: "letter", "01": "no integer", "-1": "no index" };
    assert.deepEqual(await c.action("v:echo", numbered), numbered);
    return c;
  },
  async unsubscribing(url) {
    const c = new Client(url);
    const a = c.subscribe("q:a");
    const b = c.subscribe("q:b");
    await c.has("q:b");
    a.unsubscribe();
    c.subscribe("q:a");
    const second = c.subscribe("q:b");
    b.unsubscribe();
    second.unsubscribe();
    c.subscribe("q:b");
    await c.sees("q:b", {}, "b again");
    return c;
  },
  async reconnecting(url) {
    const c = new Client(url);
    for (const path of ["q:a", "q:b", "q:c"]) c.subscribe(path, {});
    await c.sees("q:c", {}, "end");
    return c;
  },
  async replaying(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    const calls = [c.mutation("m:zero", { n: 0 }), c.mutation("m:one"), c.action("a:two")];
    await assert.rejects(calls[2], /Connection lost while action was in flight/);
    calls.push(c.mutation("m:three"), c.action("a:four"));
    const ends = await Promise.allSettled(calls);
    assert.deepEqual(ends.map((e) => e.value), ["zero", "one", undefined, undefined, "four"]);
    return c;
  },
  async actions(url) {
    const c = new Client(url);
    assert.deepEqual(await c.action("a.js:run", { n: 1 }), { done: true });
    await assert.rejects(c.action("a:fails"), /Server Error/);
    await assert.rejects(c.action("a:fails"), (e) => e.data.code === 7);
    return c;
  },
  async failures(url) {
    const c = new Client(url);
    const tokens = ["q:plain", "q:full", "q:null"].map((path) => c.subscribe(path).queryToken);
    await until(() => c.hasLocalQueryResultByToken(tokens[2]), "the failures");
    assert.throws(() => c.localQueryResult("q:plain"), /Server Error/);
    assert.throws(() => c.localQueryResult("q:full"), (e) => e.data.left === 0n);
    assert.throws(() => c.localQueryResult("q:null"), (e) => e.data === null);
    await assert.rejects(c.mutation("m:send"), /Server Error/);
    await assert.rejects(c.mutation("m:send"), (e) => e.data === "no");
    await until(() => c.getMaxObservedTimestamp()?.low === 20, "the query to heal");
    assert.equal(c.localQueryResult("q:plain"), "healed");
    return c;
  },
  async removed_by_server(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    await c.sees("q:a", {}, "back");
    return c;
  },
  async chunks(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    await c.has("q:a");
    assert.match(c.localQueryResult("q:a"), /^line "0"\n[^]*line "39"\n$/);
    return c;
  },
  async pings(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    await c.has("q:a");
    await c.mutation("m:send");
    return c;
  },
  async variations(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    c.subscribe("q:b");
    await until(() => c.getMaxObservedTimestamp()?.low === 20, "both transitions");
    assert.equal(c.localQueryResult("q:a"), "\u00e9\u{1f600}/");
    assert.deepEqual(c.localQueryResult("q:b"), { n: 1.5, m: 100 });
    await c.mutation("m:send");
    return c;
  },
  async fatal(url) {
    const c = new Client(url);
    const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
    assert.match((await thrown).message, /never mind/);
    return c;
  },
  async signed_in(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    c.setAuth(giving(jwt("a"), jwt("b"), jwt("c")), () => {});
    await c.sees("q:a", {}, "as c");
    c.clearAuth();
    await c.sees("q:a", {}, "as nobody");
    return c;
  },
  async signed_in_late(url) {
    const c = new Client(url);
    const a = c.subscribe("q:a");
    await c.has("q:a");
    const tokens = [];
    c.setAuth(() => new Promise((resolve) => tokens.push(resolve)), () => {});
    await until(() => tokens.length === 1, "the question for a token");
    a.unsubscribe();
    c.subscribe("q:b");
    const sent = c.mutation("m:send");
    tokens[0](jwt("a"));
    await c.has("q:b");
    await until(() => tokens.length === 2, "the question for a fresh token");
    tokens[1](jwt("a"));
    assert.equal(await sent, "sent");
    return c;
  },
  async token_renewed(url) {
    const c = new Client(url, { authRefreshTokenLeewaySeconds: 2 });
    let confirmed = 0;
    c.setAuth(giving(jwt("a"), jwt("b", 1003), jwt("c")), () => ++confirmed);
    await until(() => confirmed === 3, "three confirmed tokens");
    return c;
  },
  async token_refused_always(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    c.setAuth(giving(jwt("a"), jwt("b"), jwt("c"), jwt("d"), jwt("e")), () => {});
    await c.sees("q:a", {}, "as nobody");
    return c;
  },
  async token_expected(url) {
    const c = new Client(url, { expectAuth: true });
    c.subscribe("q:a");
    const sent = c.mutation("m:send");
    c.setAuth(async () => jwt("a"), () => {});
    assert.equal(await sent, "sent");
    return c;
  },
  async nobody(url) {
    const c = new Client(url);
    c.subscribe("q:a");
    c.setAuth(async () => null, () => {});
    await c.has("q:a");
    return c;
  },
  async admin(url) {
    const c = new Client(url);
    c.setAdminAuth("dev:name|secret", { issuer: "https://issuer", subject: "ada", emailVerified: true, age: 36, tags: ["x"] });
    c.subscribe("q:a");
    await c.has("q:a");
    c.setAdminAuth("dev:name|secret");
    await c.sees("q:a", {}, "as the admin");
    return c;
  },
  async components(url) {
    const c = new Client(url);
    c.setAdminAuth("dev:name|secret");
    c.subscribe("q:a", { n: 1 }, { componentPath: "one/two", journal: "saved" });
    await c.has("q:a", { n: 1 });
    await c.mutationInternal("m:send", {}, {}, "one/two");
    await c.actionInternal("a:run", {}, "one/two");
    return c;
  },
  async pages(url) {
    const c = new ConvexClient(url, { webSocketConstructor: WebSocket, logger: silent });
    let last;
    const loaded = (count, status) => until(() => last?.results.length === count && last.status === status, `${count} rows`);
    c.onPaginatedUpdate_experimental(api.q.rows, { of: "ada" }, { initialNumItems: 3 }, (result) => (last = result));
    await loaded(3, "CanLoadMore");
    last.loadMore(2);
    await loaded(7, "Exhausted");
    await until(() => c.client.getMaxObservedTimestamp()?.low === 140, "the split");
    return c;
  },
  async events(url) {
    const c = new Client(url, { reportDebugInfoToConvex: true });
    c.subscribe("q:a");
    await c.has("q:a");
    return c;
  },
};

function record(server, scenario, folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(server, [scenario, join(folder, scenario + ".jsonl")]);
    let complaint = "";
    child.stderr.on("data", (text) => (complaint += text));
    child.once("error", reject);
    const ended = new Promise((exited) => child.once("exit", exited));
    createInterface(child.stdout).once("line", async (url) => {
      const played = applications[scenario](url).then((client) => client.close());
      const [failure, code] = await Promise.all([played.then(() => "", (e) => `${scenario}: ${e.stack}\n`), 
        Promise.race([ended, played.then(() => ended, () => child.kill())])]);
      failure || code !== 0 ? reject(new Error(failure + complaint)) : resolve();
    });
  });
}

async function main(server, mode) {
  if (!server) throw new Error("Usage: node record_golden.mjs GOLDEN_SERVER [--compare]");
  const scenarios = execFileSync(server, ["--list"]).toString().trim().split("\n");
  assert.deepEqual(Object.keys(applications), scenarios, "an application for each scenario, in the same order");
  const compare = mode === "--compare";
  const folder = compare ? mkdtempSync(join(tmpdir(), "hull-golden-")) : golden;
  mkdirSync(folder, { recursive: true });
  try {
    const ends = await Promise.allSettled(scenarios.map((scenario) => record(server, scenario, folder)));
    const failures = ends.filter((e) => e.status === "rejected").map((e) => e.reason.message);
    if (failures.length) throw new Error(failures.join("\n"));
    if (!compare) return console.log(`${scenarios.length} scenarios recorded in tests/protocol/golden`);
    assert.deepEqual(readdirSync(golden).sort(), scenarios.map((s) => s + ".jsonl").sort());
    for (const scenario of scenarios) {
      const [now, then] = [folder, golden].map((f) => readFileSync(join(f, scenario + ".jsonl"), "utf8").split("\n"));
      assert.deepEqual(now, then, `${scenario} is not what golden/${scenario}.jsonl holds; './dev golden' records anew`);
    }
    console.log(`${scenarios.length} scenarios are what tests/protocol/golden holds`);
  } finally {
    if (compare) rmSync(folder, { recursive: true });
  }
}

await main(...process.argv.slice(2));
process.exit(0); // The client leaves timers of replaced tokens behind.
