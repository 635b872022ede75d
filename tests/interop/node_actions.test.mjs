// Actions in files that say "use node", deployed with the npm CLI and called with the npm client.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  cpSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, unlinkSync, writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import { Backend } from "./harness.mjs";

const app = join(dirname(fileURLToPath(import.meta.url)), "node_actions");
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const ref = (name) => makeFunctionReference(name);
let backend, http;
const call = (name, args = {}) => http.action(ref("digests:" + name), args);

before(async () => {
  backend = await Backend.start(app);
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
after(() => backend?.stop());

test("modules of Node.js", async () => assert.equal(await call("sha256", { text: "abc" }), sha256("abc")));
test("its own files", async () => assert.equal(await call("reads"), true));
test("queries and mutations", async () => assert.equal(await call("note", { text: "hello" }), "HELLO"));
test("from an action in V8", async () =>
  assert.equal(await http.action(ref("notes:viaNode"), { text: "abc" }), sha256("ABC")));
test("actions that call actions", async () => assert.equal(await call("chain", { left: 10 }), 10));
test("arguments are checked", async () =>
  assert.rejects(call("sha256", { text: 7 }), /ArgumentValidationError: Value does not match validator/));
test("internal ones are", async () => assert.rejects(call("internal"), /Could not find public function for 'digests:internal'/));
test("values of every kind", async () => {
  const args = { big: 2n ** 62n, bytes: new Uint8Array([1, 2]).buffer, odd: [NaN, -0, Infinity], text: "\u{1F600}\ud83d" };
  assert.deepEqual(await call("values", { ...args, text: "\u{1F600}" }), { ...args, text: "\u{1F600}" });
});
test("a ConvexError of a mutation is caught", async () =>
  assert.deepEqual(await call("refused"), { reason: "full", left: 0n }));
test("errors name the source", async () => {
  const error = await call("fails").catch((e) => e);
  assert.match(error.message, /Uncaught TypeError: boom\n    at inner \(\.\.\/convex\/digests\.ts:\d+:\d+\)\n    at/);
});
test("a ConvexError has its data", async () => {
  const error = await call("failsWithData").catch((e) => e);
  assert.ok(error instanceof ConvexError);
  assert.deepEqual(error.data, { code: 7n });
});
test("files", async () => assert.deepEqual(await call("file"), ["stored by Node.js", "text/plain", 17]));
test("nobody is signed in", async () => assert.equal(await call("who"), null));
test("environment variables", async () => {
  await backend.convex("env", "set", "COLOUR", "blue");
  assert.deepEqual(await call("variables"), ["blue", backend.url, null]);
});
test("log lines", async () => {
  const lines = [];
  const client = new ConvexClient(backend.url, { logger: { logVerbose() {}, log: (...a) => lines.push(a.join(" ")), warn() {}, error() {} } });
  await client.action(ref("digests:logs"), {});
  await client.close();
  assert.ok(lines.some((line) => line.includes("'from Node.js' { n: 1 }")), lines.join("\n"));
});
test("log lines, for the operator", async () => {
  const headers = { Authorization: "Convex " + backend.adminKey, "Convex-Client": "npm-cli-1.48.0" };
  const route = backend.url + "/api/stream_function_logs";
  const read = async (cursor) => (await fetch(`${route}?cursor=${cursor}`, { headers })).json();
  let { newCursor: cursor } = await read(0);
  await http.action(ref("digests:logs"), {});
  const entries = [];
  while (entries.length < 2) {
    const page = await read(cursor);
    entries.push(...page.entries);
    cursor = page.newCursor;
  }
  const [line, end] = entries;
  assert.deepEqual([line.kind, line.identifier], ["Progress", "digests:logs"]);
  assert.deepEqual(line.logLines[0].messages, ["'from Node.js'", "{ n: 1 }"]);
  assert.deepEqual([end.kind, end.environment, end.logLines, end.userExecutionTime], ["Completion", "node", [], null]);
});
test("scheduled", async () => {
  const client = new ConvexClient(backend.url);
  const seen = new Promise((resolve) => client.onUpdate(ref("notes:list"), {}, (all) => all.includes("later") && resolve()));
  await call("later", { text: "later" });
  await seen;
  await client.close();
});

test("a new push runs at once, in the same process", async () => {
  const before = await call("group");
  writeFileSync(join(backend.project, "convex", "fresh.ts"),
    `"use node";\nimport { actionGeneric as action } from "convex/server";\nexport const one = action(async () => process.pid);\n`);
  await backend.deploy();
  assert.equal(await http.action(ref("fresh:one"), {}), before);
  rmSync(join(backend.project, "convex", "fresh.ts"));
});
// A project with a module that imports "ws", which convex.json keeps out of the bundle. The CLI does that only for packages
// that lie in the project itself.
function importSockets(project) {
  const installed = join(project, "node_modules");
  const original = realpathSync(installed);
  unlinkSync(installed);
  mkdirSync(installed);
  for (const name of readdirSync(original)) if (name !== "ws") symlinkSync(join(original, name), join(installed, name));
  cpSync(join(original, "ws"), join(installed, "ws"), { recursive: true });
  writeFileSync(join(project, "convex.json"), JSON.stringify({ node: { externalPackages: ["ws"] } }));
  writeFileSync(join(project, "convex", "sockets.ts"),
    `"use node";\nimport { createRequire } from "node:module";\nimport WebSocket from "ws";\n` +
    `import { actionGeneric as action } from "convex/server";\nconst at = createRequire(import.meta.url);\n` +
    `export const where = action(async () => [WebSocket.OPEN, at("ws/package.json").version, at.resolve("ws")]);\n`);
  return JSON.parse(readFileSync(join(installed, "ws", "package.json"))).version;
}
// The npm registry must be reachable, as for `npm ci`.
test("packages that are not in the bundle", async () => {
  const other = await Backend.start(app);
  try {
    const version = importSockets(other.project);
    await other.deploy();
    const where = () => new ConvexHttpClient(other.url).action(ref("sockets:where"), {});
    const [open, itsVersion, path] = await where();
    assert.deepEqual([open, itsVersion], [1, version]);
    assert.ok(path.startsWith(join(other.data, "node_packages")), path);
    await other.halt();
    await other.launch();
    assert.deepEqual(await where(), [1, version, path]);
  } finally {
    await other.stop();
  }
});
test("without npm the push says so", async () => {
  const other = await Backend.start(app, ["--npm", "/nowhere/npm"]);
  try {
    const version = importSockets(other.project);
    await assert.rejects(other.deploy(), new RegExp(`could not be installed: ws@${version}\\. npm \\("/nowhere/npm"\\)`));
  } finally {
    await other.stop();
  }
});
test("queries must not be there", async () => {
  const file = join(backend.project, "convex", "wrong.ts");
  writeFileSync(file, `"use node";\nimport { queryGeneric as query } from "convex/server";\nexport const q = query(() => 1);\n`);
  await assert.rejects(backend.deploy(), /`q` defined in `wrong\.js` is a Query function\. Only actions can be defined in Node\.js\./);
  rmSync(file);
});

const alive = (pid) => existsSync(`/proc/${pid}`);
async function gone(pid) {
  while (alive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}
test("the process ends with the backend, even when that is killed", async () => {
  const pid = await call("group");
  assert.ok(alive(pid));
  await backend.crash();
  await gone(pid);
  await backend.launch();
  const next = await call("group");
  assert.equal(await backend.halt(), 0);
  await gone(next);
  assert.ok(!existsSync(join(backend.data, "node")));
  await backend.launch();
});
test("the data folder is emptied of a crash's leftovers", async () => {
  await call("group");
  await backend.crash();
  await backend.launch();
  await call("group");
  assert.deepEqual(readdirSync(join(backend.data, "node", "modules")), ["1"]);
});

test("without Node.js the push says so", async () => {
  const other = await Backend.start(app, ["--node", "/nowhere/node"]);
  try {
    await assert.rejects(other.deploy(), /Deployment is not configured to deploy "use node" actions\. Node\.js was not found \(tried to run "\/nowhere\/node"\)/);
  } finally {
    await other.stop();
  }
});
