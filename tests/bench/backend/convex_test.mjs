// How often a second of processor time npm's convex-test runs messages:list of the bundle that HULL_BENCH_BUNDLE names,
// on an empty table: the function that backend_bench runs by itself. Prints the number.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeFunctionReference } from "../../interop/node_modules/convex/dist/esm/server/index.js";
import { convexTest } from "../../interop/node_modules/convex-test/dist/index.js";

const folder = process.env.HULL_BENCH_BUNDLE;
writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
const bundled = (name) => import(pathToFileURL(join(folder, name)).href);
const { default: schema } = await bundled("schema.js");
const peer = convexTest(schema, {
  "./convex/_generated/api.js": async () => ({}),
  "./convex/messages.js": () => bundled("messages.js"),
});
console.log = () => {}; // The function logs; here nobody reads it.
const list = makeFunctionReference("messages:list");

for (let i = 0; i < 500; ++i) await peer.query(list, {});
const before = process.cpuUsage();
let runs = 0;
for (const end = performance.now() + 3000; performance.now() < end; ++runs) await peer.query(list, {});
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${Math.round((runs / (user + system)) * 1e6)}\n`);
