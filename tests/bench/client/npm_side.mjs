// One measurement of the npm client against bench_frame_server: prints one line of JSON, as bench_client_side does.
//   node --expose-gc npm_side.mjs PORT QUERIES TRANSITIONS LAYERS
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(new URL("../../interop/package.json", import.meta.url));
const { BaseConvexClient } = require("convex/browser");
const WebSocket = require("ws");

const [port, queries, transitions, layers] = process.argv.slice(2).map(Number);

class Span {
  constructor() {
    this.wall = performance.now();
    this.cpu = process.cpuUsage();
  }
  stop() {
    this.wall = performance.now() - this.wall;
    const { user, system } = process.cpuUsage(this.cpu);
    this.cpu = (user + system) / 1000;
    return this;
  }
}

let opened = 0;
let reopened;
class NotedWebSocket extends WebSocket {
  constructor(...args) {
    super(...args);
    this.on("open", () => {
      if (++opened > 1) {
        notifications = 0;
        reopened = new Span();
      }
    });
  }
}

let notifications = 0;
let answered = 0;
let onChange = () => {};
const seen = new Map();
const client = new BaseConvexClient(
  `http://127.0.0.1:${port}`,
  (changed) => {
    notifications += changed.length;
    for (const token of changed) {
      // What an application does: it reads the value that changed.
      const value = client.localQueryResultByToken(token);
      if (!seen.has(token) && value !== undefined) answered += 1;
      seen.set(token, value);
    }
    onChange();
  },
  { webSocketConstructor: NotedWebSocket, unsavedChangesWarning: false, skipConvexDeploymentUrlCheck: true, logger: false },
);
const until = (condition) =>
  new Promise((resolve) => {
    const look = () => {
      if (!condition()) return false;
      onChange = () => {};
      resolve();
      return true;
    };
    if (!look()) onChange = look;
  });
const argsOf = (i) => ({ channel: `channel-${i}` });
while (opened === 0) await new Promise((resolve) => setTimeout(resolve, 1));
await new Promise((resolve) => setTimeout(resolve, 20));

global.gc();
const heapBefore = process.memoryUsage();
const subscribing = new Span();
const tokens = [];
for (let i = 0; i < queries; ++i) tokens.push(client.subscribe("messages:list", argsOf(i)).queryToken);
await until(() => answered >= queries);
subscribing.stop();
global.gc();
const heapAfter = process.memoryUsage();

const text = JSON.stringify(client.localQueryResultByToken(tokens[0]));
global.gc();
const beforeCopies = process.memoryUsage().heapUsed;
let copies = [];
for (let i = 0; i < 1000; ++i) copies.push(JSON.parse(text));
global.gc();
const valueBytes = (process.memoryUsage().heapUsed - beforeCopies) / copies.length;
copies = undefined;

const before = JSON.stringify(client.localQueryResultByToken(tokens[0]));
client.action("bench:cut", {}).catch(() => {});
await until(() => {
  if (opened < 2) return false;
  const now = client.localQueryResultByToken(tokens[0]);
  return now !== undefined && JSON.stringify(now) !== before;
});
reopened.stop();
const recoverNotifications = notifications;

async function stream(count, spread) {
  notifications = 0;
  const span = new Span();
  await client.mutation("bench:stream", { count, spread });
  return span.stop();
}
await stream(Math.floor(transitions / 10) + 1, queries);
const streaming = await stream(transitions, queries);
const notified = notifications;

let layersUs = 0;
if (layers > 0 && queries > 1) {
  const held = argsOf(queries - 1);
  for (let i = 0; i < layers; ++i) {
    client.mutation("bench:hold", {}, {
      optimisticUpdate: (store) => {
        const now = store.getQuery("messages:list", held);
        if (now !== undefined) store.setQuery("messages:list", held, now);
      },
    }).catch(() => {});
  }
  layersUs = ((await stream(transitions, queries - 1)).cpu * 1000) / transitions;
}

console.log(
  JSON.stringify({
    queries,
    subscribe_ms: subscribing.wall,
    subscribe_cpu_ms: subscribing.cpu,
    transitions_per_s: (transitions * 1000) / streaming.wall,
    cpu_us: (streaming.cpu * 1000) / transitions,
    notifications_per_transition: notified / transitions,
    layers_cpu_us: layersUs,
    recover_ms: reopened.wall,
    recover_cpu_ms: reopened.cpu,
    recover_notifications: recoverNotifications,
    heap_bytes_per_query: (heapAfter.heapUsed - heapBefore.heapUsed) / queries - valueBytes,
    resident_bytes_per_query: (heapAfter.rss - heapBefore.rss) / queries,
    value_bytes: valueBytes,
  }),
);
process.exit(0);
