// The controller of streams of bytes: readers may bring their own buffers. A buffer that is handed over is detached
// at its old place, so nobody writes into bytes that somebody else reads.
const { need } = host.shared;
const { transferBuffer, bare } = need("stream_parts");
const { PullingCore } = need("readable_controller");
const streams = () => need("readable_stream");

const viewTypes = {};
for (const type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array])
  viewTypes[type.name] = type;
const tagOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

let invalidate;

class ReadableByteStreamController {
  #c;
  constructor(core) {
    if (!(core instanceof ByteCore)) throw new TypeError("Illegal constructor");
    this.#c = core;
  }
  get byobRequest() {
    return this.#c.currentRequest();
  }
  get desiredSize() {
    return this.#c.desiredSize();
  }
  close() {
    if (this.#c.closeRequested) throw new TypeError("The stream is closed already");
    if (this.#c.s.state !== "readable") throw new TypeError("The stream cannot be closed any more");
    this.#c.close();
  }
  enqueue(chunk) {
    if (!ArrayBuffer.isView(chunk)) throw new TypeError("The chunk must be an ArrayBufferView");
    if (chunk.byteLength === 0) throw new TypeError("The chunk must not be empty");
    if (chunk.buffer.byteLength === 0) throw new TypeError("The buffer of the chunk must not be empty");
    if (this.#c.closeRequested) throw new TypeError("The stream is closed already");
    if (this.#c.s.state !== "readable") throw new TypeError("The stream takes no chunks any more");
    this.#c.enqueue(chunk);
  }
  error(reason) {
    this.#c.error(reason);
  }
}

class ReadableStreamBYOBRequest {
  #core;
  #view;
  constructor(core, view) {
    if (!(core instanceof ByteCore)) throw new TypeError("Illegal constructor");
    this.#core = core;
    this.#view = view;
  }
  get view() {
    return this.#view;
  }
  #use() {
    if (!this.#core) throw new TypeError("This request was answered already");
    return this.#core;
  }
  respond(bytesWritten) {
    const core = this.#use();
    if (this.#view.buffer.byteLength === 0) throw new TypeError("The buffer of the request is detached");
    const n = Math.trunc(Number(bytesWritten));
    if (!(n >= 0)) throw new TypeError("The number of bytes must be 0 or more");
    core.respond(n);
  }
  respondWithNewView(view) {
    if (!ArrayBuffer.isView(view)) throw new TypeError("The argument must be an ArrayBufferView");
    this.#use().respondWithNewView(view);
  }
  static {
    invalidate = (request) => {
      request.#core = undefined;
      request.#view = null;
    };
  }
}

for (const [type, name] of [
  [ReadableByteStreamController, "ReadableByteStreamController"],
  [ReadableStreamBYOBRequest, "ReadableStreamBYOBRequest"],
])
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: name, configurable: true });

class ByteCore extends PullingCore {
  isBytes = true;
  entries = []; // {buffer, offset, length}
  total = 0;
  pending = []; // buffers to fill, the first is the source's to fill now
  request = null;
  constructor(s, algorithms, highWaterMark, autoAllocate) {
    super(s, algorithms, highWaterMark);
    this.autoAllocate = autoAllocate;
  }
  queued() {
    return this.total;
  }
  shouldPull() {
    if (this.s.state !== "readable" || this.closeRequested || !this.started) return false;
    return this.s.reader?.requests.length > 0 || this.desiredSize() > 0;
  }
  hasByobReader() {
    return this.s.reader?.byob === true;
  }

  // --- the source's side ---
  currentRequest() {
    if (this.request === null && this.pending.length > 0) {
      const first = this.pending[0];
      const view = new Uint8Array(first.buffer, first.offset + first.filled, first.length - first.filled);
      this.request = new ReadableStreamBYOBRequest(this, view);
    }
    return this.request;
  }
  dropRequest() {
    if (this.request !== null) invalidate(this.request);
    this.request = null;
  }
  close() {
    if (this.closeRequested || this.s.state !== "readable") return;
    if (this.total > 0) {
      this.closeRequested = true;
      return;
    }
    const first = this.pending[0];
    if (first && first.filled % first.elementSize !== 0) {
      const e = new TypeError("The stream ended within an element of the view");
      this.error(e);
      throw e;
    }
    this.forgetAlgorithms();
    streams().closeStream(this.s);
  }
  enqueue(chunk) {
    if (this.closeRequested || this.s.state !== "readable") return;
    const { byteOffset, byteLength } = chunk;
    const buffer = transferBuffer(chunk.buffer);
    const first = this.pending[0];
    if (first) {
      this.dropRequest();
      first.buffer = transferBuffer(first.buffer);
      if (first.kind === "none") this.keepDetached(first);
    }
    const reader = this.s.reader;
    if (reader && !reader.byob) {
      while (reader.requests.length > 0 && this.total > 0) this.giveFromQueue(reader.requests.shift());
      if (reader.requests.length === 0) this.queueBytes(buffer, byteOffset, byteLength);
      else {
        this.pending.shift();
        reader.requests.shift().chunk(new Uint8Array(buffer, byteOffset, byteLength));
      }
    } else {
      this.queueBytes(buffer, byteOffset, byteLength);
      if (reader) for (const d of this.fillPending()) this.commit(d);
    }
    this.pullIfNeeded();
  }
  error(reason) {
    if (this.s.state !== "readable") return;
    this.reset();
    this.forgetAlgorithms();
    streams().errorStream(this.s, reason);
  }
  respond(n) {
    const first = this.pending[0];
    if (this.s.state === "closed") {
      if (n !== 0) throw new TypeError("Only 0 bytes can be given after the stream was closed");
    } else {
      if (n === 0) throw new TypeError("0 bytes can be given only when the stream is closed");
      if (first.filled + n > first.length) throw new RangeError("More bytes than the view has room for");
    }
    first.buffer = transferBuffer(first.buffer);
    this.respondWith(n);
  }
  respondWithNewView(view) {
    const first = this.pending[0];
    const length = view.byteLength;
    if (this.s.state === "closed") {
      if (length !== 0) throw new TypeError("Only 0 bytes can be given after the stream was closed");
    } else if (length === 0) throw new TypeError("0 bytes can be given only when the stream is closed");
    if (first.offset + first.filled !== view.byteOffset) throw new RangeError("The view does not start where the request does");
    if (first.bufferLength !== view.buffer.byteLength) throw new RangeError("The buffer of the view has another length");
    if (first.filled + length > first.length) throw new RangeError("More bytes than the view has room for");
    first.buffer = transferBuffer(view.buffer);
    this.respondWith(length);
  }
  respondWith(n) {
    const first = this.pending[0];
    this.dropRequest();
    if (this.s.state === "closed") {
      if (first.kind === "none") this.pending.shift();
      if (this.hasByobReader()) while (this.s.reader.requests.length > 0) this.commit(this.pending.shift());
    } else this.respondReadable(n, first);
    this.pullIfNeeded();
  }
  respondReadable(n, d) {
    d.filled += n;
    if (d.kind === "none") {
      this.keepDetached(d);
      for (const filled of this.fillPending()) this.commit(filled);
      return;
    }
    if (d.filled < d.least) return;
    this.pending.shift();
    const rest = d.filled % d.elementSize;
    if (rest > 0) {
      const end = d.offset + d.filled;
      this.queueBytes(d.buffer.slice(end - rest, end), 0, rest);
    }
    d.filled -= rest;
    const more = this.fillPending();
    this.commit(d);
    for (const filled of more) this.commit(filled);
  }

  // --- the queue ---
  queueBytes(buffer, offset, length) {
    this.entries.push({ buffer, offset, length });
    this.total += length;
  }
  /// What was filled for a reader that has gone stays in the stream.
  keepDetached(d) {
    if (d.filled > 0) this.queueBytes(d.buffer.slice(d.offset, d.offset + d.filled), 0, d.filled);
    this.pending.shift();
  }
  reset() {
    this.dropRequest();
    this.pending = [];
    this.entries = [];
    this.total = 0;
  }
  afterTaking() {
    if (this.total === 0 && this.closeRequested) {
      this.forgetAlgorithms();
      streams().closeStream(this.s);
    } else this.pullIfNeeded();
  }
  giveFromQueue(request) {
    const { buffer, offset, length } = this.entries.shift();
    this.total -= length;
    this.afterTaking();
    request.chunk(new Uint8Array(buffer, offset, length));
  }
  /// Copies queued bytes into a pending buffer; true when it is full enough to be given.
  fill(d) {
    const most = Math.min(this.total, d.length - d.filled);
    const end = d.filled + most;
    const aligned = end - (end % d.elementSize);
    const ready = aligned >= d.least;
    let left = ready ? aligned - d.filled : most;
    while (left > 0) {
      const head = this.entries[0];
      const n = Math.min(left, head.length);
      new Uint8Array(d.buffer, d.offset + d.filled, n).set(new Uint8Array(head.buffer, head.offset, n));
      head.offset += n;
      head.length -= n;
      if (head.length === 0) this.entries.shift();
      this.total -= n;
      d.filled += n;
      left -= n;
    }
    return ready;
  }
  fillPending() {
    const filled = [];
    while (this.pending.length > 0 && this.total > 0) if (this.fill(this.pending[0])) filled.push(this.pending.shift());
    return filled;
  }
  commit(d) {
    const view = this.viewOf(d);
    const request = this.s.reader.requests.shift();
    if (this.s.state !== "closed") request.chunk(view);
    else request.close(d.kind === "byob" ? view : undefined);
  }
  viewOf(d) {
    return new d.type(transferBuffer(d.buffer), d.offset, d.filled / d.elementSize);
  }

  // --- the reader's side ---
  pullSteps(request) {
    if (this.total > 0) return this.giveFromQueue(request);
    if (this.autoAllocate !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBuffer(this.autoAllocate);
      } catch (e) {
        return request.error(e);
      }
      this.pending.push({
        buffer,
        bufferLength: this.autoAllocate,
        offset: 0,
        length: this.autoAllocate,
        filled: 0,
        least: 1,
        elementSize: 1,
        type: Uint8Array,
        kind: "default",
      });
    }
    this.s.reader.requests.push(request);
    this.pullIfNeeded();
  }
  pullInto(view, least, request) {
    const type = viewTypes[tagOf.call(view)] ?? DataView;
    const elementSize = type.BYTES_PER_ELEMENT ?? 1;
    const { byteOffset: offset, byteLength: length } = view;
    let buffer;
    try {
      buffer = transferBuffer(view.buffer);
    } catch (e) {
      return request.error(e);
    }
    const d = { buffer, bufferLength: buffer.byteLength, offset, length, filled: 0, least: least * elementSize, elementSize, type, kind: "byob" };
    if (this.pending.length === 0) {
      if (this.s.state === "closed") return request.close(new type(buffer, offset, 0));
      if (this.total > 0) {
        if (this.fill(d)) {
          const filled = this.viewOf(d);
          this.afterTaking();
          return request.chunk(filled);
        }
        if (this.closeRequested) {
          const e = new TypeError("The stream ended within an element of the view");
          this.error(e);
          return request.error(e);
        }
      }
    }
    this.pending.push(d);
    this.s.reader.requests.push(request);
    this.pullIfNeeded();
  }
  cancelSteps(reason) {
    this.reset();
    return this.cancelSource(reason);
  }
  releaseSteps() {
    if (this.pending.length === 0) return;
    this.pending[0].kind = "none";
    this.pending = [this.pending[0]];
  }
}

function setUpBytes(s, algorithms, highWaterMark, autoAllocateChunkSize) {
  let size;
  if (autoAllocateChunkSize !== undefined) {
    size = Math.trunc(Number(autoAllocateChunkSize));
    if (!(size > 0)) throw new TypeError("autoAllocateChunkSize must be greater than 0");
  }
  const core = new ByteCore(s, algorithms, highWaterMark, size);
  core.start(algorithms.start, new ReadableByteStreamController(core));
  return core;
}

/// A stream of bytes made by our own code; its core can be driven directly.
function makeByteStream(algorithms, highWaterMark = 0) {
  const stream = new (streams().ReadableStream)(bare);
  const core = setUpBytes(streams().stateOf(stream), algorithms, highWaterMark);
  return { stream, core };
}

return { setUpBytes, makeByteStream };
