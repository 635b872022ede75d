// TextEncoder and TextDecoder: UTF-8, UTF-16LE and Latin-1.
const { utf8Encode, utf8Decode } = host;
const { hide } = host.shared;

class TextEncoder {
  get encoding() {
    return "utf-8";
  }
  encode(text = "") {
    return utf8Encode(String(text));
  }
  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const c of String(text)) {
      const bytes = utf8Encode(c);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += c.length;
    }
    return { read, written };
  }
}

const labels = {
  "utf-8": ["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"],
  "utf-16le": ["utf-16le", "utf-16", "ucs-2", "unicode", "iso-10646-ucs-2", "csunicode", "unicodefeff"],
  "windows-1252": ["windows-1252", "latin1", "iso-8859-1", "iso8859-1", "l1", "ascii", "us-ascii", "cp1252", "x-cp1252"],
};

function encodingOf(label) {
  const wanted = String(label).trim().toLowerCase();
  for (const name of Object.keys(labels)) if (labels[name].includes(wanted)) return name;
  throw new RangeError(`The encoding label provided ('${label}') is invalid.`);
}

function bytesOf(input) {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return new Uint8Array(input);
}

/// How many bytes at the end are the start of a character that may go on.
function unfinishedUtf8(bytes) {
  for (let back = 1; back <= 3 && back <= bytes.length; ++back) {
    const b = bytes[bytes.length - back];
    if ((b & 0xc0) === 0x80) continue;
    const needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

const c1 = "\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178";

const decoders = {
  "utf-8": (bytes, fatal) => utf8Decode(bytes, fatal),
  "utf-16le"(bytes, fatal) {
    let text = "";
    for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8));
    if (bytes.length % 2 === 1) text += "\uFFFD";
    if (fatal && (bytes.length % 2 === 1 || !text.isWellFormed())) return null;
    return text.toWellFormed();
  },
  "windows-1252"(bytes) {
    let text = "";
    for (const b of bytes) text += b >= 0x80 && b < 0xa0 ? c1[b - 0x80] : String.fromCharCode(b);
    return text;
  },
};

const unfinished = {
  "utf-8": unfinishedUtf8,
  "utf-16le": (bytes) => bytes.length % 2,
  "windows-1252": () => 0,
};

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #rest = new Uint8Array(0);
  #started = false;
  constructor(label = "utf-8", options = {}) {
    this.#encoding = encodingOf(label);
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }
  get encoding() {
    return this.#encoding;
  }
  get fatal() {
    return this.#fatal;
  }
  get ignoreBOM() {
    return this.#ignoreBOM;
  }
  decode(input, options) {
    const more = Boolean(options?.stream);
    let bytes = bytesOf(input);
    if (this.#rest.length > 0) {
      const all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
      bytes = all;
    }
    const kept = more ? unfinished[this.#encoding](bytes) : 0;
    this.#rest = bytes.slice(bytes.length - kept);
    let text = decoders[this.#encoding](bytes.subarray(0, bytes.length - kept), this.#fatal);
    if (text === null) {
      this.#rest = new Uint8Array(0);
      throw new TypeError("The encoded data was not valid.");
    }
    if (!this.#started && text.length > 0) {
      this.#started = true;
      if (!this.#ignoreBOM && text[0] === "\uFEFF") text = text.slice(1);
    }
    if (!more) this.#started = false;
    return text;
  }
}

hide(globalThis, "TextEncoder", TextEncoder);
hide(globalThis, "TextDecoder", TextDecoder);
Object.assign(host.shared, { TextEncoder, TextDecoder });
