// CryptoKey, and what the algorithms of crypto.subtle have in common.
const { DOMException } = host.shared;

let recordOf;

/// What a key is: `bytes` are the secret key, or the DER of a private (PKCS #8) or public (SPKI) one.
class KeyRecord {
  constructor(type, extractable, algorithm, usages, bytes) {
    Object.assign(this, { type, extractable: Boolean(extractable), algorithm, usages, bytes });
  }
}

class CryptoKey {
  #k;
  static {
    recordOf = (key) => {
      if (typeof key !== "object" || key === null || !(#k in key)) throw new TypeError("The key must be a CryptoKey");
      return key.#k;
    };
  }
  constructor(record) {
    if (!(record instanceof KeyRecord)) throw new TypeError("Illegal constructor");
    this.#k = record;
  }
  get type() {
    return this.#k.type;
  }
  get extractable() {
    return this.#k.extractable;
  }
  get algorithm() {
    return this.#k.algorithm;
  }
  get usages() {
    return this.#k.usages;
  }
}
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { value: "CryptoKey", configurable: true });

const fail = (name, message) => {
  throw new DOMException(message, name);
};

/// What the host computed; its failures become exceptions.
function unwrap(result) {
  if (typeof result !== "string") return result;
  const at = result.indexOf(": ");
  fail(result.slice(0, at), result.slice(at + 2));
}

const signing = { private: ["sign"], public: ["verify"], secret: [] };
const agreeing = { private: ["deriveKey", "deriveBits"], public: [], secret: [] };
const encrypting = { secret: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] };
const deriving = { secret: ["deriveKey", "deriveBits"] };

/// Name of each algorithm: its family and which usages its keys may have.
const algorithms = {
  "SHA-1": { family: "hash" },
  "SHA-256": { family: "hash" },
  "SHA-384": { family: "hash" },
  "SHA-512": { family: "hash" },
  "AES-CTR": { family: "aes", usages: encrypting },
  "AES-CBC": { family: "aes", usages: encrypting },
  "AES-GCM": { family: "aes", usages: encrypting },
  HMAC: { family: "hmac", usages: { secret: ["sign", "verify"] } },
  HKDF: { family: "kdf", usages: deriving },
  PBKDF2: { family: "kdf", usages: deriving },
  "RSASSA-PKCS1-v1_5": { family: "rsa", usages: signing },
  "RSA-PSS": { family: "rsa", usages: signing },
  "RSA-OAEP": { family: "rsa", usages: { private: ["decrypt", "unwrapKey"], public: ["encrypt", "wrapKey"] } },
  ECDSA: { family: "ec", usages: signing },
  ECDH: { family: "ec", usages: agreeing },
  Ed25519: { family: "okp", usages: signing },
  X25519: { family: "okp", usages: agreeing },
};
const byUpperCase = new Map(Object.keys(algorithms).map((name) => [name.toUpperCase(), name]));

/// {name, ...members}; NotSupportedError when there is no such algorithm.
function algorithmOf(value) {
  const given = typeof value === "string" ? { name: value } : value;
  if (typeof given !== "object" || given === null || given.name === undefined) throw new TypeError("The algorithm must have a name");
  const name = byUpperCase.get(String(given.name).toUpperCase());
  if (name === undefined) {
    if (String(given.name).toUpperCase() === "AES-KW") host.shared.notImplemented("AES-KW", "SubtleCrypto");
    fail("NotSupportedError", "Unrecognized algorithm name");
  }
  return { ...given, name };
}

function hashOf(value) {
  if (value === undefined) throw new TypeError("The algorithm needs a hash");
  const { name } = algorithmOf(value);
  if (algorithms[name].family !== "hash") fail("NotSupportedError", "Unrecognized hash");
  return name;
}

function curveOf(value) {
  if (value === undefined) throw new TypeError("The algorithm needs a namedCurve");
  if (!["P-256", "P-384", "P-521"].includes(String(value))) fail("NotSupportedError", "Unrecognized namedCurve");
  return String(value);
}

function bytesOf(value, what) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  throw new TypeError(`${what} must be an ArrayBuffer or a view of one`);
}

const allUsages = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

function usagesOf(list) {
  const wanted = new Set();
  for (const usage of list) {
    if (!allUsages.includes(usage)) throw new TypeError(`'${usage}' is no usage of keys`);
    wanted.add(usage);
  }
  return allUsages.filter((usage) => wanted.has(usage));
}

/// A key whose usages must be allowed for its algorithm and type.
function makeKey(type, extractable, algorithm, usages, bytes) {
  const allowed = algorithms[algorithm.name].usages[type] ?? [];
  if (usages.some((usage) => !allowed.includes(usage))) fail("SyntaxError", "Unsupported key usage for this algorithm");
  if (usages.length === 0 && type !== "public") fail("SyntaxError", "Usages cannot be empty when creating a key.");
  return new CryptoKey(new KeyRecord(type, extractable, algorithm, usages, bytes));
}

/// The record of a key that may be used so.
function usable(key, name, usage) {
  const k = recordOf(key);
  if (k.algorithm.name !== name) fail("InvalidAccessError", "The key is for another algorithm");
  if (!k.usages.includes(usage)) fail("InvalidAccessError", `The key cannot be used for ${usage}`);
  return k;
}

function requireType(k, type) {
  if (k.type !== type) fail("InvalidAccessError", `The key must be a ${type} key`);
  return k.bytes;
}

/// How the host calls keys of this algorithm.
const kindOf = (algorithm) => {
  const { family } = algorithms[algorithm.name];
  return family === "rsa" ? "RSA" : family === "ec" ? algorithm.namedCurve : algorithm.name;
};

return { CryptoKey, recordOf, fail, unwrap, algorithms, algorithmOf, hashOf, curveOf, bytesOf, usagesOf, makeKey, usable, requireType, kindOf };
