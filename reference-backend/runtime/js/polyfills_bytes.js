// Library functions of newer engines for bytes, errors, numbers and resources.
"use strict"; // a receiver that is null stays null
const { add } = host.shared;
const { transferBuffer, isError, bytesToBase64, base64ToBytes, bytesToHex, hexToBytes } = host;
const { apply } = Reflect;

function bytesOf(receiver) {
  if (!(receiver instanceof Uint8Array)) throw new TypeError("The receiver must be a Uint8Array");
  return receiver;
}

function alphabetOf(options) {
  const alphabet = options?.alphabet ?? "base64";
  if (alphabet !== "base64" && alphabet !== "base64url") throw new TypeError('alphabet must be "base64" or "base64url"');
  return alphabet;
}

function fromHex(text) {
  if (typeof text !== "string") throw new TypeError("The input must be a string");
  const bytes = hexToBytes(text);
  if (bytes === null) throw new SyntaxError("The input is no hexadecimal text");
  return bytes;
}

function fromBase64(text, options) {
  if (typeof text !== "string") throw new TypeError("The input must be a string");
  const alphabet = alphabetOf(options);
  const last = options?.lastChunkHandling ?? "loose";
  if (!["loose", "strict", "stop-before-partial"].includes(last)) throw new TypeError("Unknown lastChunkHandling");
  let plain = text.replace(/[\t\n\f\r ]/g, "");
  const allowed = alphabet === "base64" ? /^[A-Za-z0-9+/]*={0,2}$/ : /^[A-Za-z0-9_-]*={0,2}$/;
  const bad = () => new SyntaxError("The input is no base64 text");
  if (!allowed.test(plain)) throw bad();
  const padded = plain.endsWith("=");
  const whole = plain.length % 4 === 0;
  if (padded && !whole) throw bad();
  if (!whole && last === "strict") throw bad();
  if (!whole && last === "stop-before-partial") plain = plain.slice(0, plain.length - (plain.length % 4));
  plain = plain.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  if (plain.length % 4 === 1) throw bad();
  const bytes = base64ToBytes(plain);
  if (last === "strict" && bytesToBase64(bytes).replace(/=+$/, "") !== plain) throw bad();
  return bytes;
}

function setFrom(target, bytes, read) {
  const written = Math.min(bytes.length, target.length);
  target.set(bytes.subarray(0, written));
  return { read, written };
}

add(Uint8Array, { fromHex, fromBase64 }, { fromBase64: 1 });
const bytesMethods = {
  toHex() {
    return bytesToHex(bytesOf(this));
  },
  toBase64(options) {
    let text = bytesToBase64(bytesOf(this));
    if (alphabetOf(options) === "base64url") text = text.replaceAll("+", "-").replaceAll("/", "_");
    return options?.omitPadding ? text.replace(/=+$/, "") : text;
  },
  setFromHex(text) {
    const fits = String(text).slice(0, this.length * 2);
    return setFrom(this, fromHex(fits), fits.length);
  },
  setFromBase64(text, options) {
    const groups = Math.floor(this.length / 3) * 4;
    const clean = String(text);
    const all = fromBase64(clean, options);
    if (all.length <= this.length) return setFrom(this, all, clean.length);
    return setFrom(this, all.subarray(0, Math.floor(this.length / 3) * 3), groups);
  },
};
add(Uint8Array.prototype, bytesMethods, { toBase64: 0, setFromBase64: 1 });

const bufferSize = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;

function isDetached(buffer) {
  if (apply(bufferSize, buffer, []) !== 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

function moved(buffer, newLength) {
  const size = apply(bufferSize, buffer, []);
  const length = newLength === undefined ? size : Math.trunc(Number(newLength)) || 0;
  if (!(length >= 0 && length <= Number.MAX_SAFE_INTEGER)) throw new RangeError("Invalid array buffer length");
  if (isDetached(buffer)) throw new TypeError("The buffer was transferred already");
  const taken = transferBuffer(buffer);
  if (length === size) return taken;
  const made = new ArrayBuffer(length);
  new Uint8Array(made).set(new Uint8Array(taken, 0, Math.min(length, size)));
  return made;
}

add(
  ArrayBuffer.prototype,
  {
    transfer(newLength) {
      return moved(this, newLength);
    },
    transferToFixedLength(newLength) {
      return moved(this, newLength);
    },
  },
  { transfer: 0, transferToFixedLength: 0 },
);
if (!("detached" in ArrayBuffer.prototype)) {
  const { get } = Object.getOwnPropertyDescriptor({ get detached() { return isDetached(this); } }, "detached");
  Object.defineProperty(ArrayBuffer.prototype, "detached", { get, configurable: true });
}

add(Error, { isError: (value) => isError(value) });

const punctuation = /[\^$\\.*+?()[\]{}|/]/;
const other = /[,\-=<>#&!%:;@~'`"\s\uFEFF]/;
add(RegExp, {
  escape(text) {
    if (typeof text !== "string") throw new TypeError("The argument must be a string");
    let out = "";
    for (const c of text) {
      const code = c.codePointAt(0);
      const control = { 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }[code];
      const hex = (n, width) => n.toString(16).padStart(width, "0");
      if (out === "" && /[0-9A-Za-z]/.test(c)) out += "\\x" + hex(code, 2);
      else if (punctuation.test(c)) out += "\\" + c;
      else if (control !== undefined) out += control;
      else if (other.test(c) || (code >= 0xd800 && code <= 0xdfff)) out += code <= 0xff ? "\\x" + hex(code, 2) : "\\u" + hex(code, 4);
      else out += c;
    }
    return out;
  },
});

/// A finite number in units of 2 ** -1074.
function exactly(x) {
  const bits = new BigUint64Array(new Float64Array([Math.abs(x)]).buffer)[0];
  const exponent = bits >> 52n;
  const digits = bits & 0xfffffffffffffn;
  const size = exponent === 0n ? digits : (digits | 0x10000000000000n) << (exponent - 1n);
  return x < 0 ? -size : size;
}

/// The number nearest to so many units of 2 ** -1074.
function nearest(units) {
  const size = units < 0n ? -units : units;
  const more = Math.max(size.toString(2).length - 64, 0);
  let head = size >> BigInt(more);
  if (head << BigInt(more) !== size) head |= 1n; // for rounding, that something follows is enough
  const number = Number(head) * 2 ** (more - 1074);
  return units < 0n ? -number : number;
}

/// Exact sum of doubles: partial sums that do not overlap (Shewchuk), then rounded once. From where one goes beyond the
/// largest number, whole numbers take over.
function sumPrecise(items) {
  const partials = [];
  let units; // undefined while partials do
  let special = 0;
  let negativeZero = true;
  for (let x of items) {
    if (typeof x !== "number") throw new TypeError("Every item must be a number");
    if (!Object.is(x, -0)) negativeZero = false;
    if (!Number.isFinite(x)) {
      special += x;
      continue;
    }
    if (units !== undefined) {
      units += exactly(x);
      continue;
    }
    let kept = 0;
    for (let i = 0; i < partials.length; ++i) {
      const y = partials[i];
      const high = x + y;
      if (!Number.isFinite(high)) {
        units = exactly(x);
        for (let k = 0; k < kept; ++k) units += exactly(partials[k]);
        for (let k = i; k < partials.length; ++k) units += exactly(partials[k]);
        break;
      }
      const low = Math.abs(x) < Math.abs(y) ? x - (high - y) : y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  if (special !== 0) return special;
  if (units !== undefined) return nearest(units);
  if (negativeZero) return -0;
  let n = partials.length;
  if (n === 0) return 0;
  let high = partials[--n];
  let low = 0;
  while (n > 0) {
    const x = high;
    const y = partials[--n];
    high = x + y;
    low = y - (high - x);
    if (low !== 0) break;
  }
  if (n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0))) {
    const twice = low * 2;
    const rounded = high + twice;
    if (twice === rounded - high) high = rounded;
  }
  return high;
}
add(Math, { sumPrecise });

host.shared.disposeIsOurs = !("dispose" in Symbol);

for (const name of ["dispose", "asyncDispose"])
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol("Symbol." + name) });
