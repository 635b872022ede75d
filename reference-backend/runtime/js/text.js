// TextEncoder and TextDecoder: UTF-8, UTF-16 and the encodings of one byte a character.
const { utf8Encode, utf8Decode, shared } = host;
const { tag, trim, lowerCase, match, textOf, requireArguments, optionsOf } = shared;
const { apply } = Reflect;
const { fromCharCode } = String;

class TextEncoder {
  get encoding() {
    return "utf-8";
  }
  encode(text = "") {
    return utf8Encode(String(text));
  }
  encodeInto(text, target) {
    requireArguments(2, arguments.length, "TextEncoder.encodeInto");
    if (!(target instanceof Uint8Array)) throw new TypeError("The target must be a Uint8Array");
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

/// Labels of the encodings that are here, each between bars; the unit `encodings` has those of the others.
const labels = {
  "utf-8": "|utf-8|utf8|unicode-1-1-utf-8|unicode11utf8|unicode20utf8|x-unicode20utf8|",
  "utf-16le": "|utf-16le|utf-16|ucs-2|unicode|iso-10646-ucs-2|csunicode|unicodefeff|",
  "utf-16be": "|utf-16be|unicodefffe|",
  "windows-1252":
    "|windows-1252|ansi_x3.4-1968|ascii|cp1252|cp819|csisolatin1|ibm819|iso-8859-1|iso-ir-100|iso8859-1|iso88591|" +
    "iso_8859-1|iso_8859-1:1987|l1|latin1|us-ascii|x-cp1252|",
};

const names = Object.keys(labels);

function encodingOf(label) {
  const wanted = lowerCase(trim(`${label}`, "\t\n\f\r "));
  if (match(/^[a-z0-9._:-]+$/, wanted) !== null) {
    for (let i = 0; i < names.length; ++i) if (labels[names[i]].includes(`|${wanted}|`)) return names[i];
    const name = shared.need("encodings").nameOf(wanted);
    if (name !== undefined) return name;
  }
  throw new RangeError(`The encoding label provided ('${label}') is invalid.`);
}

function bytesOf(input) {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) return new Uint8Array(input);
  throw new TypeError("The input must be an ArrayBuffer or a view of one");
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

/// The text of 16-bit units, made in pieces that fit on the stack.
function textOfUnits(units) {
  let text = "";
  for (let at = 0; at < units.length; at += 4096) text += apply(fromCharCode, undefined, units.subarray(at, at + 4096));
  return text;
}

const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;

const utf16 = (high, low) => ({
  decode(bytes, fatal) {
    const units = new Uint16Array(bytes.length >> 1);
    for (let i = 0; i < units.length; ++i) units[i] = (bytes[2 * i + high] << 8) | bytes[2 * i + low];
    const text = textOfUnits(units);
    const odd = bytes.length % 2 === 1;
    const whole = textOf(text);
    if (fatal && (odd || whole !== text)) return null;
    // Half a unit after half a pair is one mistake.
    return odd && !isHigh(units[units.length - 1]) ? whole + "\uFFFD" : whole;
  },
  unfinished(bytes) {
    const odd = bytes.length % 2;
    const last = bytes.length - odd - 2;
    return last >= 0 && isHigh(bytes[last + high] << 8) ? odd + 2 : odd;
  },
});

const c1 = "\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178";
const latin1 = (byte) => (byte >= 0x80 && byte < 0xa0 ? c1.charCodeAt(byte - 0x80) : byte);

/// Of the encodings with one byte a character.
function decodeBytes(bytes, fatal, characterOf) {
  const units = new Uint16Array(bytes.length);
  for (let i = 0; i < units.length; ++i) {
    units[i] = characterOf(bytes[i]);
    if (fatal && units[i] === 0xfffd) return null;
  }
  return textOfUnits(units);
}

const decoders = {
  "utf-8": { decode: utf8Decode, unfinished: unfinishedUtf8 },
  "utf-16le": utf16(1, 0),
  "utf-16be": utf16(0, 1),
  "windows-1252": { decode: (bytes, fatal) => decodeBytes(bytes, fatal, latin1), unfinished: () => 0 },
};

function decoderOf(encoding) {
  if (decoders[encoding] !== undefined) return decoders[encoding];
  const { characterOf } = shared.need("encodings");
  return { decode: (bytes, fatal) => decodeBytes(bytes, fatal, characterOf(encoding)), unfinished: () => 0 };
}

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #rest = new Uint8Array(0);
  #started = false;
  constructor(label = "utf-8", options) {
    this.#encoding = encodingOf(label);
    const { fatal, ignoreBOM } = optionsOf(options, "a TextDecoder");
    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
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
    let bytes = bytesOf(input);
    const more = Boolean(optionsOf(options, "TextDecoder.decode").stream);
    const { decode, unfinished } = decoderOf(this.#encoding);
    if (this.#rest.length > 0) {
      const all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
      bytes = all;
    }
    const kept = more ? unfinished(bytes) : 0;
    this.#rest = bytes.slice(bytes.length - kept);
    let text = decode(bytes.subarray(0, bytes.length - kept), this.#fatal);
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

for (const type of [TextEncoder, TextDecoder]) {
  tag(type);
  globalThis[type.name] = type;
}
Object.assign(shared, { TextEncoder, TextDecoder });
