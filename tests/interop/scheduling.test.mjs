// Functions over time: the scheduler and crons, deployed by the npm CLI, watched by the npm client, across crashes.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";

const { jobs } = anyApi;
let backend, http, client;
const live = {};

before(async () => {
  backend = await Backend.start(join(dirname(fileURLToPath(import.meta.url)), "scheduling"));
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
  client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
  for (const name of ["notes", "states", "ticks"])
    client.onUpdate(jobs[name], {}, (value) => (live[name] = value), (error) => (live[name + "Error"] = error));
  await until(() => live.notes && live.states && live.ticks, "the first values");
});
after(async () => {
  await client?.close();
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
});

const later = (name, args = {}, ms = 0) => http.mutation(jobs.later, { name, args, ms });
const noted = (text) => until(() => live.notes.includes(text) || undefined, `the note "${text}"`, 60_000);
const job = (id) => live.states.find((row) => row._id === id);
const ended = (id, kind) =>
  until(() => (job(id)?.state.kind === kind ? job(id) : undefined), `the job to be ${kind}`, 60_000);
const count = (text) => live.notes.filter((note) => note === text).length;

test("a mutation runs later, and a live query sees its job end", async () => {
  const id = await later("remember", { text: "from a mutation" });
  const { name, args, scheduledTime, completedTime } = await ended(id, "success");
  assert.equal(name, "jobs.js:remember");
  assert.deepEqual(args, [{ text: "from a mutation" }]);
  assert.ok(completedTime >= scheduledTime);
  assert.equal(count("from a mutation"), 1);
});

test("an action runs later, and an action schedules", async () => {
  const id = await later("rememberInAction", { text: "in an action" });
  await ended(id, "success");
  assert.equal(count("in an action"), 1);
  const other = await http.action(jobs.laterFromAction, { text: "from an action" });
  await ended(other, "success");
  assert.equal(count("from an action"), 1);
});

test("a function that throws has failed, with its error", async () => {
  const { state } = await ended(await later("fail"), "failed");
  assert.match(state.error, /^Uncaught Error: did not work\n    at handler \(\.\.\/convex\/jobs\.ts:\d+:\d+\)/);
  assert.equal(count("must not stay"), 0);
});

test("a mutation that throws schedules nothing", async () => {
  const jobsBefore = live.states.length;
  await assert.rejects(http.mutation(jobs.laterThenThrow, {}));
  assert.equal((await http.query(jobs.states, {})).length, jobsBefore);
});

test("a canceled function does not run", async () => {
  const id = await later("remember", { text: "canceled" }, 3_600_000);
  assert.equal((await http.query(jobs.state, { id })).state.kind, "pending");
  await http.mutation(jobs.cancel, { id });
  const { completedTime, scheduledTime } = await ended(id, "canceled");
  assert.ok(completedTime < scheduledTime);
  assert.equal(count("canceled"), 0);
});

test("what cannot be scheduled says why", async () => {
  await assert.rejects(later("gone"), /no exported function gone found in the file: jobs\.js/);
  await assert.rejects(http.mutation(jobs.cancel, { id: "x" }), /ArgumentValidationError/);
});

test("crons run", async () => {
  await until(() => (live.ticks.mutation >= 3 && live.ticks.action >= 3) || undefined, "three ticks of each", 60_000);
  assert.equal(live.ticks.expression, undefined, "not before the 29th of February");
});

test("kill -9 between scheduling and running: everything runs once", async () => {
  await http.mutation(jobs.manyLater, { prefix: "before-", count: 50, ms: 2000 });
  await backend.crash();
  await backend.launch();
  for (let i = 0; i < 50; ++i) await noted("before-" + i);
  for (let i = 0; i < 50; ++i) assert.equal(count("before-" + i), 1);
});

test("kill -9 amid running: every mutation commits once", async () => {
  await http.mutation(jobs.manyLater, { prefix: "amid-", count: 100, ms: 0 });
  await until(() => live.notes.some((note) => note.startsWith("amid-")) || undefined, "the first of them", 60_000);
  await backend.crash();
  await backend.launch();
  for (let i = 0; i < 100; ++i) await noted("amid-" + i);
  await ended(await later("remember", { text: "the last one" }), "success");
  for (let i = 0; i < 100; ++i) assert.equal(count("amid-" + i), 1);
});

test("kill -9 during an action: it has failed and is not started again", async () => {
  const id = await later("hang");
  await noted("hanging");
  assert.equal((await http.query(jobs.state, { id })).state.kind, "inProgress");
  await backend.crash();
  await backend.launch();
  const { state } = await ended(id, "failed");
  assert.equal(state.error, "Transient error while executing action");
  assert.equal(count("hanging"), 1);
});

test("crons go on after a restart, and a push ends those that it drops", async () => {
  const before = live.ticks.mutation;
  await until(() => live.ticks.mutation > before + 1 || undefined, "ticks after the restart", 60_000);
  const file = join(backend.project, "convex", "crons.ts");
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.filter((line) => !line.includes("mutation each second")).join("\n"));
  await backend.deploy();
  const dropped = (await http.query(jobs.ticks, {})).mutation;
  const { action } = await http.query(jobs.ticks, {});
  await until(() => live.ticks.action > action + 2 || undefined, "ticks of the one that stays", 60_000);
  assert.equal(live.ticks.mutation, dropped);
});

test("a cron that names a query, or no time, is refused", async () => {
  const file = join(backend.project, "convex", "crons.ts");
  const source = readFileSync(file, "utf8");
  writeFileSync(file, source.replace("anyApi.jobs.tickInAction, { name", "anyApi.jobs.notes, { name"));
  await assert.rejects(backend.deploy(),
    /The cron job 'action each second' schedules a query function, only actions and mutations can be scheduled: jobs\.js:notes/);
  writeFileSync(file, source.replace("0 0 29 2 *", "0 0 30 2 *"));
  await assert.rejects(backend.deploy(), /The cron job 'expression' has an invalid schedule: .*matches no time at all/);
});
