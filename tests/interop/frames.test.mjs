// Frames that no good client sends: the sender gets the error of the protocol, everybody else notices nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { randomUUID } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { ConvexClient } from "convex/browser";
import { anyApi as api } from "convex/server";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";

let backend, bystander;
const seen = [];

before(async () => {
  backend = await Backend.start();
  await backend.deploy();
  bystander = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
  bystander.onUpdate(api.messages.byAuthor, { author: "bystander" }, (value) => seen.push(value));
  await until(() => seen[0], "the bystander's first value");
});
after(async () => {
  await bystander?.close();
  assert.equal(await backend?.stop(), 0);
});

// Opens a raw socket, sends the frames, and resolves with what came back and how it was closed.
function provoke(frames, { waitForClose = true } = {}) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(backend.url.replace("http", "ws") + "/api/1.48.0/sync");
    const messages = [];
    const timer = setTimeout(() => {
      socket.terminate();
      waitForClose ? reject(new Error("not closed; got " + JSON.stringify(messages))) : resolve({ messages });
    }, waitForClose ? 10000 : 1000);
    socket.on("open", () => frames.forEach((f) => socket.send(typeof f === "object" && !Buffer.isBuffer(f) ? JSON.stringify(f) : f)));
    socket.on("message", (data) => messages.push(JSON.parse(data)));
    socket.on("error", () => {});
    socket.on("close", (code, reason) => {
      clearTimeout(timer);
      resolve({ messages, code, reason: String(reason) });
    });
  });
}

const hello = () => ({ type: "Connect", sessionId: randomUUID(), connectionCount: 0, lastCloseReason: "InitialConnect" });
const fatal = ({ messages }) => messages.find((m) => m.type === "FatalError")?.error;

afterEachCheck("not JSON at all", async () => {
  const end = await provoke(["this is not json"]);
  assert.match(fatal(end), /^Received Invalid JSON on websocket: /);
  assert.equal(end.code, 1005);
});
afterEachCheck("JSON of no known type", async () => {
  assert.match(fatal(await provoke([hello(), { type: "Nonsense" }])), /^Received Invalid JSON on websocket: /);
});
afterEachCheck("a path that is none", async () => {
  const add = { type: "Add", queryId: 0, udfPath: "a b c", args: [{}] };
  assert.ok(fatal(await provoke([hello(), { type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications: [add] }])));
});
afterEachCheck("a query set version that does not follow", async () => {
  const end = await provoke([hello(), { type: "ModifyQuerySet", baseVersion: 5, newVersion: 6, modifications: [] }]);
  assert.match(fatal(end), /BaseVersionMismatch|base version/i);
});
afterEachCheck("the same query id twice", async () => {
  const add = { type: "Add", queryId: 0, udfPath: "messages:list", args: [{}] };
  const end = await provoke([hello(), { type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications: [add, add] }]);
  assert.equal(end.code, 1011);
  assert.equal(end.reason, "InternalServerError");
});
afterEachCheck("a binary frame", async () => {
  const end = await provoke([Buffer.from([1, 2, 3])]);
  assert.ok(end.code !== undefined);
});
afterEachCheck("a frame above the limit", async () => {
  const end = await provoke([hello(), "x".repeat(70 * 1024 * 1024)]);
  assert.equal(end.code, 1009);
});
afterEachCheck("nesting without end", async () => {
  assert.match(fatal(await provoke(["[".repeat(5_000_000)])), /^Received Invalid JSON on websocket: /);
});
afterEachCheck("a value that is none fails its call alone", async () => {
  const end = await provoke(
    [hello(), { type: "Mutation", requestId: 0, udfPath: "messages:send", args: [{ author: { $integer: 5 }, body: "x" }] }],
    { waitForClose: false });
  const response = end.messages.find((m) => m.type === "MutationResponse");
  assert.equal(response.success, false);
  assert.match(response.result, /Invalid arguments for messages\.js:send: .*\$integer/);
});
afterEachCheck("a token that nobody issued", async () => {
  const end = await provoke([hello(), { type: "Authenticate", baseVersion: 0, tokenType: "User", value: "not.a.jwt" }]);
  assert.equal(end.messages.find((m) => m.type === "AuthError")?.authUpdateAttempted, true);
  assert.equal(end.code, 1005);
});
afterEachCheck("half a request and then silence does not hold the server", async () => {
  const socket = connectTcp(Number(new URL(backend.url).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.write("POST /api/query HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.destroy();
});
afterEachCheck("an HTTP body above the limit", async () => {
  const answer = await fetch(backend.url + "/api/mutation", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ path: "messages:send", args: { author: "a", body: "x".repeat(17 * 1024 * 1024) } }),
  }).catch((e) => e);
  assert.ok(answer instanceof Error || answer.status === 413 || answer.status === 400);
});
afterEachCheck("HTTP without JSON", async () => {
  const answer = await fetch(backend.url + "/api/query", { method: "POST", headers: { "content-type": "application/json" }, body: "{" });
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).code, "BadJsonBody");
});

// Each provocation is followed by proof that the bystander's live query still works.
function afterEachCheck(name, run) {
  test(name, async () => {
    await run();
    const count = seen.at(-1).length;
    await bystander.mutation(api.messages.send, { author: "bystander", body: name });
    assert.equal(seen.at(-1).length, count + 1);
  });
}
