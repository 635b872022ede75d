// Users who sign in with an identity provider: the "users and auth" app, the npm clients, and tokens good and bad.
import assert from "node:assert/strict";
import { createHmac, createPublicKey, verify } from "node:crypto";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import WebSocket from "ws";
import { Backend, until } from "./harness.mjs";
import { Issuer } from "./issuer.mjs";

const api = anyApi;
let backend, issuer;

before(async () => {
  issuer = await Issuer.start();
  backend = await Backend.start(join(dirname(fileURLToPath(import.meta.url)), "users_and_auth"));
});
after(async () => {
  issuer?.stop();
  assert.equal(await backend?.stop(), 0, "hull-backend stops cleanly");
});

const httpAs = (token) => {
  const http = new ConvexHttpClient(backend.url, { logger: false });
  if (token) http.setAuth(token);
  return http;
};
const silent = { warn() {}, error() {}, log() {}, logVerbose() {} };
const socketClient = () => new ConvexClient(backend.url, { webSocketConstructor: WebSocket, logger: silent });
// Notes every value of a live query.
const watch = (client, query, args = {}) => {
  const seen = [];
  client.onUpdate(query, args, (value) => seen.push(value), (error) => seen.push(error));
  return seen;
};

test("a variable that auth.config needs has to be set before the app is deployed", async () => {
  await assert.rejects(backend.deploy(), /Environment variable ISSUER_URL is used in auth config file but its value was not set/);
  await backend.convex("env", "set", "ISSUER_URL", issuer.url);
  await backend.deploy();
  assert.deepEqual(issuer.requests, [], "nobody has signed in yet");
});

test("ConvexHttpClient: the user of the token, or nobody", async () => {
  assert.equal(await httpAs().query(api.users.whoami, {}), null);
  const token = issuer.token("ada", {
    name: "Ada", given_name: "A", email: "ada@example.com", email_verified: true, picture: "https://x/ada.png",
    locale: "en", updated_at: 1700000000, role: "admin", "https://example.com/org": { id: 7, tags: ["a"] },
  });
  const http = httpAs(token);
  assert.deepEqual(await http.query(api.users.whoami, {}), {
    tokenIdentifier: `${issuer.url}|ada`, issuer: issuer.url, subject: "ada",
    name: "Ada", givenName: "A", email: "ada@example.com", emailVerified: true, pictureUrl: "https://x/ada.png",
    language: "en", updatedAt: "2023-11-14T22:13:20+00:00", role: "admin", "https://example.com/org": { id: 7, tags: ["a"] },
  });
  assert.equal(await http.mutation(api.users.subjectInMutation, {}), "ada");
  assert.deepEqual(await http.action(api.users.everywhere, {}), ["ada", "ada", "ada", "ada"]);
  assert.deepEqual(await httpAs().action(api.users.everywhere, {}), [null, null, null, null]);
  http.clearAuth();
  assert.equal(await http.query(api.users.whoami, {}), null);
});

test("a provider of type customJwt, with a key of another kind and no audience", async () => {
  const claims = { iss: issuer.url + "/custom", aud: undefined, org: { id: 7, plan: { name: "pro" } } };
  assert.deepEqual(await httpAs(issuer.token("eve", claims, "ES256")).query(api.users.whoami, {}), {
    tokenIdentifier: `${issuer.url}/custom|eve`, issuer: issuer.url + "/custom", subject: "eve",
    "org.id": 7, "org.plan.name": "pro",
  });
  await assert.rejects(httpAs(issuer.token("eve", claims, "RS256")).query(api.users.whoami, {}), /algorithm \\"RS256\\"/);
});

test("Ed25519 keys of an OIDC provider", async () => {
  assert.equal((await httpAs(issuer.token("ed", {}, "EdDSA")).query(api.users.whoami, {})).subject, "ed");
});

test("tokens that are refused, and what is said about them", async () => {
  const now = Math.floor(Date.now() / 1000);
  const good = issuer.token("ada");
  const [header, body, signature] = good.split(".");
  const hs256 = (() => {
    const text = Buffer.from(JSON.stringify({ alg: "HS256", kid: issuer.keys.RS256.kid })).toString("base64url") + "." + body;
    const secret = issuer.keys.RS256.publicKey.export({ type: "spki", format: "pem" });
    return text + "." + createHmac("sha256", secret).update(text).digest("base64url");
  })();
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url") + "." + body + ".";
  const cases = [
    [issuer.token("ada", { exp: now - 60 }), "Unauthenticated", "The token has expired."],
    [issuer.token("ada", { nbf: now + 60 }), "Unauthenticated", "not valid yet"],
    [issuer.token("ada", { aud: "another-app" }), "NoAuthProvider", "another-app"],
    [issuer.token("ada", { iss: "https://elsewhere.example" }), "NoAuthProvider", "elsewhere"],
    [issuer.token("ada", {}, "ES256"), "Unauthenticated", "ES256"],
    [header + "." + body + "." + (signature[0] === "A" ? "B" : "A") + signature.slice(1), "Unauthenticated", "signature"],
    [hs256, "Unauthenticated", "HS256"],
    [none, "Unauthenticated", "none"],
    ["nonsense", "InvalidAuthHeader", "three parts"],
    ["a.b.c", "InvalidAuthHeader", "header"],
    [header + "." + body + "x".repeat(60_000) + "." + signature, "InvalidAuthHeader", ""],
  ];
  for (const [token, code, text] of cases) {
    const answer = await fetch(backend.url + "/api/query", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer " + token },
      body: JSON.stringify({ path: "users:whoami", args: {} }),
    });
    assert.equal(answer.status, 401, token.slice(0, 40));
    const said = await answer.json();
    assert.equal(said.code, code);
    assert.ok(said.message.includes(text), said.message);
    await assert.rejects(httpAs(token).query(api.messages.list, {}), new RegExp(code), "also where no user is asked for");
  }
});

test("ConvexClient: signing in, sending, a fresh token, signing out", async () => {
  const client = socketClient();
  const stages = [], forced = [];
  try {
    const who = watch(client, api.users.whoami);
    const mine = watch(client, api.messages.mine);
    await until(() => (who.length && mine.length) || undefined, "the values for nobody");
    await assert.rejects(client.mutation(api.messages.send, { body: "x" }), /Only users who were stored/);

    client.setAuth(async ({ forceRefreshToken }) => {
      forced.push(forceRefreshToken);
      return issuer.token("grace", { name: "Grace", n: forced.length });
    }, (authenticated) => stages.push(authenticated));
    await until(() => (who.at(-1)?.subject === "grace" ? true : undefined), "the user");
    await client.mutation(api.users.store, {});
    await client.mutation(api.messages.send, { body: "hello" });
    assert.deepEqual(mine.at(-1), ["hello"]);
    assert.deepEqual((await client.query(api.messages.list, {})).at(-1), { author: "Grace", body: "hello" });
    await until(() => (who.at(-1)?.n === 2 ? true : undefined), "the fresh token");
    assert.deepEqual(forced, [false, true]);
    assert.ok(stages.length >= 1 && stages.every((s) => s === true), String(stages));

    client.client.clearAuth();
    await until(() => (who.at(-1) === null && mine.at(-1) === null ? true : undefined), "the values for nobody again");
    await assert.rejects(client.mutation(api.users.store, {}), /Sign in before/);
  } finally {
    await client.close();
  }
});

test("ConvexClient: a provider whose tokens are refused", async () => {
  const client = socketClient();
  const stages = [];
  try {
    client.setAuth(async () => issuer.token("mallory", { aud: "another-app" }), (authenticated) => stages.push(authenticated));
    await until(() => (stages.includes(false) ? true : undefined), "the refusal");
    assert.ok(!stages.includes(true));
    const who = watch(client, api.users.whoami);
    await until(() => (who.length ? true : undefined), "an answer");
    assert.equal(who[0], null, "the client goes on as nobody");
  } finally {
    await client.close();
  }
});

test("two users with the same queries: each sees their own, and both see what is for everybody", async () => {
  const clients = ["hedy", "karl"].map((name) => {
    const client = socketClient();
    client.setAuth(async () => issuer.token(name, { name }));
    return { name, client, who: watch(client, api.users.whoami), mine: watch(client, api.messages.mine), all: watch(client, api.messages.list) };
  });
  try {
    for (const { name, client } of clients) {
      await client.mutation(api.users.store, {});
      await client.mutation(api.messages.send, { body: `from ${name}` });
    }
    for (const { name, who, mine, all } of clients) {
      await until(() => (mine.at(-1)?.length ? true : undefined), "their messages");
      assert.deepEqual(mine.at(-1), [`from ${name}`]);
      assert.ok(who.every((identity) => identity?.subject === name), "nobody else was ever seen");
      await until(() => (all.at(-1)?.some((m) => m.body === "from karl") ? true : undefined), "everybody's messages");
    }
    assert.deepEqual(clients[0].all.at(-1), clients[1].all.at(-1));
    assert.equal(await httpAs().query(api.messages.mine, {}), null);
  } finally {
    for (const { client } of clients) await client.close();
  }
});

test("a session whose token expires is asked for another one", async () => {
  const now = Date.now() / 1000;
  // Good for a little longer, thanks to the leeway for clocks.
  const short = issuer.token("ada", { iat: now - 100, exp: now - 3 });
  let renewed = false, fetches = 0;
  const client = socketClient();
  try {
    client.setAuth(async () => {
      ++fetches;
      return renewed ? issuer.token("ada") : short;
    });
    const who = watch(client, api.users.whoami);
    await until(() => (who.at(-1)?.subject === "ada" && fetches === 2 ? true : undefined), "the user");
    for (let expired = false; !expired; )
      expired = await httpAs(short).query(api.users.whoami, {}).then(() => false, () => true);
    renewed = true;
    assert.equal(await client.mutation(api.users.subjectInMutation, {}), "ada");
    assert.ok(fetches >= 3, "the client was told to get another token");
  } finally {
    await client.close();
  }
});

test("keys that the provider has changed are fetched when they are needed", async () => {
  const old = issuer.token("ada");
  assert.equal((await httpAs(old).query(api.users.whoami, {})).subject, "ada");
  issuer.rotate();
  assert.equal((await httpAs(issuer.token("ada")).query(api.users.whoami, {})).subject, "ada");
  await assert.rejects(httpAs(old).query(api.users.whoami, {}), /no key that fits/);
});

test("npx convex run --identity acts as a user", async () => {
  const output = await backend.convex("run", "users:whoami", "--identity", JSON.stringify({ name: "John", subject: "j", issuer: "https://x" }));
  assert.match(output, /"name": "John"/);
  assert.match(output, /"tokenIdentifier": "https:\/\/x\|j"/);
  assert.equal((await backend.convex("run", "users:whoami")).trim(), "", "null is printed as nothing");
});

test("the deployment signs tokens of its own, which anybody can check", async () => {
  const http = httpAs();
  const token = await http.mutation(api.guests.invite, { name: "Bo", seconds: 60, more: { seats: 2, tags: ["a"] } });
  const [header, claims] = token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  const { keys } = await (await fetch(backend.url + "/.well-known/jwks.json")).json();
  const [jwk] = keys.filter((key) => key.kid === header.kid);
  const [, signed, signature] = /^(.*)\.(.*)$/.exec(token);
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  assert.ok(verify("sha256", Buffer.from(signed), key, Buffer.from(signature, "base64url")));
  const { iat, ...rest } = claims;
  assert.ok(Math.abs(iat - Date.now() / 1000) < 30);
  assert.deepEqual(rest, { sub: "guest Bo", name: "Bo", seats: 2, tags: ["a"], iss: backend.url, exp: iat + 60 });
  // The app's auth.config names the deployment as a provider, so the guest is in.
  const seen = await httpAs(token).query(api.users.whoami, {});
  assert.deepEqual([seen.subject, seen.name, seen.seats], ["guest Bo", "Bo", 2]);
  for (const [args, text] of [
    [{ seconds: 0 }, /Invalid argument `expiresInSeconds` for `auth.signJwt`: expected a number from 1 to 3600/],
    [{ seconds: 3601 }, /expiresInSeconds/],
    [{ seconds: 5, more: { exp: 9 } }, /the claim "exp" is reserved/],
    [{ seconds: 5, more: { ConvexRole: "x" } }, /the claim "ConvexRole" is reserved/],
  ])
    await assert.rejects(http.mutation(api.guests.invite, { name: "x", ...args }), text);
});

test("mutations and actions know where their caller is", async () => {
  const token = issuer.token("ada");
  const http = httpAs(token);
  for (const call of [() => http.mutation(api.guests.fromMutation, {}), () => http.action(api.guests.fromAction, {})]) {
    const { requestId, ...rest } = await call();
    assert.match(requestId, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, { ip: "127.0.0.1", userAgent: "node", scheduledFunctionId: null, authToken: token });
  }
  const client = socketClient();
  assert.equal((await client.mutation(api.guests.fromMutation, {})).authToken, null);
  client.setAuth(async () => token);
  const about = await until(() => (client.client.hasAuth() ? client.mutation(api.guests.fromMutation, {}) : undefined), "auth");
  assert.deepEqual([about.ip, about.authToken], ["127.0.0.1", token]);
  await client.close();
});

test("the providers survive a restart, and change with their variable", async () => {
  await backend.halt();
  await backend.launch();
  assert.equal((await httpAs(issuer.token("ada")).query(api.users.whoami, {})).subject, "ada");
  await assert.rejects(backend.convex("env", "remove", "ISSUER_URL"), /This change would make the auth config invalid/);
  const other = await Issuer.start();
  try {
    await backend.convex("env", "set", "ISSUER_URL", other.url);
    assert.equal((await httpAs(other.token("ada")).query(api.users.whoami, {})).issuer, other.url);
    await assert.rejects(httpAs(issuer.token("ada")).query(api.users.whoami, {}), /NoAuthProvider/);
  } finally {
    other.stop();
  }
});
