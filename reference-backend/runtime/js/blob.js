// Blob and File. A blob is a list of pieces that never change; a slice shares them. A blob that comes from a stream
// (a stored file) has its size from the start and can be read once.
const { need, lowerCase } = host.shared;
const { utf8Encode, utf8Decode } = host;

let blobOf, isBlob;

const typeText = (type) => (/^[\x20-\x7e]*$/.test(String(type)) ? lowerCase(String(type)) : "");

function bytesOf(part) {
  if (part instanceof ArrayBuffer) return new Uint8Array(part.slice(0));
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice();
  return utf8Encode(String(part).toWellFormed());
}

function piecesOf(parts) {
  const pieces = [];
  for (const part of parts) {
    if (!isBlob(part)) pieces.push(bytesOf(part));
    else if (blobOf(part).open) throw new TypeError("A blob that is streamed cannot be part of another blob");
    else pieces.push(...blobOf(part).pieces);
  }
  return pieces.filter((piece) => piece.length > 0);
}

const lengthOf = (pieces) => pieces.reduce((sum, piece) => sum + piece.length, 0);

function joined(pieces, length = lengthOf(pieces)) {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

class Blob {
  #b;
  static {
    blobOf = (blob) => blob.#b;
    isBlob = (value) => typeof value === "object" && value !== null && #b in value;
  }
  constructor(parts, options) {
    if (parts instanceof Made) {
      this.#b = parts;
      return;
    }
    if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function")
      throw new TypeError("The options of a Blob must be an object");
    if (parts !== undefined && (typeof parts !== "object" || parts === null || typeof parts[Symbol.iterator] !== "function"))
      throw new TypeError("The parts of a Blob must be iterable");
    const pieces = parts === undefined ? [] : piecesOf(parts);
    this.#b = new Made(pieces, lengthOf(pieces), typeText(options?.type ?? ""));
  }
  get size() {
    return this.#b.size;
  }
  get type() {
    return this.#b.type;
  }
  slice(start, end, type) {
    const b = this.#b;
    if (b.open) throw new TypeError("A blob that is streamed cannot be sliced");
    const from = position(start, b.size, 0);
    const to = position(end, b.size, b.size);
    return new Blob(new Made(cut(b.pieces, from, to), Math.max(0, to - from), type === undefined ? "" : typeText(type)));
  }
  stream() {
    return streamOf(this.#b);
  }
  async bytes() {
    return readAll(this.#b);
  }
  async arrayBuffer() {
    return (await readAll(this.#b)).buffer;
  }
  async text() {
    return withoutMark(utf8Decode(await readAll(this.#b), false));
  }
  inspect() {
    return `Blob { size: ${this.size}, type: ${JSON.stringify(this.type)} }`;
  }
}

/// The text of decoded UTF-8, without a byte order mark.
const withoutMark = (text) => (text[0] === "\uFEFF" ? text.slice(1) : text);

/// What a blob is made of. `open` gives a stream of the bytes, once.
class Made {
  constructor(pieces, size, type, open) {
    this.pieces = pieces;
    this.size = size;
    this.type = type;
    this.open = open;
    this.used = false;
  }
}

function position(value, size, missing) {
  if (value === undefined) return missing;
  const n = Math.trunc(Number(value)) || 0;
  return n < 0 ? Math.max(size + n, 0) : Math.min(n, size);
}

function cut(pieces, from, to) {
  const out = [];
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(Math.max(from - at, 0), Math.max(to - at, 0));
    if (part.length > 0) out.push(part);
    at += piece.length;
  }
  return out;
}

function streamOf(b) {
  if (b.open) {
    if (b.used) throw new TypeError("This blob can be read only once");
    b.used = true;
    return b.open();
  }
  let next = 0;
  const { stream, core } = need("readable_bytes").makeByteStream({
    pull: () => {
      if (next < b.pieces.length) return core.enqueue(b.pieces[next++].slice());
      core.close();
      core.currentRequest()?.respond(0);
    },
  });
  return stream;
}

async function readAll(b) {
  if (!b.open) return joined(b.pieces);
  return collect(streamOf(b));
}

/// All bytes of a stream.
async function collect(stream) {
  const reader = stream.getReader();
  const pieces = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(pieces);
    if (!(value instanceof Uint8Array)) {
      const e = new TypeError("A body must be a stream of Uint8Array");
      reader.cancel(e).then(undefined, () => {});
      throw e;
    }
    pieces.push(value);
  }
}

class File extends Blob {
  #name;
  #lastModified;
  constructor(parts, name, options) {
    if (arguments.length < 2) throw new TypeError("A File needs its parts and its name");
    super(parts, options);
    this.#name = String(name).toWellFormed();
    this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
  }
  get name() {
    return this.#name;
  }
  get lastModified() {
    return this.#lastModified;
  }
  inspect() {
    return `File { name: ${JSON.stringify(this.name)}, size: ${this.size}, type: ${JSON.stringify(this.type)} }`;
  }
}

for (const type of [Blob, File]) Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });

/// A blob whose bytes come from outside: `open` gives their stream.
const streamingBlob = (size, type, open) => new Blob(new Made([], size, typeText(type), open));

return { Blob, File, blobOf, isBlob, joined, collect, streamOf, streamingBlob, withoutMark };
