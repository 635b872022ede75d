// Runs the cases of this folder here and in hull-backend's runtime: `node --test compare.mjs`, with HULL_RUN_WEB_CASES
// naming the program that does the latter.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

for (const name of ["streams.js", "bodies.js", "crypto.js", "events.js", "texts.js", "urls.js"]) {
  const { all } = await import("./" + name);
  const files = [join(here, name), join(here, "parts.js")];
  const lines = execFileSync(process.env.HULL_RUN_WEB_CASES, files, { maxBuffer: 1 << 26 }).toString().trim().split("\n");
  const ours = new Map(lines.map((line) => JSON.parse(line)));
  suite(name, () => {
    test("every case ran", () => assert.deepEqual([...ours.keys()], Object.keys(all)));
    for (const [title, run] of Object.entries(all))
      test(title, async () => assert.deepEqual(ours.get(title), JSON.parse(JSON.stringify((await run()) ?? null))));
  });
}
