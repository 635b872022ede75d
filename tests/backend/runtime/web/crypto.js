// crypto.subtle, as small programs that give a JSON value. Node.js and hull-backend must give the same.
import { list, utf8, nameOf, bytes } from "./parts.js";

const hex = (buffer) => list(new Uint8Array(buffer)).map((b) => b.toString(16).padStart(2, "0")).join("");
const data = utf8("some text to work on");
const { subtle } = crypto;

const rsaJwk = {
  kty: "RSA",
  n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
  e: "AQAB",
};
const ecJwk = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
};
const okpJwk = { kty: "OKP", crv: "Ed25519", d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };

const secret = (algorithm, usages, key = new Uint8Array(32).map((_, i) => i * 7)) => subtle.importKey("raw", key, algorithm, true, usages);

export const all = {
  "digests": async () => Promise.all(["SHA-1", "sha-256", { name: "SHA-384" }, "SHA-512"].map(async (a) => hex(await subtle.digest(a, data)))),
  "unknown digest": () => nameOf(() => subtle.digest("MD5", data)),
  "digest of something else": () => nameOf(() => subtle.digest("SHA-256", "text")),
  "HMAC": async () =>
    Promise.all(
      ["SHA-1", "SHA-256", "SHA-384", "SHA-512"].map(async (hash) => {
        const key = await secret({ name: "HMAC", hash }, ["sign", "verify"]);
        const signature = await subtle.sign("HMAC", key, data);
        const wrong = new Uint8Array(signature.slice(0));
        wrong[3] ^= 1;
        return [hex(signature), await subtle.verify("hmac", key, signature, data), await subtle.verify("HMAC", key, wrong, data), key.algorithm];
      }),
    ),
  "AES": async () => {
    const out = [];
    for (const length of [16, 24, 32]) {
      const raw = new Uint8Array(length).fill(length);
      for (const [name, parameters] of [
        ["AES-CBC", { iv: new Uint8Array(16).fill(3) }],
        ["AES-GCM", { iv: new Uint8Array(12).fill(4) }],
        ["AES-GCM", { iv: new Uint8Array(20).fill(4), additionalData: utf8("more"), tagLength: 96 }],
        ["AES-CTR", { counter: new Uint8Array(16).fill(255), length: 64 }],
        ["AES-CTR", { counter: new Uint8Array(16).fill(255), length: 1 }],
        ["AES-CTR", { counter: new Uint8Array(16).fill(0), length: 128 }],
      ]) {
        const key = await secret(name, ["encrypt", "decrypt"], raw);
        const made = await subtle.encrypt({ name, ...parameters }, key, data);
        const back = await subtle.decrypt({ name, ...parameters }, key, made);
        out.push([hex(made), hex(back) === hex(data), key.algorithm]);
      }
    }
    return out;
  },
  "AES that fails": async () => {
    const cbc = await secret("AES-CBC", ["encrypt", "decrypt"]);
    const gcm = await secret("AES-GCM", ["encrypt", "decrypt"]);
    const iv = new Uint8Array(16);
    const made = new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, gcm, data));
    made[0] ^= 1;
    return [
      await nameOf(() => subtle.decrypt({ name: "AES-CBC", iv }, cbc, new Uint8Array(17))),
      await nameOf(() => subtle.encrypt({ name: "AES-CBC", iv: new Uint8Array(3) }, cbc, data)),
      await nameOf(() => subtle.decrypt({ name: "AES-GCM", iv }, gcm, made)),
      await nameOf(() => subtle.decrypt({ name: "AES-GCM", iv }, gcm, new Uint8Array(3))),
      await nameOf(() => subtle.encrypt({ name: "AES-GCM", iv, tagLength: 7 }, gcm, data)),
      await nameOf(() => subtle.encrypt({ name: "AES-GCM", iv }, cbc, data)),
      await nameOf(() => secret("AES-CBC", ["encrypt"], new Uint8Array(15))),
      await nameOf(() => secret("AES-CBC", ["sign"])),
      await nameOf(() => secret("AES-CBC", [])),
    ];
  },
  "HKDF and PBKDF2": async () => {
    const out = [];
    for (const hash of ["SHA-1", "SHA-256", "SHA-512"]) {
      const hkdf = await subtle.importKey("raw", data, "HKDF", false, ["deriveBits", "deriveKey"]);
      const pbkdf2 = await subtle.importKey("raw", data, "PBKDF2", false, ["deriveBits", "deriveKey"]);
      out.push(hex(await subtle.deriveBits({ name: "HKDF", hash, salt: bytes(1, 2), info: bytes(3) }, hkdf, 400)));
      out.push(hex(await subtle.deriveBits({ name: "HKDF", hash, salt: bytes(), info: bytes() }, hkdf, 8)));
      out.push(hex(await subtle.deriveBits({ name: "PBKDF2", hash, salt: bytes(9), iterations: 3 }, pbkdf2, 160)));
      const aes = await subtle.deriveKey({ name: "PBKDF2", hash, salt: bytes(9), iterations: 3 }, pbkdf2, { name: "AES-GCM", length: 256 }, true, ["encrypt"]);
      const mac = await subtle.deriveKey({ name: "HKDF", hash, salt: bytes(9), info: bytes(1) }, hkdf, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
      out.push(hex(await subtle.exportKey("raw", aes)), hex(await subtle.exportKey("raw", mac)), aes.algorithm, mac.algorithm);
    }
    return out;
  },
  "derivations that fail": async () => {
    const key = await subtle.importKey("raw", data, "PBKDF2", false, ["deriveKey"]);
    return [
      await nameOf(() => subtle.deriveBits({ name: "PBKDF2", hash: "SHA-1", salt: bytes(), iterations: 1 }, key, 8)),
      await nameOf(() => subtle.importKey("raw", data, "PBKDF2", true, ["deriveBits"])),
      (await nameOf(() => subtle.exportKey("raw", key).then(hex)))[0],
    ];
  },
  "keys of RSA": async () => {
    const key = await subtle.importKey("jwk", { kty: "RSA", n: rsaJwk.n, e: rsaJwk.e }, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["verify"]);
    const { publicExponent, ...algorithm } = key.algorithm;
    const spki = await subtle.exportKey("spki", key);
    const again = await subtle.importKey("spki", spki, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" }, true, ["verify"]);
    return [key.type, algorithm, list(publicExponent), hex(spki), await subtle.exportKey("jwk", again)];
  },
  "ECDSA": async () => {
    const a = { name: "ECDSA", namedCurve: "P-256" };
    const sign = await subtle.importKey("jwk", ecJwk, a, true, ["sign"]);
    const verify = await subtle.importKey("jwk", { ...ecJwk, d: undefined }, a, true, ["verify"]);
    const signature = await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, sign, data);
    return [
      signature.byteLength,
      await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, verify, signature, data),
      await subtle.verify({ name: "ECDSA", hash: "SHA-384" }, verify, signature, data),
      await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, verify, new Uint8Array(5), data),
      hex(await subtle.exportKey("raw", verify)),
      hex(await subtle.exportKey("spki", verify)),
      hex(await subtle.exportKey("pkcs8", sign)),
      await subtle.exportKey("jwk", sign),
      sign.algorithm,
      (await subtle.importKey("raw", await subtle.exportKey("raw", verify), a, true, ["verify"])).type,
    ];
  },
  "Ed25519": async () => {
    const sign = await subtle.importKey("jwk", okpJwk, "Ed25519", true, ["sign"]);
    const verify = await subtle.importKey("jwk", { ...okpJwk, d: undefined }, { name: "Ed25519" }, true, ["verify"]);
    const signature = await subtle.sign("Ed25519", sign, data);
    return [
      hex(signature),
      await subtle.verify("Ed25519", verify, signature, data),
      await subtle.verify("Ed25519", verify, signature, bytes(1)),
      hex(await subtle.exportKey("raw", verify)),
      hex(await subtle.exportKey("pkcs8", sign)),
      hex(await subtle.exportKey("spki", verify)),
      sign.algorithm,
    ];
  },
  "pairs that are generated": async () => {
    const out = [];
    for (const [a, usages] of [
      [{ name: "ECDSA", namedCurve: "P-384" }, ["sign", "verify"]],
      [{ name: "ECDH", namedCurve: "P-521" }, ["deriveBits"]],
      [{ name: "Ed25519" }, ["sign", "verify"]],
      [{ name: "X25519" }, ["deriveKey"]],
      [{ name: "RSA-PSS", modulusLength: 1024, publicExponent: bytes(1, 0, 1), hash: "SHA-256" }, ["sign"]],
    ]) {
      const { publicKey, privateKey } = await subtle.generateKey(a, false, usages);
      out.push([publicKey.type, publicKey.extractable, publicKey.usages, privateKey.type, privateKey.extractable, privateKey.usages, privateKey.algorithm.name]);
    }
    return out;
  },
  "secret keys that are generated": async () => {
    const aes = await subtle.generateKey({ name: "AES-GCM", length: 192 }, true, ["encrypt"]);
    const mac = await subtle.generateKey({ name: "HMAC", hash: "SHA-512" }, true, ["sign"]);
    return [aes.algorithm, mac.algorithm, (await subtle.exportKey("raw", aes)).byteLength, (await subtle.exportKey("raw", mac)).byteLength];
  },
  "RSA signs and encrypts": async () => {
    const out = [];
    const rsa = { modulusLength: 1024, publicExponent: bytes(1, 0, 1), hash: "SHA-256" };
    for (const [name, parameters] of [["RSASSA-PKCS1-v1_5", {}], ["RSA-PSS", { saltLength: 32 }], ["RSA-PSS", { saltLength: 0 }]]) {
      const { publicKey, privateKey } = await subtle.generateKey({ name, ...rsa }, true, ["sign", "verify"]);
      const signature = await subtle.sign({ name, ...parameters }, privateKey, data);
      out.push(signature.byteLength, await subtle.verify({ name, ...parameters }, publicKey, signature, data), await subtle.verify({ name, ...parameters }, publicKey, signature, bytes(1)));
    }
    const { publicKey, privateKey } = await subtle.generateKey({ name: "RSA-OAEP", ...rsa }, true, ["encrypt", "decrypt"]);
    const made = await subtle.encrypt({ name: "RSA-OAEP", label: bytes(1) }, publicKey, data);
    out.push(hex(await subtle.decrypt({ name: "RSA-OAEP", label: bytes(1) }, privateKey, made)));
    out.push(await nameOf(() => subtle.decrypt({ name: "RSA-OAEP", label: bytes(2) }, privateKey, made)));
    const pkcs8 = await subtle.exportKey("pkcs8", privateKey);
    const back = await subtle.importKey("pkcs8", pkcs8, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["decrypt"]);
    out.push(hex(await subtle.decrypt({ name: "RSA-OAEP", label: bytes(1) }, back, made)));
    const jwk = await subtle.exportKey("jwk", privateKey);
    out.push(Object.keys(jwk).sort(), jwk.alg, jwk.key_ops, jwk.ext);
    const fromJwk = await subtle.importKey("jwk", jwk, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["decrypt"]);
    out.push(hex(await subtle.decrypt({ name: "RSA-OAEP", label: bytes(1) }, fromJwk, made)));
    return out;
  },
  "both sides agree": async () => {
    const out = [];
    for (const a of [{ name: "ECDH", namedCurve: "P-256" }, { name: "ECDH", namedCurve: "P-384" }, { name: "X25519" }]) {
      const one = await subtle.generateKey(a, true, ["deriveBits", "deriveKey"]);
      const two = await subtle.generateKey(a, true, ["deriveBits", "deriveKey"]);
      const first = await subtle.deriveBits({ name: a.name, public: two.publicKey }, one.privateKey, 128);
      const second = await subtle.deriveBits({ name: a.name, public: one.publicKey }, two.privateKey, 128);
      const key = await subtle.deriveKey({ name: a.name, public: two.publicKey }, one.privateKey, { name: "AES-GCM", length: 128 }, true, ["encrypt"]);
      out.push(hex(first) === hex(second), hex(await subtle.exportKey("raw", key)) === hex(first));
    }
    return out;
  },
  "secret JWKs": async () => {
    const key = await subtle.importKey("jwk", { kty: "oct", k: "AAECAwQFBgcICQoLDA0ODw", alg: "A128GCM" }, "AES-GCM", true, ["encrypt"]);
    const mac = await subtle.importKey("jwk", { kty: "oct", k: "AQI", key_ops: ["sign"] }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    return [await subtle.exportKey("jwk", key), await subtle.exportKey("jwk", mac), mac.algorithm];
  },
  "imports that are refused": async () => {
    const mac = { name: "HMAC", hash: "SHA-256" };
    const ec = { name: "ECDSA", namedCurve: "P-256" };
    const jwk = (key, a, usages, extractable = true) => nameOf(() => subtle.importKey("jwk", key, a, extractable, usages).then((k) => k.type));
    return [
      await jwk({ kty: "RSA", k: "AQI" }, mac, ["sign"]),
      await jwk({ kty: "oct", k: "AQI", alg: "HS512" }, mac, ["sign"]),
      await jwk({ kty: "oct", k: "AQI", key_ops: ["verify"] }, mac, ["sign"]),
      await jwk({ kty: "oct", k: "AQI", ext: false }, mac, ["sign"]),
      await jwk({ kty: "oct", k: "AQI", use: "enc" }, mac, ["sign"]),
      await jwk(ecJwk, { name: "ECDSA", namedCurve: "P-384" }, ["sign"]),
      await jwk({ ...ecJwk, y: ecJwk.x }, ec, ["sign"]),
      await jwk(ecJwk, ec, ["verify"]),
      await nameOf(() => subtle.importKey("spki", bytes(1, 2, 3), ec, true, ["verify"])),
      await nameOf(() => subtle.importKey("raw", bytes(4, 1), ec, true, ["verify"])),
      await nameOf(() => subtle.importKey("nothing", bytes(1), mac, true, ["sign"])),
      await nameOf(() => subtle.importKey("raw", bytes(1), "NO-SUCH", true, ["sign"])),
      await nameOf(() => subtle.importKey("raw", bytes(), mac, true, ["sign"])),
    ];
  },
  "keys keep to their usages": async () => {
    const mac = await secret({ name: "HMAC", hash: "SHA-256" }, ["sign"]);
    const hidden = await subtle.importKey("raw", bytes(1), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return [
      await nameOf(() => subtle.verify("HMAC", mac, bytes(1), data)),
      await nameOf(() => subtle.encrypt({ name: "AES-GCM", iv: bytes(1) }, mac, data)),
      (await nameOf(() => subtle.exportKey("raw", hidden)))[0],
      await nameOf(() => subtle.sign("HMAC", {}, data)),
      mac.usages, mac.type, mac.extractable, String(mac),
    ];
  },
  "lengths of AES keys": async () => {
    const from = await subtle.importKey("raw", bytes(1, 2, 3, 4), "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: bytes(1), info: bytes(1) };
    const out = [];
    for (const wanted of [{}, { length: "x" }, { length: -1 }, { length: 5 }, { length: null }]) {
      const a = { name: "AES-GCM", ...wanted };
      out.push(await nameOf(() => subtle.generateKey(a, true, ["encrypt"])), await nameOf(() => subtle.deriveKey(how, from, a, true, ["encrypt"])));
    }
    return out;
  },
};
