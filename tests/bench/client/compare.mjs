// hull::client against the npm client on one server with the same frames, in alternating rounds; prints the table of
// docs/reference/performance.md. The clients are processes of their own, so that CPU time and memory are theirs alone.
//   node compare.mjs FOLDER_OF_BENCH_PROGRAMS [--rounds N] [--write FILE]
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.resolve(process.argv[2] ?? ".");
const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const rounds = Number(option("--rounds", "3"));

// Queries, and how many transitions each client is given: the npm client pays for every query at each of them.
const sizes = [
  { queries: 1, hull: 40000, npm: 40000 },
  { queries: 100, hull: 40000, npm: 20000 },
  { queries: 1000, hull: 40000, npm: 3000 },
  { queries: 10000, hull: 40000, npm: 200 },
];
const layers = 100;

const server = spawn(path.join(folder, "bench_frame_server"), { stdio: ["pipe", "pipe", "inherit"] });
const [line] = await once(server.stdout, "data");
const port = String(line).trim();

const run = (program, args) => JSON.parse(execFileSync(program, args, { encoding: "utf8", timeout: 180_000 }));
const measure = {
  hull: (size) => run(path.join(folder, "bench_client_side"), [port, size.queries, size.hull, layers].map(String)),
  npm: (size) =>
    run(process.execPath, ["--expose-gc", path.join(here, "npm_side.mjs"), port, size.queries, size.npm, layers].map(String)),
};

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const results = [];
for (const size of sizes) {
  const samples = { hull: [], npm: [] };
  for (let round = 0; round < rounds; ++round)
    for (const client of round % 2 === 0 ? ["hull", "npm"] : ["npm", "hull"]) samples[client].push(measure[client](size));
  const medians = (list) => Object.fromEntries(Object.keys(list[0]).map((key) => [key, median(list.map((s) => s[key]))]));
  results.push({ queries: size.queries, hull: medians(samples.hull), npm: medians(samples.npm) });
  process.stderr.write(`${size.queries} queries: done\n`);
}
server.stdin.end();

const short = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));
const pair = (r, key) => `${short(r.hull[key])} / ${short(r.npm[key])} (**${short(r.npm[key] / r.hull[key])}×**)`;
const rows = [
  ["CPU per transition, µs", "cpu_us"],
  ["CPU per transition with 100 optimistic layers in flight, µs", "layers_cpu_us"],
  ["Subscribe all and have every value, ms", "subscribe_ms"],
  ["CPU of that, ms", "subscribe_cpu_ms"],
  ["Recover after a reconnect, ms", "recover_ms"],
  ["CPU of that, ms", "recover_cpu_ms"],
];
const out = [];
out.push(`| hull / npm (how many times less) | ${results.map((r) => `${r.queries} ${r.queries === 1 ? "query" : "queries"}`).join(" | ")} |`);
out.push(`|---|${results.map(() => "---").join("|")}|`);
for (const [title, key] of rows)
  out.push(`| ${title} | ${results.map((r) => (r.npm[key] === 0 ? "–" : pair(r, key))).join(" | ")} |`);
out.push(
  `| Transitions per second | ${results.map((r) => `${short(r.hull.transitions_per_s)} / ${short(r.npm.transitions_per_s)} (**${short(r.hull.transitions_per_s / r.npm.transitions_per_s)}×**)`).join(" | ")} |`,
);
out.push(
  `| Notifications while recovering, of which one is due | ${results.map((r) => `${r.hull.recover_notifications} / ${r.npm.recover_notifications}`).join(" | ")} |`,
);
const memory = (key) => results.map((r) => (r.queries < 1000 ? "–" : `${short(r.hull[key])} / ${short(r.npm[key])}`)).join(" | ");
out.push(`| Heap per query beside its value, bytes | ${memory("heap_bytes_per_query")} |`);
out.push(`| Resident memory per query with its value, bytes | ${memory("resident_bytes_per_query")} |`);
out.push(`| The value itself, bytes | ${memory("value_bytes")} |`);
const table = out.join("\n");
console.log(table);

const file = option("--write");
if (file !== undefined) {
  const begin = "<!-- client table: begin -->";
  const end = "<!-- client table: end -->";
  const text = readFileSync(file, "utf8");
  const head = text.slice(0, text.indexOf(begin) + begin.length);
  const tail = text.slice(text.indexOf(end));
  const when = new Date().toISOString().slice(0, 10);
  const note = `Measured ${when}, medians of ${rounds} alternating rounds, Node.js ${process.version}, ${cpus().length} cores (${cpus()[0].model}).`;
  writeFileSync(file, `${head}\n${note}\n\n${table}\n${tail}`);
}
process.exit(0);
