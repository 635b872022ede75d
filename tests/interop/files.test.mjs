// File storage: uploads, URLs, ranges, hashes, deletion, and what a restart keeps.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";

const api = anyApi;
let backend, http;

before(async () => {
  backend = await Backend.start();
  await backend.deploy();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
after(async () => {
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
});

const hash = (data) => createHash("sha256").update(data).digest();
const post = async (body, headers = {}) =>
  fetch(await http.mutation(api.files.generateUploadUrl, {}), { method: "POST", body, headers });
const upload = async (body, type) => {
  const answer = await post(body, type === undefined ? {} : { "Content-Type": type });
  assert.equal(answer.status, 200, await answer.clone().text());
  const { storageId } = await answer.json();
  assert.equal(typeof storageId, "string");
  return storageId;
};
const blobs = () => readdirSync(join(backend.data, "files")).filter((name) => name !== "incoming");
const half = () => readdirSync(join(backend.data, "files", "incoming"));

test("a gallery: upload, list with live URLs, delete", async () => {
  const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
  try {
    const seen = [];
    client.onUpdate(api.files.list, {}, (value) => seen.push(value));
    const png = Buffer.from("89504e470d0a1a0a00", "hex");
    const id = await upload(png, "image/png");
    await client.mutation(api.files.send, { storageId: id, author: "ada" });
    const [picture] = await until(() => seen.find((list) => list.length === 1), "the picture");
    assert.equal(picture.author, "ada");
    assert.match(picture.url, new RegExp(`^${backend.url}/api/storage/[0-9a-f-]{36}$`));
    const got = await fetch(picture.url);
    assert.equal(got.status, 200);
    assert.equal(got.headers.get("content-type"), "image/png");
    assert.equal(got.headers.get("content-length"), "9");
    assert.equal(got.headers.get("cache-control"), "private, max-age=2592000");
    assert.equal(got.headers.get("accept-ranges"), "bytes");
    assert.equal(got.headers.get("digest"), "sha-256=" + hash(png).toString("base64"));
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), png);

    await client.mutation(api.files.remove, { id });
    await until(() => (seen.at(-1).length === 0 ? true : undefined), "the list without it");
    assert.equal((await fetch(picture.url)).status, 404);
    assert.equal(await http.query(api.files.url, { id }), null);
    assert.deepEqual(blobs(), [], "the bytes are gone from the disk");
  } finally {
    await client.close();
  }
});

test("a query with the URL of a file runs again when the file is deleted elsewhere", async () => {
  const id = await upload("short life");
  const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: false });
  try {
    const seen = [];
    client.onUpdate(api.files.url, { id }, (value) => seen.push(value));
    await until(() => seen[0], "a URL");
    await http.mutation(api.files.remove, { id });
    await until(() => (seen.at(-1) === null ? true : undefined), "null");
  } finally {
    await client.close();
  }
});

test("metadata and the system table", async () => {
  const id = await upload("hello", "text/x-greeting; charset=utf-8");
  const digest = hash("hello");
  assert.deepEqual(await http.query(api.files.metadata, { id }), {
    storageId: id, sha256: digest.toString("hex"), size: 5, contentType: "text/x-greeting; charset=utf-8",
  });
  const row = await http.query(api.files.systemRow, { id });
  assert.deepEqual(Object.keys(row).sort(), ["_creationTime", "_id", "contentType", "sha256", "size"]);
  assert.deepEqual({ ...row, _creationTime: 0 }, {
    _id: id, _creationTime: 0, sha256: digest.toString("base64"), size: 5, contentType: "text/x-greeting; charset=utf-8",
  });
  assert.ok((await http.query(api.files.systemRows, {})).some((r) => r._id === id));
  const untyped = await upload(new Uint8Array(3));
  assert.equal((await http.query(api.files.metadata, { id: untyped })).contentType, null);
  const uuid = (await http.query(api.files.url, { id })).split("/").at(-1);
  assert.equal(await http.query(api.files.url, { id: uuid }), await http.query(api.files.url, { id }));
});

test("ranges", async () => {
  const url = await http.query(api.files.url, { id: await upload("0123456789", "text/plain") });
  const range = (text) => fetch(url, { headers: { Range: text } });
  const part = await range("bytes=2-4");
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), "bytes 2-4/10");
  assert.equal(part.headers.get("content-length"), "3");
  assert.equal(part.headers.get("content-type"), "text/plain");
  assert.equal(part.headers.get("digest"), null);
  assert.equal(await part.text(), "234");
  assert.equal(await (await range("bytes=-3")).text(), "789");
  assert.equal(await (await range("bytes=8-")).text(), "89");
  for (const bad of ["bytes=10-", "bytes=0-1,3-4"]) {
    const answer = await range(bad);
    assert.equal(answer.status, 416, bad);
    assert.equal(answer.headers.get("content-range"), "bytes */10");
  }
  const head = await fetch(url, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get("content-length"), "10");
  assert.equal(await head.text(), "");
  const empty = await http.query(api.files.url, { id: await upload("") });
  const whole = await fetch(empty, { headers: { Range: "bytes=0-1" } });
  assert.equal(whole.status, 200);
  assert.equal(await whole.text(), "");
});

test("a large file goes through in pieces, with and without its length", async () => {
  const data = Buffer.alloc(8_000_000);
  for (let i = 0; i < data.length; i += 4) data.writeUInt32LE((i * 2654435761) >>> 0, i);
  const pieces = async function* () {
    for (let i = 0; i < data.length; i += 1_000_000) yield data.subarray(i, i + 1_000_000);
  };
  const url = await http.mutation(api.files.generateUploadUrl, {});
  const chunked = await fetch(url, { method: "POST", body: pieces(), duplex: "half" });
  for (const id of [(await chunked.json()).storageId, await upload(data)]) {
    const got = Buffer.from(await (await fetch(await http.query(api.files.url, { id }))).arrayBuffer());
    assert.ok(got.equals(data));
    assert.equal((await http.query(api.files.metadata, { id })).sha256, hash(data).toString("hex"));
  }
});

test("a digest is checked, a token too", async () => {
  const before = blobs().length;
  const good = await post("abc", { Digest: "md5=x, SHA-256=" + hash("abc").toString("base64") });
  assert.equal(good.status, 200);
  const refused = async (answer, status, code) => {
    const { code: got, message } = await (await answer).json();
    assert.equal(got, code, message);
    assert.equal((await answer).status, status);
  };
  await refused(post("abc", { Digest: "sha-256=" + hash("abd").toString("base64") }), 400, "Sha256Mismatch");
  await refused(post("abc", { Digest: "sha-256=abc" }), 400, "BadDigest");
  await refused(post("abc", { "Content-Type": "nonsense" }), 400, "BadContentType");
  const to = (query) => fetch(backend.url + "/api/storage/upload" + query, { method: "POST", body: "abc" });
  await refused(to("?token=AAAA"), 401, "StorageTokenInvalid");
  await refused(to(""), 400, "BadQueryArgs");
  await refused(fetch(backend.url + "/api/storage/not-a-uuid"), 400, "InvalidStoragePath");
  await refused(fetch(backend.url + "/api/storage/01234567-89ab-4def-8012-0123456789ab"), 404, "StorageFileNotFound");
  assert.equal(blobs().length, before + 1);
  assert.deepEqual(half(), []);
});

test("browsers may upload from any origin", async () => {
  const url = await http.mutation(api.files.generateUploadUrl, {});
  const headers = { Origin: "http://app.test", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" };
  const preflight = await fetch(url, { method: "OPTIONS", headers });
  assert.equal(preflight.status, 200);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "http://app.test");
  const answer = await fetch(url, { method: "POST", body: "x", headers: { Origin: "http://app.test" } });
  assert.equal(answer.headers.get("access-control-allow-origin"), "http://app.test");
  assert.ok((await answer.json()).storageId);
});

test("an upload that is broken off leaves nothing", async () => {
  const url = await http.mutation(api.files.generateUploadUrl, {});
  const before = blobs().length;
  await new Promise((resolve) => {
    const client = request(url, { method: "POST", headers: { "Content-Length": 1000 } });
    client.on("error", resolve);
    client.write("a part of it");
    until(() => (half().length === 1 ? true : undefined), "the draft").then(() => client.destroy(new Error("gone")));
  });
  await until(() => (half().length === 0 ? true : undefined), "the draft to go");
  assert.equal(blobs().length, before);
});

test("deleting is part of the mutation", async () => {
  const id = await upload("stays");
  await assert.rejects(http.mutation(api.files.removeAndFail, { id }), /changed my mind/);
  assert.equal(await http.mutation(api.files.removeInVain, { id }), true);
  const url = await http.query(api.files.url, { id });
  assert.equal(await (await fetch(url)).text(), "stays");
  await http.mutation(api.files.remove, { id });
  await assert.rejects(http.mutation(api.files.remove, { id }), (e) => e.message.includes(`storage id ${id} not found`));
});

test("actions have the same", async () => {
  const id = await upload("in an action");
  const got = await http.action(api.files.inAction, { id });
  assert.match(got.url, /\/api\/storage\/[0-9a-f-]{36}$/);
  assert.equal(got.size, 12);
  assert.match(got.upload, /\/api\/storage\/upload\?token=/);
  assert.equal(got.after, null);
  assert.equal(got.again, `storage id ${id} not found`);
});

test("a text that is no storage id is refused with its name", async () => {
  await assert.rejects(http.query(api.files.url, { id: "nonsense" }), /"nonsense" is not a valid storage ID/);
  const { _id } = (await http.query(api.messages.list, {}))[0] ?? {
    _id: await http.mutation(api.messages.send, { author: "a", body: "b" }),
  };
  await assert.rejects(http.query(api.files.url, { id: _id }), /expected to be an Id<"_storage">, got Id<"messages"> instead/);
});

test("files survive a restart, and what no row knows does not", async () => {
  const id = await upload("kept", "text/plain");
  assert.equal(await backend.halt(), 0);
  writeFileSync(join(backend.data, "files", "0123-orphan"), "of a crash");
  writeFileSync(join(backend.data, "files", "incoming", "half"), "of a crash");
  await backend.launch();
  assert.equal(await (await fetch(await http.query(api.files.url, { id }))).text(), "kept");
  assert.ok(!blobs().includes("0123-orphan"));
  assert.deepEqual(half(), []);
});
