// The program that runs actions for hull-backend: reads questions from a socket, a JSON object in each line, and
// answers them. `node main.mjs ROOT`; the socket is descriptor 3, descriptor 4 ends when the backend does.
import { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { install as installConsole } from "./console.mjs";
import { install as installConvex } from "./convex.mjs";
import { install as installErrors } from "./errors.mjs";
import { currentRun, describe, fail, run, Run, runs } from "./run.mjs";

const link = new Socket({ fd: 3, readable: true, writable: true });
link.setEncoding("utf8");

function send(message) {
  // A surrogate without its other half has no UTF-8, and the backend takes nothing else.
  link.write(JSON.stringify(message, (_, v) => (typeof v === "string" ? v.replace(/\p{Surrogate}/gu, "\ufffd") : v)) + "\n");
}

function begin(question) {
  const started = new Run(question, send);
  runs.set(question.id, started);
  const work = question.type === "run" ? run : describe;
  work(started, question).then(
    (value) => started.finish({ value }),
    (error) => started.finish({ error: fail(error) }),
  );
}

function hear(line) {
  const message = JSON.parse(line);
  if (message.type === "answer") runs.get(message.id)?.answered(message);
  else begin(message);
}

let parts = [];
link.on("data", (chunk) => {
  const lines = chunk.split("\n");
  if (lines.length === 1) return void parts.push(chunk);
  lines[0] = parts.join("") + lines[0];
  parts = [lines.pop()];
  for (const line of lines) hear(line);
});
const leave = () => process.kill(-process.pid, "SIGKILL");
link.on("end", leave);
link.on("error", leave);
new Worker(new URL("./lifeline.mjs", import.meta.url)).unref();

installConsole(currentRun);
installConvex(currentRun);
installErrors(process.argv[2]);

/// After any of these the state of the process is anybody's guess: what runs may end, new runs get another process.
function giveUp(event, error) {
  const run = currentRun();
  const concerned = run === undefined ? [...runs.values()] : [run];
  for (const one of concerned) one.finish({ error: { ...fail(error), name: event }, exiting: true });
}
process.on("unhandledRejection", (error) => giveUp("unhandledRejection", error));
process.on("uncaughtException", (error) => giveUp("uncaughtException", error));
process.exit = (code) => {
  const how = code === undefined ? "with no exit code" : `with exit code ${code}`;
  const error = new Error(`process.exit() called ${how}`);
  giveUp("process.exit", error);
  throw error;
};

send({ type: "ready", version: process.version });
