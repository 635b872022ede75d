// The programs of the tutorial print what its pages (docs/learn) show, in the order in which a reader runs them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Backend, until } from "./harness.mjs";

const programs = process.env.HULL_EXAMPLES;
if (!programs) throw new Error("Set HULL_EXAMPLES to the folder of the programs 01_query and so on.");
const fakeProgram = process.env.HULL_EXAMPLES_DEPLOYMENT;
if (!fakeProgram) throw new Error("Set HULL_EXAMPLES_DEPLOYMENT to the program examples_deployment.");
const top = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const app = join(top, "examples", "functions");

let folder, backend, fake;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hull-examples-"));
  backend = await Backend.start(app);
  await backend.deploy();
  const child = spawn(fakeProgram, { stdio: ["pipe", "pipe", "inherit"] });
  fake = { child, exited: new Promise((resolve) => child.once("exit", resolve)) };
  for await (const line of createInterface({ input: child.stdout })) {
    fake.url = line;
    break;
  }
});
after(async () => {
  fake?.child.stdin.end();
  await fake?.exited;
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
  rmSync(folder, { recursive: true, force: true });
});

// Ids differ from run to run.
const withoutIds = (lines) => lines.map((line) => line.replace(/^(added|uploaded as) [0-9A-Za-z_-]+$/, "$1 ID"));

// What a page shows: for each command of its first block the arguments behind the URL, and the lines it prints.
function shown(page) {
  const text = readFileSync(join(top, "docs", "learn", page + ".md"), "utf8");
  const block = /^```\n(\$ [^]*?)^```$/m.exec(text)?.[1];
  assert.ok(block, `${page}.md shows a command and its output`);
  return block.split(/^\$ /m).slice(1).map((run) => {
    const [command, ...lines] = run.trimEnd().split("\n");
    const words = (command.replace(/\s#.*/, "").match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ""));
    assert.equal(words.find((word) => !word.includes("=")), page);
    return { args: words.slice(words.indexOf(page) + 2), lines: withoutIds(lines) };
  });
}

// Starts a program with both its outputs in one file, so that the order of lines is that of a terminal.
let runs = 0;
function start(name, url, args = [], env = {}) {
  const path = join(folder, `output-${++runs}`);
  const file = openSync(path, "a");
  const { HULL_TOKEN: _, ...inherited } = process.env;
  const child = spawn(join(programs, name), [url, ...args].map(String), {
    cwd: folder, env: { ...inherited, ...env }, stdio: ["ignore", file, file],
  });
  closeSync(file);
  const lines = () => withoutIds(readFileSync(path, "utf8").split("\n").slice(0, -1));
  const limit = setTimeout(() => child.kill("SIGKILL"), 60000);
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(limit);
      resolve({ code: code ?? signal, lines: lines() });
    });
  });
  return { lines, ended };
}
const run = (...what) => start(...what).ended;

test("the generated files of the app are those of the CLI", () => {
  const generated = (place) => {
    const names = readdirSync(join(place, "convex", "_generated")).sort();
    return names.map((name) => [name, readFileSync(join(place, "convex", "_generated", name), "utf8")]);
  };
  assert.deepEqual(generated(app), generated(backend.project));
});

test("01_query: nothing yet, then the first two tasks", async () => {
  assert.deepEqual(await run("01_query", backend.url), { code: 0, lines: ["0 tasks"] });
  assert.deepEqual(await run("03_mutation", backend.url), { code: 0, lines: ["added ID", "added ID"] });
  assert.deepEqual(await run("01_query", backend.url), { code: 0, lines: shown("01_query")[0].lines });
});

test("01_query: says what is wrong", async () => {
  const refused = await run("01_query", fake.url);
  assert.equal(refused.code, 1);
  assert.match(refused.lines.join("\n"), /tasks:list/);
});

test("02_live_watch: prints the tasks again when another program adds one", async () => {
  const { lines: expected } = shown("02_live_watch")[0];
  const changes = expected.filter((line) => line.includes("tasks:"));
  const watching = start("02_live_watch", backend.url, [changes.length]);
  await until(() => watching.lines().find((line) => line === changes[0]), "the tasks");
  assert.deepEqual(await run("03_mutation", backend.url, ["Call Ada"]), { code: 0, lines: ["added ID"] });
  assert.deepEqual(await watching.ended, { code: 0, lines: expected });
});

test("03_mutation: adds one task, and says why not the other", async () => {
  const [{ args, lines }] = shown("03_mutation");
  assert.deepEqual(await run("03_mutation", backend.url, args), { code: 1, lines });
});

test("04_optimistic: the prediction comes before the answer", async () => {
  const [{ args, lines }] = shown("04_optimistic");
  assert.deepEqual(await run("04_optimistic", backend.url, args), { code: 0, lines });
});

test("05_pagination: page by page to the end", async () => {
  const [{ args, lines }] = shown("05_pagination");
  assert.deepEqual(await run("05_pagination", backend.url, args), { code: 0, lines });
});

test("06_auth: with a token and without", async () => {
  const [{ args, lines }] = shown("06_auth");
  assert.deepEqual(await run("06_auth", fake.url, args, { HULL_TOKEN: "token-of-ada" }), { code: 0, lines });
  assert.deepEqual(await run("06_auth", fake.url),
    { code: 0, lines: ["a token, please", "a fresh token, please", "not signed in", "hello, whoever you are"] });
});

test("07_files: what comes back is what went up", async () => {
  const [{ args, lines }] = shown("07_files");
  writeFileSync(join(folder, args[0]), "nineteen bytes long");
  const copied = await run("07_files", fake.url, args);
  const isBegun = (line) => /^  \d+ of 19 bytes$/.test(line) && line !== "  19 of 19 bytes";  // As it happens to come.
  assert.deepEqual({ ...copied, lines: copied.lines.filter((line) => !isBegun(line)) }, { code: 0, lines });
  assert.deepEqual(readFileSync(join(folder, args[1])), readFileSync(join(folder, args[0])));

  const bytes = Buffer.from(Uint8Array.from({ length: 100_003 }, (_, i) => (i * i) >> 3));
  writeFileSync(join(folder, "large"), bytes);
  const large = await run("07_files", fake.url, ["large", "large copy"]);
  assert.equal(large.code, 0, large.lines.join("\n"));
  assert.equal(large.lines.at(-1), "downloaded 100003 bytes of text/plain to large copy");
  assert.ok(bytes.equals(readFileSync(join(folder, "large copy"))));

  const missing = await run("07_files", fake.url, ["not there", "copy"]);
  assert.equal(missing.code, 1);
  assert.match(missing.lines.at(-1), /not there/);
});

test("08_offline: a task added without a backend arrives once", async () => {
  const [up, down, upAgain] = shown("08_offline");
  // The program gives up after two seconds, which a busy machine may need for less than all of it.
  const eventually = async (args, last) => {
    let lines = [];
    for (let i = 0; i < 10; ++i) {
      const ended = await run("08_offline", backend.url, args);
      assert.equal(ended.code, 0);
      lines = ended.lines;
      if (lines.includes(last)) break;
    }
    return lines;
  };
  assert.deepEqual(await eventually(up.args, up.lines[0]), up.lines);
  assert.equal(await backend.halt(), 0);
  assert.deepEqual(await run("08_offline", backend.url, down.args), { code: 0, lines: down.lines });
  await backend.launch();
  const [first, ...rest] = await eventually(upAgain.args, upAgain.lines.at(-1));
  assert.match(first, / tasks, as of last time$/);
  assert.deepEqual(rest.slice(-2), upAgain.lines.slice(-2));

  const tasks = await run("01_query", backend.url);
  assert.equal(tasks.lines.filter((line) => line === "Mend the bike").length, 1);
  assert.equal(tasks.lines.at(-1), upAgain.lines.at(-2));
});
