// The same generated programs in hull-backend and in npm's convex-test. `./dev differential` runs ten thousand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./differential/compare.mjs";

test("150 programs end alike", async () => {
  const { calls, failed, differences } = await compare(150, 1);
  assert.deepEqual(differences, []);
  assert.ok(calls > 500 && failed > 20 && failed < calls / 2, `${calls} calls, ${failed} failed: the programs say little`);
});
