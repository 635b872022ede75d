// An identity provider for tests: a discovery document, the keys, and tokens signed with them.
import { createServer } from "node:http";
import { generateKeyPairSync, sign } from "node:crypto";

const kinds = {
  RS256: ["rsa", { modulusLength: 2048 }],
  ES256: ["ec", { namedCurve: "P-256" }],
  EdDSA: ["ed25519", {}],
};
const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");

export class Issuer {
  static async start() {
    const issuer = new Issuer();
    issuer.requests = [];
    issuer.keys = {};
    issuer.generation = 0;
    issuer.rotate();
    issuer.server = createServer((request, response) => {
      issuer.requests.push(request.url);
      const documents = {
        "/.well-known/openid-configuration": { issuer: issuer.url, jwks_uri: issuer.url + "/jwks" },
        "/jwks": { keys: Object.values(issuer.keys).map((key) => key.jwk) },
      };
      const document = documents[request.url];
      response.writeHead(document ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(document ?? {}));
    });
    await new Promise((resolve) => issuer.server.listen(0, "127.0.0.1", resolve));
    issuer.url = `http://127.0.0.1:${issuer.server.address().port}`;
    return issuer;
  }

  // New keys in place of all others.
  rotate() {
    ++this.generation;
    for (const [alg, kind] of Object.entries(kinds)) {
      const { publicKey, privateKey } = generateKeyPairSync(...kind);
      const kid = `${alg}-${this.generation}`;
      this.keys[alg] = { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" } };
    }
  }

  // A token for `sub`; `claims` adds to the usual ones.
  token(sub, claims = {}, alg = "RS256") {
    const now = Math.floor(Date.now() / 1000);
    const { kid, privateKey } = this.keys[alg];
    const body = { iss: this.url, sub, aud: "users-and-auth", iat: now, exp: now + 3600, ...claims };
    const text = part({ alg, kid, typ: "JWT" }) + "." + part(body);
    const digest = alg === "EdDSA" ? null : "sha256";
    return text + "." + sign(digest, Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
