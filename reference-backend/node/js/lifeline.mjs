// Ends the process, and what it started, when the backend has ended, also while a function keeps the main thread busy.
import { closeSync, readSync } from "node:fs";

try {
  readSync(4, Buffer.alloc(1));
  closeSync(4);
} finally {
  process.kill(-process.pid, "SIGKILL");
}
