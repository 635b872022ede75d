// Library functions of newer engines for bytes, errors, numbers and resources.
const { hide } = host.shared;
const { transferBuffer, bytesToBase64, base64ToBytes, bytesToHex, hexToBytes } = host;

function add(object, functions) {
  for (const name of Object.keys(functions)) if (!(name in object)) hide(object, name, functions[name]);
}

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

add(Uint8Array, { fromHex, fromBase64 });
add(Uint8Array.prototype, {
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
});

function moved(buffer, newLength, size) {
  const length = newLength === undefined ? size : Math.trunc(Number(newLength));
  if (!(length >= 0)) throw new RangeError("Invalid array buffer length");
  const taken = transferBuffer(buffer);
  if (length === size) return taken;
  const made = new ArrayBuffer(length);
  new Uint8Array(made).set(new Uint8Array(taken, 0, Math.min(length, size)));
  return made;
}

add(ArrayBuffer.prototype, {
  transfer(newLength) {
    return moved(this, newLength, this.byteLength);
  },
  transferToFixedLength(newLength) {
    return moved(this, newLength, this.byteLength);
  },
});

const isErrorTag = Object.prototype.toString;
add(Error, {
  isError(value) {
    if (typeof value !== "object" || value === null) return false;
    const own = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
    return own === undefined && value instanceof Error ? true : isErrorTag.call(value) === "[object Error]";
  },
});

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

/// Exact sum of doubles: partial sums that do not overlap (Shewchuk), then rounded once.
function sumPrecise(items) {
  const partials = [];
  let special = 0;
  let negativeZero = true;
  for (let x of items) {
    if (typeof x !== "number") throw new TypeError("Every item must be a number");
    if (!Object.is(x, -0)) negativeZero = false;
    if (!Number.isFinite(x)) {
      special += x;
      continue;
    }
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  if (special !== 0) return special;
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

for (const name of ["dispose", "asyncDispose"])
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol("Symbol." + name) });
