// Blob and File. A blob is a list of pieces that never change; a slice shares them. A blob that comes from a stream
// (a stored file) has its size from the start and can be read once.
const { need, lowerCase, match, textOf, tag, optionsOf } = host.shared;
const { utf8Encode, utf8Decode } = host;

let blobOf, isBlob;

const typeText = (type) => (match(/^[\x20-\x7e]*$/, `${type}`) !== null ? lowerCase(`${type}`) : "");

function bytesOf(part, native) {
  if (part instanceof ArrayBuffer) return new Uint8Array(part.slice(0));
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice();
  const text = textOf(part);
  return utf8Encode(native ? text.split("\r\n").join("\n").split("\r").join("\n") : text);
}

/// With `native`, line ends in texts become those of the system.
function piecesOf(parts, native) {
  let pieces = [];
  for (const part of parts) {
    if (!isBlob(part)) pieces.push(bytesOf(part, native));
    else if (blobOf(part).open) throw new TypeError("A blob that is streamed cannot be part of another blob");
    else pieces = pieces.concat(blobOf(part).pieces);
  }
  return pieces.filter((piece) => piece.length > 0);
}

const lengthOf = (pieces) => pieces.reduce((sum, piece) => sum + piece.length, 0);

function joined(pieces, length = lengthOf(pieces)) {
  const all = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < pieces.length; ++i) {
    all.set(pieces[i], at);
    at += pieces[i].length;
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
    const { endings, type } = optionsOf(options, "a Blob");
    if (endings !== undefined && endings !== "transparent" && endings !== "native")
      throw new TypeError('The endings of a Blob must be "transparent" or "native"');
    if (parts !== undefined && (typeof parts !== "object" || parts === null || typeof parts[Symbol.iterator] !== "function"))
      throw new TypeError("The parts of a Blob must be iterable");
    const pieces = parts === undefined ? [] : piecesOf(parts, endings === "native");
    this.#b = new Made(pieces, lengthOf(pieces), typeText(type ?? ""));
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
  for (let i = 0; i < pieces.length; ++i) {
    const piece = pieces[i];
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
    host.shared.requireArguments(2, arguments.length, "File");
    super(parts, options);
    this.#name = textOf(name);
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

tag(Blob);
tag(File);

/// A blob whose bytes come from outside: `open` gives their stream.
const streamingBlob = (size, type, open) => new Blob(new Made([], size, typeText(type), open));

return { Blob, File, blobOf, isBlob, joined, collect, streamOf, streamingBlob, withoutMark };
