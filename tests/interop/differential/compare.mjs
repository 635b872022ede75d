// Runs generated programs in hull-backend, deployed by the npm CLI, and in npm's convex-test, and compares every result:
//   node compare.mjs [PROGRAMS [FIRST_SEED]]     HULL_BACKEND names the program
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError, convexToJson } from "convex/values";
import { convexTest } from "convex-test";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Backend } from "../harness.mjs";
import schema from "./convex/schema.js";
import { generate } from "./generate.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = {
  "./convex/_generated/api.js": async () => ({}),
  "./convex/programs.js": () => import("./convex/programs.js"),
};
const references = { change: makeFunctionReference("programs:change"), look: makeFunctionReference("programs:look") };

const text = (v) => JSON.stringify(convexToJson(v === undefined ? null : v));

// Two deliberate differences. The peer knows whether a full page was the last one; a deployment finds out with the next.
// And a cursor means something to its own engine only.
function withoutCursors(result) {
  if (Array.isArray(result)) return result.map(withoutCursors);
  if (result === null || typeof result !== "object" || result instanceof ArrayBuffer) return result;
  const { continueCursor, isDone, ...rest } = result;
  if (continueCursor === undefined)
    return Object.fromEntries(Object.entries(result).map(([k, v]) => [k, withoutCursors(v)]));
  return rest;
}

// One engine with its own ids.
class Engine {
  constructor(call) {
    this.call = call;
    this.ids = {};
  }

  async perform({ kind, steps }) {
    try {
      if (kind === "pages") return await this.pages(steps[0]);
      const result = await this.call(kind === "change" ? "mutation" : "query", references[kind], { steps, ids: this.ids });
      if (kind === "look") return this.text(result);
      this.ids = result.ids;
      return this.text(result.results);
    } catch (e) {
      this.lastError = e;
      return e instanceof ConvexError ? "threw " + text(e.data) : "failed";
    }
  }

  // With numbers in the place of ids.
  text(result) {
    let all = text(withoutCursors(result));
    for (const [n, id] of Object.entries(this.ids)) all = all.replaceAll(JSON.stringify(id), `"document ${n}"`);
    return all;
  }

  // All pages, one call each.
  async pages(step) {
    const all = [];
    for (let cursor = null, i = 0; i < 200; ++i) {
      const [page] = await this.call("query", references.look, { steps: [{ ...step, cursor }], ids: this.ids });
      if (page.page.length > step.count) return "a page is longer than asked for";
      all.push(...page.page);
      if (page.isDone) return this.text(all);
      cursor = page.continueCursor;
    }
    return "the pages never end";
  }
}

export async function compare(programs, firstSeed, report) {
  const backend = await Backend.start(here);
  try {
    await backend.deploy();
    const http = new ConvexHttpClient(backend.url, { logger: false });
    let calls = 0;
    let failed = 0;
    const differences = [];
    let peer;
    for (let seed = firstSeed; seed < firstSeed + programs; ++seed) {
      if (!peer || seed % 100 === 0) peer = convexTest(schema, modules);
      const ours = new Engine((kind, f, args) => http[kind](f, args));
      const theirs = new Engine((kind, f, args) => peer[kind](f, args));
      for (const [i, call] of generate(seed).entries()) {
        const [a, b] = [await ours.perform(call), await theirs.perform(call)];
        ++calls;
        failed += a === "failed";
        if (a === b) continue;
        differences.push({ seed, call: i, steps: call, ours: a, theirs: b, ourError: ours.lastError?.message, theirError: theirs.lastError?.message });
        break;
      }
      if (report && (seed - firstSeed + 1) % 500 === 0) report(seed - firstSeed + 1, differences.length);
    }
    return { calls, failed, differences };
  } finally {
    await backend.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [programs = 10000, first = 1] = process.argv.slice(2).map(Number);
  const began = Date.now();
  const { calls, failed, differences } = await compare(programs, first, (n, d) => console.log(`${n} programs, ${d} differ`));
  const plain = (_, v) => (typeof v === "bigint" ? `${v}n` : v instanceof ArrayBuffer ? [...new Uint8Array(v)] : v);
  for (const d of differences.slice(0, 20))
    console.log(`seed ${d.seed}, call ${d.call}: ${JSON.stringify(d.steps, plain)}\n  ours:   ${d.ours}  (${d.ourError})\n  theirs: ${d.theirs}  (${d.theirError})`);
  console.log(`${programs} programs from seed ${first}, ${calls} calls (${failed} failed in both), ` +
    `${differences.length} differ, ${((Date.now() - began) / 1000).toFixed(0)} s`);
  process.exitCode = differences.length ? 1 : 0;
}
