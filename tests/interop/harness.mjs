// Starts hull-backend on free ports and a fresh folder, and deploys an app with the npm CLI: the one beside this file,
// or another folder with a package.json and functions in convex/.
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
  // `options`: further ones of `hull-backend serve`.
  static async start(app = here, options = []) {
    const b = new Backend();
    b.options = options;
    b.folder = mkdtempSync(join(tmpdir(), "hull-interop-"));
    b.data = join(b.folder, "data");
    b.project = join(b.folder, "app");
    b.port = await freePort();
    b.sitePort = await freePort();
    b.url = `http://127.0.0.1:${b.port}`;
    b.log = "";
    await b.launch();
    b.adminKey = execFileSync(program, ["admin-key", "--data", b.data]).toString().trim();
    cpSync(join(app, "convex"), join(b.project, "convex"), { recursive: true });
    cpSync(join(app, "package.json"), join(b.project, "package.json"));
    symlinkSync(join(here, "node_modules"), join(b.project, "node_modules"));
    return b;
  }

  // Starts the program, again after `halt`, on the same ports and data; asks every `pause` milliseconds whether it serves.
  async launch(pause = 20) {
    const ports = ["--port", this.port, "--site-port", this.sitePort].map(String);
    this.child = spawn(program, ["serve", "--data", this.data, ...ports, ...this.options]);
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (text) => (this.log += text));
    this.exited = new Promise((resolve) => this.child.once("exit", (code) => resolve(code)));
    for (let i = 0; ; ++i) {
      const answer = await fetch(this.url + "/version").catch(() => null);
      if (answer?.ok) break;
      if (i * pause >= 10000) throw new Error("hull-backend does not answer:\n" + this.log);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
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

  // Ends the program where it stands, as a crash would.
  crash() {
    this.child.kill("SIGKILL");
    return this.exited;
  }

  halt() {
    this.child.kill("SIGTERM");
    return this.exited;
  }

  async stop() {
    const code = await this.halt();
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
