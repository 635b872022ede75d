// The demos of the guides, deployed by the npm CLI and driven by the npm client: pages, checked arguments, errors with
// data, related tables and sessions. Two of them use convex-helpers as it comes from npm.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { ConvexError } from "convex/values";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";

const { notes, checked, library, carts } = anyApi;
let backend, http, client;

before(async () => {
  backend = await Backend.start(join(dirname(fileURLToPath(import.meta.url)), "demos"));
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
  client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
});
after(async () => {
  await client?.close();
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
});

const failure = async (call) => {
  try {
    await call;
  } catch (e) {
    return e;
  }
  assert.fail("it did not fail");
};
const down = (from, to) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

test("pagination: pages load more, stay whole under changes, and end", async () => {
  await http.mutation(notes.add, { from: 1, count: 25 });
  let shown;
  const stop = client.onPaginatedUpdate_experimental(notes.list, {}, { initialNumItems: 10 }, (result) => (shown = result));
  const numbers = () => shown?.results.map((note) => note.number);
  const shows = (wanted, what) =>
    until(() => (JSON.stringify(numbers()) === JSON.stringify(wanted) ? true : undefined), what).catch((e) => {
      throw new Error(`${e.message}: ${JSON.stringify(shown)}`);
    });

  await shows(down(25, 16), "the first page");
  assert.equal(shown.status, "CanLoadMore");
  assert.equal(shown.loadMore(10), true);
  await shows(down(25, 6), "two pages");
  await http.mutation(notes.add, { from: 26, count: 1 });
  await shows(down(26, 6), "a new first row, and no row lost between the pages");
  await http.mutation(notes.remove, { number: 16 });
  await shows([...down(26, 17), ...down(15, 6)], "the last row of the first page gone");
  assert.equal(shown.loadMore(10), true);
  await shows([...down(26, 17), ...down(15, 1)], "all");
  assert.equal(shown.status, "Exhausted");
  assert.equal(shown.loadMore(10), false);
  stop();
});

test("pagination: a page that grew is split, and the view does not see it", async () => {
  let shown;
  const args = { label: "even" };
  const stop = client.onPaginatedUpdate_experimental(notes.labelled, args, { initialNumItems: 4 }, (result) => (shown = result));
  await until(() => (shown?.results.length >= 4 ? true : undefined), "the first page");
  assert.deepEqual(shown.results, ["even 2", "even 4", "even 6", "even 8"]);
  await http.mutation(notes.add, { from: -60, count: 60 });
  await until(() => (shown.results.length === 34 ? true : undefined), "the rows before");
  assert.deepEqual(shown.results.slice(0, 3), ["even -60", "even -58", "even -56"]);
  assert.deepEqual(shown.results.slice(-2), ["even 6", "even 8"]);
  stop();
});

test("pagination: one paginate() a function; a library pages as often as it likes", async () => {
  assert.match((await failure(http.query(notes.twice))).message, /paginated quer/);
  assert.deepEqual(await http.query(notes.ends, { count: 2 }), [[-60, -59], [-58, -57], [26, 25]]);
});

test("argument validation: what does not fit is refused by its path, and nothing is written", async () => {
  await http.mutation(checked.add, { reaction: { kind: "like" } });
  await http.mutation(checked.add, { reaction: { kind: "note", text: "good" }, at: 1.5 });
  const refused = async (args) => (await failure(http.mutation(checked.add, args))).message;
  assert.match(await refused({}), /ArgumentValidationError: Object is missing the required field `reaction`/);
  assert.match(await refused({ reaction: { kind: "love" } }), /ArgumentValidationError: Value does not match validator\.\nPath: \.reaction/);
  assert.match(await refused({ reaction: { kind: "like" }, at: "now" }), /Path: \.at\nValue: "now"\nValidator: v\.float64\(\)/);
  assert.match(await refused({ reaction: { kind: "like" }, more: 1 }), /Object contains extra field `more` that is not in the validator/);
  assert.deepEqual(await http.query(checked.all), [
    { reaction: { kind: "like" } },
    { reaction: { kind: "note", text: "good" }, at: 1.5 },
  ]);
  assert.match((await failure(http.query(checked.wrong))).message, /ReturnsValidationError: Value does not match validator/);
});

test("custom errors: their data arrives by HTTP and by socket, and the mutation left nothing", async () => {
  await http.mutation(checked.addSeats, { row: "A", count: 2 });
  for (const name of ["Ann", "Bob"]) await http.mutation(checked.assignSeat, { row: "A", name });
  const full = { code: "full", row: "A", taken: 2n, by: ["Ann", "Bob"] };
  for (const caller of [http, client]) {
    const error = await failure(caller.mutation(checked.assignSeat, { row: "A", name: "Cy" }));
    assert.ok(error instanceof ConvexError);
    assert.deepEqual(error.data, full);
    const none = await failure(caller.mutation(checked.assignSeat, { row: "Z", name: "Cy" }));
    assert.equal(none.data, "There is no row Z");
  }
  assert.deepEqual(await http.query(checked.seats), [["A", "Ann"], ["A", "Bob"]]);
});

test("relational data: joined in one live query, and deleted along by a trigger", async () => {
  await http.mutation(library.fill);
  let shown;
  const stop = client.onUpdate(library.overview, {}, (value) => (shown = value));
  await until(() => shown, "the overview");
  const north = (...people) => ({ team: "North", people });
  const ann = { name: "Ann", bio: "Ann of North", books: ["Emma", "Ulysses"] };
  const bob = { name: "Bob", bio: "Bob of North", books: ["Emma", "Ulysses"] };
  const south = { team: "South", people: [{ name: "Cy", bio: "Cy of South", books: ["Emma"] }] };
  assert.deepEqual(shown, [north(ann, bob), south]);
  assert.deepEqual(await http.query(library.readers, { title: "Emma" }), ["Ann", "Bob", "Cy"]);
  await http.mutation(library.leave, { name: "Ann" });
  await until(() => (shown[0].people.length === 1 ? true : undefined), "the overview without Ann");
  assert.deepEqual(shown, [north(bob), south]);
  assert.deepEqual(await http.query(library.readers, { title: "Ulysses" }), ["Bob"]);
  assert.deepEqual(await http.query(library.readers, { title: "Walden" }), []);
  stop();
});

test("sessions: each has its own state, in queries, mutations and actions", async () => {
  const [mine, other] = ["session-a", "session-b"];
  let shown;
  const stop = client.onUpdate(carts.items, { sessionId: mine }, (value) => (shown = value));
  await until(() => shown, "an empty cart");
  assert.deepEqual(shown, {});
  await http.mutation(carts.put, { sessionId: mine, item: "tea", count: 2 });
  await http.mutation(carts.put, { sessionId: other, item: "rum", count: 1 });
  assert.deepEqual(await http.action(carts.putTwice, { sessionId: mine, item: "tea" }), { tea: 4 });
  await until(() => (shown.tea === 4 ? true : undefined), "the cart of this session");
  assert.deepEqual(await http.query(carts.items, { sessionId: other }), { rum: 1 });
  assert.match((await failure(http.query(carts.items, {}))).message, /ArgumentValidationError/);
  stop();
});
