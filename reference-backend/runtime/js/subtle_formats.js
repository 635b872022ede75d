// Keys of crypto.subtle in and out: raw, pkcs8, spki and jwk; and new ones.
const { need } = host.shared;
const { cryptoGenerate, cryptoParts, cryptoKeyFrom, cryptoKeyFromRaw, cryptoCheckedKey, requireCryptoRandom, randomFill } = host;
const { atob, btoa } = host.shared;
const { recordOf, fail, unwrap, algorithms, algorithmOf, hashOf, curveOf, bytesOf, usagesOf, makeKey, kindOf } = need("subtle_keys");

const hashBits = { "SHA-1": 1, "SHA-256": 256, "SHA-384": 384, "SHA-512": 512 };
const blockBytes = { "SHA-1": 64, "SHA-256": 64, "SHA-384": 128, "SHA-512": 128 };
const rsaParts = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

function toBase64Url(bytes) {
  let text = "";
  for (const b of new Uint8Array(bytes)) text += String.fromCharCode(b);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) fail("DataError", "Invalid base64url in the JWK");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

/// The name of a JWK's `alg`; undefined where there is none.
function jwkAlgorithm({ name, hash, length }) {
  const bits = hash && hashBits[hash.name];
  if (name === "HMAC") return "HS" + bits;
  if (name.startsWith("AES-")) return `A${length}${name.slice(4)}`;
  if (name === "RSASSA-PKCS1-v1_5") return "RS" + bits;
  if (name === "RSA-PSS") return "PS" + bits;
  if (name === "RSA-OAEP") return bits === 1 ? "RSA-OAEP" : "RSA-OAEP-" + bits;
  if (name === "Ed25519") return name;
  return undefined;
}

/// How many bits an AES key is to have.
function aesLength({ length }) {
  const bits = Math.trunc(Number(length));
  if (!(bits >= 0 && bits <= 65535)) throw new TypeError("The algorithm needs a length, in bits");
  if (![128, 192, 256].includes(bits)) fail("OperationError", "AES key length must be 128, 192 or 256 bits");
  return bits;
}

// --- checks of a JWK ---

function checkJwk(jwk, kty, use, extractable, usages) {
  if (typeof jwk !== "object" || jwk === null) throw new TypeError("The key must be a JsonWebKey");
  if (jwk.kty !== kty) fail("DataError", `The JWK "kty" is not "${kty}"`);
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) fail("DataError", 'The JWK "use" does not match');
  if (jwk.key_ops !== undefined) {
    if (!Array.isArray(jwk.key_ops) || new Set(jwk.key_ops).size !== jwk.key_ops.length) fail("DataError", 'The JWK "key_ops" is invalid');
    if (usages.some((usage) => !jwk.key_ops.includes(usage))) fail("DataError", 'The JWK "key_ops" does not have all usages');
  }
  if (jwk.ext === false && extractable) fail("DataError", "The JWK is not extractable");
}

const useOf = (name) => (["RSA-OAEP", "ECDH", "X25519"].includes(name) || name.startsWith("AES-") ? "enc" : "sig");

function checkJwkAlgorithm(jwk, algorithm) {
  const expected = jwkAlgorithm(algorithm);
  // The name of its family is what JWKs of Ed25519 had first.
  if (expected === "Ed25519" && jwk.alg === "EdDSA") return;
  if (expected !== undefined && jwk.alg !== undefined && jwk.alg !== expected) fail("DataError", 'The JWK "alg" does not match');
}

// --- import ---

function importSecret(format, data, algorithm, extractable, usages) {
  const { family } = algorithms[algorithm.name];
  let bytes;
  if (format === "raw") bytes = bytesOf(data, "The key");
  else if (format === "jwk" && family !== "kdf") {
    checkJwk(data, "oct", useOf(algorithm.name), extractable, usages);
    bytes = fromBase64Url(data.k);
  } else fail("NotSupportedError", `Unable to import ${algorithm.name} key with format ${format}`);
  const made = { name: algorithm.name };
  if (family === "aes") {
    if (![16, 24, 32].includes(bytes.length)) fail("DataError", "Invalid key length");
    made.length = bytes.length * 8;
  } else if (family === "hmac") {
    made.hash = { name: hashOf(algorithm.hash) };
    if (bytes.length === 0) fail("DataError", "Zero-length key is not supported");
    made.length = algorithm.length === undefined ? bytes.length * 8 : Number(algorithm.length);
    if (made.length > bytes.length * 8 || made.length <= bytes.length * 8 - 8) fail("DataError", "Invalid key length");
  } else if (extractable) fail("SyntaxError", `${algorithm.name} keys are not extractable`);
  if (format === "jwk") checkJwkAlgorithm(data, made);
  return makeKey("secret", extractable, made, usages, bytes);
}

const keyTypes = { rsa: "RSA", ec: "EC", okp: "OKP" };

function importPair(format, data, algorithm, extractable, usages) {
  const { name } = algorithm;
  const { family } = algorithms[name];
  const made = { name };
  if (family === "ec") made.namedCurve = curveOf(algorithm.namedCurve);
  if (family === "rsa") made.hash = { name: hashOf(algorithm.hash) };
  const kind = kindOf(made);
  let isPrivate = format === "pkcs8";
  let der;
  if (format === "pkcs8" || format === "spki") der = unwrap(cryptoCheckedKey(kind, bytesOf(data, "The key"), isPrivate));
  else if (format === "raw" && family !== "rsa") der = unwrap(cryptoKeyFromRaw(kind, bytesOf(data, "The key")));
  else if (format === "jwk") {
    checkJwk(data, keyTypes[family], useOf(name), extractable, usages);
    isPrivate = data.d !== undefined;
    if (family !== "rsa" && data.crv !== kind) fail("DataError", 'The JWK "crv" does not match');
    checkJwkAlgorithm(data, made);
    const parts = (family === "rsa" ? rsaParts : ["x", "y", "d"]).filter((part) => data[part] !== undefined);
    der = unwrap(cryptoKeyFrom(kind, parts.flatMap((part) => [part, fromBase64Url(data[part])]), isPrivate));
  } else fail("NotSupportedError", `Unable to import ${name} key with format ${format}`);
  if (family === "rsa") {
    const { n, e } = unwrap(cryptoParts(kind, der, isPrivate));
    made.modulusLength = n.byteLength * 8 - Math.clz32(new Uint8Array(n)[0]) + 24;
    made.publicExponent = new Uint8Array(e);
  }
  return makeKey(isPrivate ? "private" : "public", extractable, made, usages, der);
}

const formats = ["raw", "pkcs8", "spki", "jwk"];

function importKey(format, data, algorithm, extractable, usages) {
  if (!formats.includes(format)) throw new TypeError(`'${format}' is no format of keys`);
  const a = algorithmOf(algorithm);
  const { family } = algorithms[a.name];
  if (family === "hash") fail("NotSupportedError", "Unrecognized algorithm name");
  const importAny = family in keyTypes ? importPair : importSecret;
  return importAny(format, data, a, Boolean(extractable), usagesOf(usages));
}

// --- export ---

function jwkOf(k) {
  const common = { key_ops: [...k.usages], ext: k.extractable };
  const alg = jwkAlgorithm(k.algorithm);
  if (alg !== undefined) common.alg = alg;
  if (k.type === "secret") return { ...common, kty: "oct", k: toBase64Url(k.bytes) };
  const { family } = algorithms[k.algorithm.name];
  const kind = kindOf(k.algorithm);
  const parts = unwrap(cryptoParts(kind, k.bytes, k.type === "private"));
  const jwk = { ...common, kty: keyTypes[family] };
  if (family !== "rsa") jwk.crv = kind;
  for (const part of family === "rsa" ? rsaParts : ["x", "y", "d"]) if (parts[part]) jwk[part] = toBase64Url(parts[part]);
  return jwk;
}

function rawOf(k) {
  if (k.type === "secret") return k.bytes.slice().buffer;
  const { family } = algorithms[k.algorithm.name];
  if (k.type !== "public" || family === "rsa") fail("NotSupportedError", "The key cannot be exported as raw");
  const { x, y } = unwrap(cryptoParts(kindOf(k.algorithm), k.bytes, false));
  if (family === "okp") return x;
  const point = new Uint8Array(1 + x.byteLength * 2);
  point[0] = 4;
  point.set(new Uint8Array(x), 1);
  point.set(new Uint8Array(y), 1 + x.byteLength);
  return point.buffer;
}

function exportKey(format, key) {
  if (!formats.includes(format)) throw new TypeError(`'${format}' is no format of keys`);
  const k = recordOf(key);
  if (algorithms[k.algorithm.name].family === "kdf") fail("NotSupportedError", `${k.algorithm.name} keys cannot be exported`);
  if (!k.extractable) fail("InvalidAccessError", "key is not extractable");
  if (format === "jwk") return jwkOf(k);
  if (format === "raw") return rawOf(k);
  if (k.type !== (format === "pkcs8" ? "private" : "public")) fail("NotSupportedError", `Unable to export a ${k.type} key as ${format}`);
  return k.bytes.slice(0);
}

// --- new keys ---

function randomKey(algorithm, bytes, extractable, usages) {
  const key = new Uint8Array(bytes);
  randomFill(key);
  return makeKey("secret", extractable, algorithm, usages, key);
}

function generateKey(algorithm, extractable, usages) {
  const a = algorithmOf(algorithm);
  const { family } = algorithms[a.name];
  const wanted = usagesOf(usages);
  requireCryptoRandom();
  if (family === "aes") {
    const length = aesLength(a);
    return randomKey({ name: a.name, length }, length / 8, extractable, wanted);
  }
  if (family === "hmac") {
    const hash = hashOf(a.hash);
    const length = a.length === undefined ? blockBytes[hash] * 8 : Number(a.length);
    if (!(length > 0) || length > 65536) fail("OperationError", "Zero-length key is not supported");
    return randomKey({ name: a.name, hash: { name: hash }, length }, Math.ceil(length / 8), extractable, wanted);
  }
  if (!(family in keyTypes)) fail("NotSupportedError", "Unrecognized algorithm name");
  const made = { name: a.name };
  if (family === "ec") made.namedCurve = curveOf(a.namedCurve);
  if (family === "rsa") {
    made.modulusLength = Number(a.modulusLength);
    made.publicExponent = bytesOf(a.publicExponent, "publicExponent");
    made.hash = { name: hashOf(a.hash) };
  }
  const possible = algorithms[a.name].usages;
  const halves = { private: [], public: [] };
  for (const usage of wanted) {
    const half = possible.private.includes(usage) ? "private" : possible.public.includes(usage) ? "public" : undefined;
    if (half === undefined) fail("SyntaxError", "Unsupported key usage for this algorithm");
    halves[half].push(usage);
  }
  const [privateDer, publicDer] = unwrap(cryptoGenerate(kindOf(made), made.modulusLength ?? 0, made.publicExponent ?? new Uint8Array(0)));
  return {
    publicKey: makeKey("public", true, made, halves.public, publicDer),
    privateKey: makeKey("private", extractable, made, halves.private, privateDer),
  };
}

return { importKey, exportKey, generateKey, aesLength, blockBytes };
