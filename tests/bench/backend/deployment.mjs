// A backend of its own with the benchmark's functions. Prints one line when it serves, and ends with its input:
//   PORT PID MILLISECONDS_TO_START KILOBYTES_WHEN_IDLE DATA_FOLDER
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Backend } from "../../interop/harness.mjs";

const backend = await Backend.start(join(dirname(fileURLToPath(import.meta.url)), "app"));
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${backend.child.pid}/status`, "utf8"))[1]);
// Again, now that the program and its libraries are in the page cache; the median of five.
const starts = [];
for (let i = 0; i < 5; ++i) {
  await backend.halt();
  const began = performance.now();
  await backend.launch(1);
  starts.push(performance.now() - began);
}
starts.sort((a, b) => a - b);
await new Promise((resolve) => setTimeout(resolve, 1000));
const idle = resident();
await backend.deploy();
console.log([backend.port, backend.child.pid, starts[2].toFixed(1), idle, backend.data].join(" "));
process.stdin.resume();
process.stdin.on("end", async () => {
  await backend.stop();
  process.exit(0);
});
