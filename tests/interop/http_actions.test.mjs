// HTTP actions on the site port and below /http/ of the API: routing, bodies that stream both ways, errors, files.
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { after, before, test } from "node:test";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { Backend, until } from "./harness.mjs";

const api = anyApi;
let backend, http, site;

before(async () => {
  backend = await Backend.start();
  site = `http://127.0.0.1:${backend.sitePort}`;
});
after(async () => {
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
});

test("without http.ts there are no HTTP actions", async () => {
  for (const url of [site + "/hello", site + "/", backend.url + "/http/hello"]) {
    const answer = await fetch(url);
    assert.equal(answer.status, 404);
    assert.equal(await answer.text(), "This Convex deployment does not have HTTP actions enabled.");
  }
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});

test("the guide's demo: post a message, read it back by prefix", async () => {
  const sent = await fetch(site + "/postMessage", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ author: "User 123", body: "Hi" }),
  });
  assert.equal(sent.status, 200);
  assert.equal(sent.headers.get("access-control-allow-origin"), "*");
  assert.equal(sent.headers.get("vary"), "origin");
  assert.equal(await sent.text(), "");
  const got = await fetch(site + "/getAuthorMessages/User%20123");
  assert.equal(got.headers.get("x-author"), "User 123");
  assert.match(got.headers.get("content-type"), /^application\/json/);
  assert.deepEqual(await got.json(), ["Sent via HTTP action: Hi"]);
});

test("the app answers preflights itself, and the backend adds no CORS headers", async () => {
  const headers = { Origin: "https://app.test", "Access-Control-Request-Method": "POST" };
  for (const origin of [site, backend.url + "/http"]) {
    const preflight = await fetch(origin + "/postMessage", { method: "OPTIONS", headers });
    assert.equal(preflight.status, 200);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "https://app.test");
    assert.equal(preflight.headers.get("access-control-max-age"), "86400");
    assert.equal(preflight.headers.get("access-control-allow-credentials"), null);
    const other = await fetch(origin + "/echo", { method: "OPTIONS", headers });
    assert.equal(other.status, 404);
    assert.equal((await fetch(origin + "/echo", { headers })).headers.get("access-control-allow-origin"), null);
  }
});

test("routes: exact before prefix, the longer prefix first, methods apart", async () => {
  const text = async (path, init) => (await fetch(site + path, init)).text();
  assert.equal(await text("/getAuthorMessages/exact"), "the exact route");
  assert.equal(await text("/getAuthorMessages/long/x"), "the longer prefix");
  assert.equal(await text("/getAuthorMessages/nobody"), "[]");
  for (const [path, init] of [["/getAuthorMessages"], ["/nowhere"], ["/postMessage"], ["/echo/"], ["/echo", { method: "OPTIONS" }]]) {
    const answer = await fetch(site + path, init);
    assert.equal(answer.status, 404, path);
    assert.equal(await answer.text(), "No matching routes found");
  }
});

test("the request arrives as it was sent, on both ports", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const answer = await fetch(site + "/echo?q=%20a&b", { method, body: "b\u00f6dy", headers: { "X-One": "1", "X-Latin": "\u00e4" } });
    assert.deepEqual(await answer.json(), {
      method, url: site + "/echo?q=%20a&b", headers: { "x-one": "1", "x-latin": "\u00e4" }, body: "b\u00f6dy",
    });
  }
  const below = await fetch(backend.url + "/http/echo?x", { headers: { "X-Forwarded-Proto": "https" } });
  assert.equal((await below.json()).url, backend.url.replace("http:", "https:") + "/echo?x");
  const head = await fetch(site + "/echo", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.ok(Number(head.headers.get("content-length")) > 0);
});

test("a body of ten megabytes, with and without its length", async () => {
  const data = Buffer.alloc(10_000_000);
  let sum = 0;
  for (let i = 0; i < data.length; ++i) data[i] = i % 251;
  const pieces = async function* () {
    for (let i = 0; i < data.length; i += 65536) yield data.subarray(i, i + 65536);
  };
  for (const init of [{ body: data }, { body: pieces(), duplex: "half" }]) {
    const answer = await fetch(site + "/size", { method: "POST", ...init });
    const got = await answer.json();
    assert.equal(got.size, data.length);
    sum ||= got.sum;
    assert.ok(sum > 0);
  }
});

test("pieces of the response leave while the request is still being sent", async () => {
  const client = request(site + "/upper", { method: "POST" });
  const pieces = [];
  let ended = false;
  client.on("response", (answer) => {
    answer.on("data", (piece) => pieces.push(piece.toString()));
    answer.on("end", () => (ended = true));
  });
  client.write("one ");
  await until(() => (pieces.join("") === "ONE " ? true : undefined), "the first piece");
  assert.equal(ended, false);
  client.write("two");
  await until(() => (pieces.join("") === "ONE TWO" ? true : undefined), "the second piece");
  client.end();
  await until(() => (ended ? true : undefined), "the end");
});

const bodiesOf = async (author, count) => {
  const end = Date.now() + 15000;
  for (;;) {
    const found = await http.query(api.messages.byAuthor, { author });
    if (found.length === count) return found;
    if (Date.now() > end) throw new Error("timed out: " + JSON.stringify(found));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test("a client that goes away aborts the request's signal, and the function goes on", async () => {
  const author = "leaver";
  const client = request(site + "/wait?author=" + author).on("error", () => {});
  client.end();
  assert.deepEqual(await bodiesOf(author, 1), ["here"]);
  client.destroy();
  assert.deepEqual(await bodiesOf(author, 2), ["here", "gone"]);
});

test("so it is on connections that have served other requests before", async () => {
  const agent = new Agent({ keepAlive: true });
  const served = (client) =>
    new Promise((resolve, reject) =>
      client.on("error", reject).on("response", (answer) => answer.resume().on("end", resolve)).end(),
    );
  const one = async (name) => {
    const author = "leaver" + name;
    for (let i = 0; i < 4; ++i) await served(request(site + "/getAuthorMessages/exact", { agent }));
    const client = request(site + "/wait?author=" + author, { agent }).on("error", () => {});
    client.end();
    await bodiesOf(author, 1);
    client.destroy();
    assert.deepEqual(await bodiesOf(author, 2), ["here", "gone"]);
  };
  for (let i = 0; i < 6; ++i) await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((k) => one(`${i}.${k}`)));
  agent.destroy();
});

test("a client that goes away cancels the stream of the response", async () => {
  const client = request(site + "/forever").on("error", () => {});
  const response = await new Promise((resolve) => client.on("response", resolve).end());
  response.on("error", () => {});
  assert.equal((await new Promise((resolve) => response.once("data", resolve))).toString(), "here");
  client.destroy();
  await until(() => (/the stream was cancelled/.test(backend.log) ? true : undefined), "the log");
});

test("an error before the response is a 500 with its trace", async () => {
  const answer = await fetch(site + "/fail", { headers: { "Convex-Request-Id": "0123456789abcdef" } });
  assert.equal(answer.status, 500);
  const { code, trace } = await answer.json();
  assert.equal(code, "[Request ID: 0123456789abcdef] Server Error: Uncaught Error: boom");
  assert.match(trace, /^Uncaught Error: boom\n {4}at .*http\.ts:\d+:\d+\)/);
  const wrong = await (await fetch(site + "/notAResponse")).json();
  assert.match(wrong.code, /HTTP actions must return a Response/);
  await until(() => (/GET \/fail/.test(backend.log) && /about to fail/.test(backend.log) ? true : undefined), "the log");
});

test("an error after the response has begun breaks it off", async () => {
  const answer = await fetch(site + "/failLate");
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
});

test("a response of more than twenty megabytes is cut off", async () => {
  const answer = await fetch(site + "/tooMuch");
  await assert.rejects(answer.arrayBuffer());
  await until(() => (/HttpResponseTooLarge/.test(backend.log) ? true : undefined), "the log");
});

test("methods that no route can have reach no function", async () => {
  for (const url of [site + "/echo", backend.url + "/http/echo"]) {
    const answer = await new Promise((resolve, reject) =>
      request(url, { method: "PROPFIND" }).on("response", resolve).on("error", reject).end());
    assert.equal(answer.statusCode, 404);
    assert.equal(Buffer.concat(await answer.toArray()).toString(), "No matching routes found");
  }
  assert.doesNotMatch(backend.log, /PROPFIND/);
});

test("told less, clients get neither the error's text nor the list of providers", async () => {
  const strict = await Backend.start(undefined, ["--redact-logs-to-client"]);
  try {
    await strict.deploy();
    const headers = { "Convex-Request-Id": "0123456789abcdef" };
    const answer = await fetch(`http://127.0.0.1:${strict.sitePort}/fail`, { headers });
    assert.equal(answer.status, 500);
    assert.deepEqual(await answer.json(), { code: "[Request ID: 0123456789abcdef] Server Error" });
    const refused = await fetch(strict.url + "/api/query", {
      method: "POST", headers: { "Content-Type": "application/json", Authorization: "Bearer a.b.c" },
      body: JSON.stringify({ path: "messages:list", args: {}, format: "json" }),
    });
    assert.equal(refused.status, 401);
    assert.equal((await refused.json()).message, "No auth provider found matching the given token");
  } finally {
    await strict.stop();
  }
});

test("several cookies, no body, other than ASCII", async () => {
  const answer = await fetch(site + "/cookies");
  assert.equal(answer.status, 204);
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.equal(answer.headers.get("x-umlaut"), "\u00e4");
  assert.equal(answer.headers.get("content-length"), null);
  assert.equal((await fetch(site + "/cookies")).status, 204, "the connection goes on");
});

test("headers that are too large are an error of this response alone", async () => {
  const answer = await fetch(site + "/largeHeader");
  assert.equal(answer.status, 500);
  assert.match((await answer.json()).code, /headers of the response are too large/);
  assert.equal((await fetch(site + "/cookies")).status, 204, "the backend goes on");
});

test("nobody, an admin, and a token that is none", async () => {
  const ask = async (authorization) =>
    (await fetch(site + "/whoami", { headers: authorization ? { Authorization: authorization } : {} })).json();
  assert.deepEqual(await ask(), { identity: null });
  assert.deepEqual(await ask("Convex " + backend.adminKey), { identity: null });
  assert.ok((await ask("Bearer not.a.token")).refused);
});

test("files go in and out through HTTP actions", async () => {
  const data = Buffer.alloc(3_000_000, "hull");
  const sent = await fetch(site + "/sendImage?author=painter", { method: "POST", body: data, headers: { "Content-Type": "image/x-test" } });
  assert.equal(sent.status, 200, await sent.clone().text());
  const { storageId } = await sent.json();
  const got = await fetch(site + "/getImage?storageId=" + storageId);
  assert.equal(got.headers.get("content-type"), "image/x-test");
  assert.ok(Buffer.from(await got.arrayBuffer()).equals(data));
  const [picture] = (await http.query(api.files.list, {})).filter((p) => p.author === "painter");
  assert.equal((await http.query(api.files.metadata, { id: storageId })).size, data.length);
  assert.equal((await fetch(picture.url)).headers.get("content-type"), "image/x-test");
  await http.mutation(api.files.remove, { id: storageId });
  assert.equal((await fetch(site + "/getImage?storageId=" + storageId)).status, 404);
});
