// crypto.subtle. Everything is computed at once; the promises only carry the results.
const { need, notImplemented } = host.shared;
const { cryptoDigest, cryptoHmac, cryptoHkdf, cryptoPbkdf2, cryptoEqual, cryptoAes } = host;
const { cryptoSign, cryptoVerify, cryptoOaep, cryptoDerive, requireCryptoRandom } = host;
const { CryptoKey, recordOf, fail, unwrap, algorithms, algorithmOf, hashOf, bytesOf, usable, requireType, kindOf } = need("subtle_keys");
const { importKey, exportKey, generateKey, aesLength, blockBytes } = need("subtle_formats");

const empty = new Uint8Array(0);
let building = true;

/// [hash, salt length] of a signature.
function schemeOf(a, k) {
  if (a.name === "Ed25519") return ["", 0];
  if (a.name === "ECDSA") return [hashOf(a.hash), 0];
  return [k.algorithm.hash.name, a.name === "RSA-PSS" ? Number(a.saltLength) : 0];
}

function aes(a, k, encrypt, data) {
  if (a.name === "AES-CTR") {
    const counter = bytesOf(a.counter, "counter");
    if (counter.length !== 16) fail("OperationError", "The counter must be 16 bytes long");
    if (!(a.length >= 1 && a.length <= 128)) fail("OperationError", "The length of the counter must be from 1 to 128");
    return cryptoAes(a.name, encrypt, k.bytes, counter, data, empty, 0, Number(a.length));
  }
  const iv = bytesOf(a.iv, "iv");
  if (a.name === "AES-CBC") {
    if (iv.length !== 16) fail("OperationError", "The iv must be 16 bytes long");
    return cryptoAes(a.name, encrypt, k.bytes, iv, data, empty, 0, 0);
  }
  const tagLength = a.tagLength === undefined ? 128 : Number(a.tagLength);
  if (![32, 64, 96, 104, 112, 120, 128].includes(tagLength)) fail("OperationError", `${tagLength} is not a valid AES-GCM tag length`);
  const additional = a.additionalData === undefined ? empty : bytesOf(a.additionalData, "additionalData");
  return cryptoAes(a.name, encrypt, k.bytes, iv, data, additional, tagLength / 8, 0);
}

function cipher(encrypt, algorithm, key, data) {
  const a = algorithmOf(algorithm);
  const input = bytesOf(data, "The data");
  const { family } = algorithms[a.name];
  if (family !== "aes" && a.name !== "RSA-OAEP") fail("NotSupportedError", "Unrecognized algorithm name");
  const k = usable(key, a.name, encrypt ? "encrypt" : "decrypt");
  if (family === "aes") return unwrap(aes(a, k, encrypt, input));
  const der = requireType(k, encrypt ? "public" : "private");
  if (encrypt) requireCryptoRandom();
  const label = a.label === undefined ? empty : bytesOf(a.label, "label");
  return unwrap(cryptoOaep(encrypt, k.algorithm.hash.name, der, label, input));
}

/// The bytes that a derivation gives; `bits` is null where it may give as many as it has.
function derive(a, k, bits) {
  if (bits !== null && bits % 8 !== 0) fail("OperationError", "The length must be a multiple of 8");
  if (a.name === "HKDF") {
    if (bits === null) fail("OperationError", "length cannot be null");
    return unwrap(cryptoHkdf(hashOf(a.hash), k.bytes, bytesOf(a.salt, "salt"), bytesOf(a.info, "info"), bits / 8));
  }
  if (a.name === "PBKDF2") {
    if (bits === null) fail("OperationError", "length cannot be null");
    const iterations = Number(a.iterations);
    if (!(iterations > 0)) fail("OperationError", "iterations cannot be zero");
    return unwrap(cryptoPbkdf2(hashOf(a.hash), k.bytes, bytesOf(a.salt, "salt"), iterations, bits / 8));
  }
  const other = recordOf(a.public);
  requireType(other, "public");
  if (other.algorithm.name !== a.name || kindOf(other.algorithm) !== kindOf(k.algorithm)) fail("InvalidAccessError", "The public key is for another algorithm or curve");
  const secret = unwrap(cryptoDerive(requireType(k, "private"), other.bytes));
  if (bits === null) return secret;
  if (bits / 8 > secret.byteLength) fail("OperationError", "derived bit length is too small");
  return secret.slice(0, bits / 8);
}

function derivation(algorithm, key, usage) {
  const a = algorithmOf(algorithm);
  if (!["HKDF", "PBKDF2", "ECDH", "X25519"].includes(a.name)) fail("NotSupportedError", "Unrecognized algorithm name");
  return [a, usable(key, a.name, usage)];
}

/// How many bits a key of this algorithm has.
function lengthOf(a) {
  const { family } = algorithms[a.name];
  if (family === "aes") return aesLength(a);
  if (family === "hmac") return a.length === undefined ? blockBytes[hashOf(a.hash)] * 8 : Number(a.length);
  if (family === "kdf") return null;
  return fail("NotSupportedError", "Unrecognized algorithm name");
}

class SubtleCrypto {
  constructor() {
    if (!building) throw new TypeError("Illegal constructor");
  }
  async digest(algorithm, data) {
    return unwrap(cryptoDigest(hashOf(algorithm), bytesOf(data, "The data")));
  }
  async sign(algorithm, key, data) {
    const a = algorithmOf(algorithm);
    const input = bytesOf(data, "The data");
    const k = usable(key, a.name, "sign");
    if (a.name === "HMAC") return unwrap(cryptoHmac(k.algorithm.hash.name, k.bytes, input));
    const [hash, salt] = schemeOf(a, k);
    if (a.name === "ECDSA" || a.name === "RSA-PSS") requireCryptoRandom();
    return unwrap(cryptoSign(a.name, hash, salt, requireType(k, "private"), input));
  }
  async verify(algorithm, key, signature, data) {
    const a = algorithmOf(algorithm);
    const given = bytesOf(signature, "The signature");
    const input = bytesOf(data, "The data");
    const k = usable(key, a.name, "verify");
    if (a.name === "HMAC") return cryptoEqual(unwrap(cryptoHmac(k.algorithm.hash.name, k.bytes, input)), given);
    const [hash, salt] = schemeOf(a, k);
    return unwrap(cryptoVerify(a.name, hash, salt, requireType(k, "public"), given, input));
  }
  async encrypt(algorithm, key, data) {
    return cipher(true, algorithm, key, data);
  }
  async decrypt(algorithm, key, data) {
    return cipher(false, algorithm, key, data);
  }
  async deriveBits(algorithm, key, length = null) {
    const [a, k] = derivation(algorithm, key, "deriveBits");
    return derive(a, k, length === null ? null : Number(length));
  }
  async deriveKey(algorithm, key, derivedKeyType, extractable, usages) {
    const [a, k] = derivation(algorithm, key, "deriveKey");
    const wanted = algorithmOf(derivedKeyType);
    return importKey("raw", derive(a, k, lengthOf(wanted)), wanted, extractable, usages);
  }
  async importKey(format, data, algorithm, extractable, usages) {
    return importKey(format, data, algorithm, extractable, usages);
  }
  async exportKey(format, key) {
    return exportKey(format, key);
  }
  async generateKey(algorithm, extractable, usages) {
    return generateKey(algorithm, extractable, usages);
  }
  async wrapKey() {
    notImplemented("wrapKey", "SubtleCrypto");
  }
  async unwrapKey() {
    notImplemented("unwrapKey", "SubtleCrypto");
  }
}
Object.defineProperty(SubtleCrypto.prototype, Symbol.toStringTag, { value: "SubtleCrypto", configurable: true });

const subtle = new SubtleCrypto();
building = false;

return { SubtleCrypto, CryptoKey, subtle };
