// A seeded workload of many clients against a backend that is killed again and again:
//   node soak.mjs [CRASHES [SEED]]     HULL_BACKEND names the program
// Half of the clients hold a socket and a live query, and their mutations outlive a crash; the others use plain HTTP and do
// not know what became of a call that was cut off. At the end the history of all transactions is checked (history.mjs), and
// every live query must show what is stored.
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import WebSocket from "ws";
import { chance } from "../differential/generate.mjs";
import { Backend, until } from "../harness.mjs";
import { check } from "./history.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const transact = makeFunctionReference("lists:transact");
const one = makeFunctionReference("lists:one");
const all = makeFunctionReference("lists:all");

const keys = 6;
const sockets = 6;
const callers = 6;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function soak({ crashes, seed, between = 900, report = () => {} }) {
  const r = chance(seed);
  const transactions = [];
  let nextItem = 1;
  let generation = 0; // Lists must stay short: every so often all move on to new ones.
  const steps = () =>
    Array.from({ length: 1 + r.below(4) }, () => {
      const key = generation * keys + r.below(keys);
      return r.happens(45) ? ["read", key] : ["append", key, nextItem++];
    });
  const begin = () => {
    const t = { id: `T${transactions.length}`, steps: steps(), reads: null, done: false };
    transactions.push(t);
    return t;
  };

  const backend = await Backend.start(here);
  const clients = [];
  try {
    await backend.deploy();
    let running = true;
    const busy = [];

    for (let i = 0; i < sockets; ++i) {
      const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false, unsavedChangesWarning: false });
      const shown = {};
      client.onUpdate(all, {}, (lists) => (shown.lists = lists));
      clients.push({ client, shown });
      busy.push((async () => {
        while (running) {
          const t = begin();
          // Sent again after a crash by the client itself, until it is answered: exactly once.
          t.reads = await client.mutation(transact, { steps: t.steps });
          t.done = true;
          await pause(r.below(8));
        }
      })());
    }
    for (let i = 0; i < callers; ++i) {
      const http = new ConvexHttpClient(backend.url, { logger: false, skipConvexDeploymentUrlCheck: true });
      busy.push((async () => {
        while (running) {
          const t = begin();
          try {
            t.reads = await http.mutation(transact, { steps: t.steps }, { skipQueue: true });
            t.done = true;
          } catch {
            await pause(20);
          }
          await pause(r.below(8));
        }
      })());
    }

    const confirmed = () => transactions.filter((t) => t.done).length;
    let before = 0;
    for (let crash = 1; crash <= crashes; ++crash) {
      await pause(between / 2 + r.below(between));
      // A crash tells something when there was work: a busy machine takes longer for it.
      await until(() => confirmed() - before >= 20 || undefined, "twenty mutations between two crashes", 60000);
      before = confirmed();
      backend.child.kill("SIGKILL");
      await backend.exited;
      if (r.happens(30)) await pause(r.below(200));
      await backend.launch();
      if (crash % 10 === 0) ++generation;
      if (crash % 10 === 0 || crash === crashes)
        report(`${crash} crashes, ${transactions.length} transactions, ${confirmed()} confirmed`);
    }
    await pause(between);
    running = false;
    let done = false;
    void Promise.all(busy).then(() => (done = true));
    await until(() => done || undefined, "the last mutations", 60000);

    const http = new ConvexHttpClient(backend.url, { logger: false });
    const stored = await http.query(all, {});
    const final = new Map(Object.entries(stored).map(([k, items]) => [Number(k.slice(1)), items]));
    const wrong = check(transactions, final);
    const text = JSON.stringify(stored);
    for (const { shown } of clients)
      await until(() => JSON.stringify(shown.lists) === text || undefined, "a live query to show what is stored", 30000);
    const sample = [...final.keys()][0];
    if (JSON.stringify(await http.query(one, { key: sample })) !== JSON.stringify(final.get(sample))) wrong.push("two queries differ");
    return { wrong, transactions: transactions.length, confirmed: transactions.filter((t) => t.done).length };
  } finally {
    for (const { client } of clients) await client.close();
    await backend.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [crashes = 50, seed = 1] = process.argv.slice(2).map(Number);
  const began = Date.now();
  const { wrong, transactions, confirmed } = await soak({ crashes, seed, report: console.log });
  for (const text of wrong.slice(0, 20)) console.log("WRONG: " + text);
  console.log(`${crashes} crashes, seed ${seed}: ${transactions} transactions, ${confirmed} confirmed, ` +
    `${wrong.length} findings, ${((Date.now() - began) / 1000).toFixed(0)} s`);
  process.exitCode = wrong.length ? 1 : 0;
}
