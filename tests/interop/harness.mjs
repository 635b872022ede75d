// Starts hull-backend on free ports and a fresh folder, and deploys the app beside this file with the npm CLI.
import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const program = process.env.HULL_BACKEND;
if (!program) throw new Error("Set HULL_BACKEND to the hull-backend program.");

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export class Backend {
  static async start() {
    const b = new Backend();
    b.folder = mkdtempSync(join(tmpdir(), "hull-interop-"));
    b.data = join(b.folder, "data");
    b.project = join(b.folder, "app");
    b.port = await freePort();
    b.url = `http://127.0.0.1:${b.port}`;
    b.log = "";
    b.child = spawn(program, ["serve", "--data", b.data, "--port", b.port, "--site-port", await freePort()].map(String));
    for (const stream of [b.child.stdout, b.child.stderr]) stream.on("data", (text) => (b.log += text));
    b.exited = new Promise((resolve) => b.child.once("exit", (code) => resolve(code)));
    for (let i = 0; ; ++i) {
      const answer = await fetch(b.url + "/version").catch(() => null);
      if (answer?.ok) break;
      if (i === 500) throw new Error("hull-backend does not answer:\n" + b.log);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    b.adminKey = execFileSync(program, ["admin-key", "--data", b.data]).toString().trim();
    cpSync(join(here, "convex"), join(b.project, "convex"), { recursive: true });
    cpSync(join(here, "package.json"), join(b.project, "package.json"));
    symlinkSync(join(here, "node_modules"), join(b.project, "node_modules"));
    return b;
  }

  // Runs `npx convex ...args` in the project; rejects with its output when it fails.
  async convex(...args) {
    const cli = join(here, "node_modules", "convex", "bin", "main.js");
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...args], {
        cwd: this.project,
        env: {
          ...process.env,
          CI: "1",
          CONVEX_SELF_HOSTED_URL: this.url,
          CONVEX_SELF_HOSTED_ADMIN_KEY: this.adminKey,
        },
      });
      return stdout + stderr;
    } catch (e) {
      throw new Error(`convex ${args.join(" ")} failed:\n${e.stdout}${e.stderr}\nbackend log:\n${this.log}`);
    }
  }

  deploy() {
    return this.convex("deploy", "--typecheck", "disable");
  }

  async stop() {
    this.child.kill("SIGTERM");
    const code = await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }
}

// Waits until `get()` returns something else than undefined.
export async function until(get, what, ms = 15000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = get();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error("timed out waiting for " + what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
