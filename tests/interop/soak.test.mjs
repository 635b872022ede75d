// The checker of histories finds what is wrong with them, and a backend that is killed now and then gives it nothing to
// find. `./dev soak` kills it fifty times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "./soak/history.mjs";
import { soak } from "./soak/soak.mjs";

const T = (id, steps, reads, done = true) => ({ id, steps, reads, done });
const append = (key, item) => ["append", key, item];
const read = (key) => ["read", key];
const found = (transactions, final) => check(transactions, new Map(final)).join("; ");

test("histories that are as they should be", () => {
  assert.equal(found([], []), "");
  assert.equal(found([T("A", [append(1, 1)], []), T("B", [read(1), append(1, 2), read(1)], [[1], [1, 2]])], [[1, [1, 2]]]), "");
  assert.equal(found([T("A", [append(1, 1), append(2, 2)], null, false)], []), "", "cut off, and it did not happen");
  assert.equal(found([T("A", [append(1, 1), append(2, 2)], null, false)], [[1, [1]], [2, [2]]]), "", "cut off, but it did");
});

const anomalies = [
  ["lost", [T("A", [append(1, 1)], [])], [], /A was confirmed, but 1 of its items are gone/],
  ["doubled", [T("A", [append(1, 1)], [])], [[1, [1, 1]]], /1 is in a list twice/],
  ["partial", [T("A", [append(1, 1), append(2, 2)], null, false)], [[1, [1]]], /A has happened in part/],
  ["own write not read", [T("A", [append(1, 1), read(1)], [[]])], [[1, [1]]], /did not read what it had written/],
  ["read of something rolled back", [T("A", [append(1, 1)], null, false), T("B", [read(1)], [[1]])], [], /B read \[1\] in list 1/],
  ["lost update", [T("A", [read(1), append(1, 1)], [[]]), T("B", [read(1), append(1, 2)], [[]])], [[1, [1, 2]]], /no order/],
  ["write skew", [T("A", [read(1), append(2, 1)], [[]]), T("B", [read(2), append(1, 2)], [[]])], [[1, [2]], [2, [1]]], /no order/],
  ["half of a transaction read", [T("A", [append(1, 1), append(2, 2)], []), T("B", [read(1), read(2)], [[1], []])], [[1, [1]], [2, [2]]], /no order/],
  ["two orders", [T("A", [append(1, 1), append(2, 4)], []), T("B", [append(1, 2), append(2, 3)], [])], [[1, [1, 2]], [2, [3, 4]]], /no order/],
];
for (const [name, transactions, final, expected] of anomalies)
  test("finds: " + name, () => assert.match(found(transactions, final), expected));

test("three crashes lose nothing, double nothing and tear nothing", async () => {
  const { wrong, transactions, confirmed } = await soak({ crashes: 3, seed: 7 });
  assert.deepEqual(wrong, []);
  assert.ok(confirmed > 50, `${transactions} transactions, ${confirmed} confirmed: too few to tell`);
});
