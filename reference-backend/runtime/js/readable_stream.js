// ReadableStream and its readers, by the WHATWG standard of streams. How chunks come in is in readable_controller.js
// and readable_bytes.js.
const { need, hide } = host.shared;
const { bare, noop, deferred, quiet, rejectedQuietly, resolved, strategyOf, dictionary, signalOf, methodOf } = need("stream_parts");

let stateOf, isReadable, readerOf, isByobReader;

class ReadableStream {
  #s = { stream: this, state: "readable", reader: undefined, error: undefined, disturbed: false, controller: undefined };
  static {
    stateOf = (stream) => stream.#s;
    isReadable = (value) => typeof value === "object" && value !== null && #s in value;
  }
  constructor(source, strategy) {
    if (source === bare) return;
    if (source === null) throw new TypeError("The source must be an object");
    source = dictionary(source, "The source");
    const autoAllocateChunkSize = source.autoAllocateChunkSize;
    const cancel = methodOf(source, "cancel");
    const pull = methodOf(source, "pull");
    const start = methodOf(source, "start");
    const type = source.type;
    const algorithms = {
      start: start && ((controller) => start.call(source, controller)),
      pull: pull && ((controller) => pull.call(source, controller)),
      cancel: cancel && ((reason) => cancel.call(source, reason)),
    };
    if (type === undefined) {
      const { highWaterMark, size } = strategyOf(strategy, 1);
      need("readable_controller").setUpDefault(this.#s, algorithms, highWaterMark, size);
      return;
    }
    if (String(type) !== "bytes") throw new TypeError(`The type of a source must be undefined or "bytes"`);
    const { highWaterMark, given } = strategyOf(strategy, 0);
    if (given) throw new RangeError("The strategy of a byte stream must not have a size");
    need("readable_bytes").setUpBytes(this.#s, algorithms, highWaterMark, autoAllocateChunkSize);
  }
  static from(source) {
    return need("readable_pipe").fromIterable(source);
  }
  get locked() {
    return this.#s.reader !== undefined;
  }
  cancel(reason) {
    try {
      if (this.#s.reader) throw new TypeError("A locked stream cannot be canceled");
    } catch (e) {
      return Promise.reject(e);
    }
    return cancelStream(this.#s, reason);
  }
  getReader(options) {
    const mode = dictionary(options, "The options").mode;
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    if (String(mode) !== "byob") throw new TypeError(`The mode of a reader must be undefined or "byob"`);
    return new ReadableStreamBYOBReader(this);
  }
  pipeThrough(transform, options) {
    const { isWritable } = need("writable_stream");
    const { readable, writable } = dictionary(transform, "The transform");
    if (!isReadable(readable)) throw new TypeError("readable must be a ReadableStream");
    if (!isWritable(writable)) throw new TypeError("writable must be a WritableStream");
    const how = pipeOptions(options);
    if (this.locked) throw new TypeError("The stream is locked");
    if (writable.locked) throw new TypeError("The writable stream is locked");
    quiet(need("readable_pipe").pipe(this, writable, how));
    return readable;
  }
  pipeTo(destination, options) {
    try {
      if (!need("writable_stream").isWritable(destination)) throw new TypeError("The destination must be a WritableStream");
      const how = pipeOptions(options);
      if (this.locked) throw new TypeError("The stream is locked");
      if (destination.locked) throw new TypeError("The writable stream is locked");
      return need("readable_pipe").pipe(this, destination, how);
    } catch (e) {
      return Promise.reject(e);
    }
  }
  tee() {
    return need("readable_tee").tee(this, false);
  }
  values(options) {
    return need("readable_pipe").iterate(this, Boolean(dictionary(options, "The options").preventCancel));
  }
  inspect() {
    return "ReadableStream {}";
  }
}
hide(ReadableStream.prototype, Symbol.asyncIterator, ReadableStream.prototype.values);
Object.defineProperty(ReadableStream.prototype, Symbol.toStringTag, { value: "ReadableStream", configurable: true });

function pipeOptions(options) {
  const o = dictionary(options, "The options");
  return {
    preventAbort: Boolean(o.preventAbort),
    preventCancel: Boolean(o.preventCancel),
    preventClose: Boolean(o.preventClose),
    signal: signalOf(o),
  };
}

// --- what happens to a stream ---

function cancelStream(s, reason) {
  s.disturbed = true;
  if (s.state === "closed") return Promise.resolve();
  if (s.state === "errored") return Promise.reject(s.error);
  closeStream(s);
  if (s.reader?.byob) {
    const requests = s.reader.requests;
    s.reader.requests = [];
    for (const request of requests) request.close(undefined);
  }
  return s.controller.cancelSteps(reason).then(noop);
}

function closeStream(s) {
  s.state = "closed";
  const reader = s.reader;
  if (!reader) return;
  reader.closed.resolve();
  if (reader.byob) return;
  const requests = reader.requests;
  reader.requests = [];
  for (const request of requests) request.close();
}

function errorStream(s, error) {
  s.state = "errored";
  s.error = error;
  const reader = s.reader;
  if (!reader) return;
  reader.closed.reject(error);
  quiet(reader.closed.promise);
  failRequests(reader, error);
}

function failRequests(reader, error) {
  const requests = reader.requests;
  reader.requests = [];
  for (const request of requests) request.error(error);
}

// --- readers ---

function attach(r, stream, byob) {
  const s = stateOf(stream);
  if (s.reader) throw new TypeError("The stream is locked to a reader already");
  if (byob && !s.controller.isBytes) throw new TypeError("A BYOB reader needs a stream of bytes");
  r.stream = s;
  s.reader = r;
  if (s.state === "readable") r.closed = deferred();
  else if (s.state === "closed") r.closed = resolved();
  else r.closed = rejectedQuietly(s.error);
}

function release(r) {
  const gone = new TypeError("The reader was released");
  if (r.stream.state === "readable") r.closed.reject(gone);
  else r.closed = rejectedQuietly(gone);
  quiet(r.closed.promise);
  r.stream.controller.releaseSteps();
  r.stream.reader = undefined;
  r.stream = undefined;
  failRequests(r, gone);
}

const newReader = (byob) => ({ stream: undefined, closed: undefined, requests: [], byob });
const released = () => new TypeError("The reader was released");
const plainResult = (value, done) => ({ value, done });

/// {chunk, close, error} that settles a promise of a result.
function requestFor(d) {
  return {
    chunk: (value) => d.resolve(plainResult(value, false)),
    close: (value) => d.resolve(plainResult(value, true)),
    error: d.reject,
  };
}

/// Asks for the next chunk of a stream on behalf of its default reader.
function readFrom(r, request) {
  const s = r.stream;
  s.disturbed = true;
  if (s.state === "closed") request.close();
  else if (s.state === "errored") request.error(s.error);
  else s.controller.pullSteps(request);
}

function cancelReader(r, reason) {
  if (!r.stream) return Promise.reject(released());
  return cancelStream(r.stream, reason);
}

class ReadableStreamDefaultReader {
  #r = newReader(false);
  static {
    readerOf = (reader) => reader.#r;
  }
  constructor(stream) {
    if (!isReadable(stream)) throw new TypeError("The argument must be a ReadableStream");
    attach(this.#r, stream, false);
  }
  get closed() {
    return this.#r.closed.promise;
  }
  cancel(reason) {
    return cancelReader(this.#r, reason);
  }
  read() {
    if (!this.#r.stream) return Promise.reject(released());
    const d = deferred();
    readFrom(this.#r, requestFor(d));
    return d.promise;
  }
  releaseLock() {
    if (this.#r.stream) release(this.#r);
  }
}
Object.defineProperty(ReadableStreamDefaultReader.prototype, Symbol.toStringTag, {
  value: "ReadableStreamDefaultReader",
  configurable: true,
});

class ReadableStreamBYOBReader {
  #r = newReader(true);
  constructor(stream) {
    if (!isReadable(stream)) throw new TypeError("The argument must be a ReadableStream");
    attach(this.#r, stream, true);
  }
  static {
    isByobReader = (reader) => reader.#r;
  }
  get closed() {
    return this.#r.closed.promise;
  }
  cancel(reason) {
    return cancelReader(this.#r, reason);
  }
  read(view, options) {
    try {
      const least = checkView(view, dictionary(options, "The options").min);
      if (!this.#r.stream) throw released();
      const d = deferred();
      readInto(this.#r, view, least, requestFor(d));
      return d.promise;
    } catch (e) {
      return Promise.reject(e);
    }
  }
  releaseLock() {
    if (this.#r.stream) release(this.#r);
  }
}
Object.defineProperty(ReadableStreamBYOBReader.prototype, Symbol.toStringTag, {
  value: "ReadableStreamBYOBReader",
  configurable: true,
});

/// The smallest number of elements that a read into `view` may give.
function checkView(view, min) {
  if (!ArrayBuffer.isView(view)) throw new TypeError("The view must be an ArrayBufferView");
  if (view.byteLength === 0) throw new TypeError("The view must not be empty");
  if (view.buffer.byteLength === 0) throw new TypeError("The buffer of the view must not be empty");
  if (min === undefined) return 1;
  const least = Math.trunc(Number(min));
  if (!(least > 0)) throw new TypeError("min must be greater than 0");
  if (least > (view.length ?? view.byteLength)) throw new RangeError("min must not exceed the length of the view");
  return least;
}

function readInto(r, view, least, request) {
  const s = r.stream;
  s.disturbed = true;
  if (s.state === "errored") request.error(s.error);
  else s.controller.pullInto(view, least, request);
}

return {
  ReadableStream,
  ReadableStreamDefaultReader,
  ReadableStreamBYOBReader,
  stateOf,
  isReadable,
  readerOf,
  byobReaderOf: isByobReader,
  cancelStream,
  closeStream,
  errorStream,
  readFrom,
  readInto,
  release,
};
