// WritableStream, its controller and its writer, by the WHATWG standard of streams.
const { shared } = host;
const { need } = shared;
const { bare, deferred, quiet, rejectedQuietly, resolved, SizedQueue, strategyOf, dictionary, methodOf } = need("stream_parts");

let writableStateOf, isWritable, writerOf;
const closeMark = Symbol("close");

class WritableStream {
  #s = {
    state: "writable",
    error: undefined,
    writer: undefined,
    controller: undefined,
    writes: [],
    writing: undefined,
    closeRequest: undefined,
    closing: undefined,
    pendingAbort: undefined,
    backpressure: false,
  };
  static {
    writableStateOf = (stream) => stream.#s;
    isWritable = (value) => typeof value === "object" && value !== null && #s in value;
  }
  constructor(sink, strategy) {
    if (sink === bare) return;
    if (sink === null) throw new TypeError("The sink must be an object");
    sink = dictionary(sink, "The sink");
    const abort = methodOf(sink, "abort");
    const close = methodOf(sink, "close");
    const start = methodOf(sink, "start");
    if (sink.type !== undefined) throw new RangeError("The type of a sink must be undefined");
    const write = methodOf(sink, "write");
    const { highWaterMark, size } = strategyOf(strategy, 1);
    setUp(this.#s, {
      start: start && ((controller) => start.call(sink, controller)),
      write: write && ((chunk, controller) => write.call(sink, chunk, controller)),
      close: close && (() => close.call(sink)),
      abort: abort && ((reason) => abort.call(sink, reason)),
    }, highWaterMark, size);
  }
  get locked() {
    return this.#s.writer !== undefined;
  }
  abort(reason) {
    if (!isWritable(this)) return Promise.reject(new TypeError("Illegal invocation"));
    if (this.#s.writer) return Promise.reject(new TypeError("A locked stream cannot be aborted"));
    return abortWritable(this.#s, reason);
  }
  close() {
    if (!isWritable(this)) return Promise.reject(new TypeError("Illegal invocation"));
    if (this.#s.writer) return Promise.reject(new TypeError("A locked stream cannot be closed"));
    if (closeQueuedOrInFlight(this.#s)) return Promise.reject(new TypeError("The stream is closing already"));
    return closeWritable(this.#s);
  }
  getWriter() {
    return new WritableStreamDefaultWriter(this);
  }
  inspect() {
    return "WritableStream {}";
  }
}

// --- what happens to a stream ---

const closeQueuedOrInFlight = (s) => s.closeRequest !== undefined || s.closing !== undefined;

function abortWritable(s, reason) {
  if (s.state === "closed" || s.state === "errored") return Promise.resolve();
  s.controller.abortController.abort(reason);
  if (s.state === "closed" || s.state === "errored") return Promise.resolve();
  if (s.pendingAbort) return s.pendingAbort.done.promise;
  const alreadyErroring = s.state === "erroring";
  const done = deferred();
  s.pendingAbort = { done, reason: alreadyErroring ? undefined : reason, alreadyErroring };
  if (!alreadyErroring) startErroring(s, reason);
  return done.promise;
}

function closeWritable(s) {
  if (s.state === "closed" || s.state === "errored") return Promise.reject(new TypeError(`The stream is ${s.state}`));
  s.closeRequest = deferred();
  const { promise } = s.closeRequest;
  if (s.writer && s.backpressure && s.state === "writable") s.writer.ready.resolve();
  s.controller.queue.push(closeMark, 0);
  s.controller.advance();
  return promise;
}

function startErroring(s, reason) {
  s.state = "erroring";
  s.error = reason;
  if (s.writer) rejectReady(s.writer, reason);
  if (!s.writing && !s.closing && s.controller.started) finishErroring(s);
}

function rejectReady(w, reason) {
  if (w.ready.settled) w.ready = rejectedQuietly(reason);
  else {
    w.ready.reject(reason);
    quiet(w.ready.promise);
  }
}

function rejectClosed(w, reason) {
  if (w.closed.settled) w.closed = rejectedQuietly(reason);
  else {
    w.closed.reject(reason);
    quiet(w.closed.promise);
  }
}

function finishErroring(s) {
  s.state = "errored";
  s.controller.queue.clear();
  const writes = s.writes;
  s.writes = [];
  for (const write of writes) write.reject(s.error);
  const abort = s.pendingAbort;
  s.pendingAbort = undefined;
  if (!abort) return rejectCloseAndClosed(s);
  if (abort.alreadyErroring) {
    abort.done.reject(s.error);
    return rejectCloseAndClosed(s);
  }
  s.controller.abortSink(abort.reason).then(
    () => {
      abort.done.resolve();
      rejectCloseAndClosed(s);
    },
    (e) => {
      abort.done.reject(e);
      rejectCloseAndClosed(s);
    },
  );
}

function rejectCloseAndClosed(s) {
  if (s.closeRequest) {
    s.closeRequest.reject(s.error);
    s.closeRequest = undefined;
  }
  if (s.writer) rejectClosed(s.writer, s.error);
}

function dealWithFailure(s, e) {
  if (s.state === "writable") startErroring(s, e);
  else finishErroring(s);
}

function finishClose(s) {
  s.closing.resolve();
  s.closing = undefined;
  if (s.state === "erroring") {
    s.error = undefined;
    s.pendingAbort?.done.resolve();
    s.pendingAbort = undefined;
  }
  s.state = "closed";
  s.writer?.closed.resolve();
}

function failClose(s, e) {
  s.closing.reject(e);
  s.closing = undefined;
  s.pendingAbort?.done.reject(e);
  s.pendingAbort = undefined;
  dealWithFailure(s, e);
}

function setBackpressure(s, on) {
  if (s.writer && on !== s.backpressure) {
    if (on) s.writer.ready = deferred();
    else s.writer.ready.resolve();
  }
  s.backpressure = on;
}

// --- the controller ---

class WritableStreamDefaultController {
  #c;
  constructor(core) {
    if (!(core instanceof WritableCore)) throw new TypeError("Illegal constructor");
    this.#c = core;
  }
  get signal() {
    return this.#c.abortController.signal;
  }
  error(reason) {
    if (this.#c.s.state === "writable") this.#c.error(reason);
  }
}

class WritableCore {
  started = false;
  queue = new SizedQueue();
  abortController = new shared.AbortController();
  constructor(s, algorithms, highWaterMark, size) {
    this.s = s;
    this.algorithms = algorithms;
    this.highWaterMark = highWaterMark;
    this.size = size;
    this.controller = new WritableStreamDefaultController(this);
    s.controller = this;
  }
  call(name, ...args) {
    try {
      return Promise.resolve(this.algorithms?.[name]?.(...args));
    } catch (e) {
      return Promise.reject(e);
    }
  }
  desiredSize() {
    return this.highWaterMark - this.queue.total;
  }
  updateBackpressure() {
    setBackpressure(this.s, this.desiredSize() <= 0);
  }
  error(reason) {
    this.algorithms = undefined;
    startErroring(this.s, reason);
  }
  errorIfWritable(reason) {
    if (this.s.state === "writable") this.error(reason);
  }
  abortSink(reason) {
    const result = this.call("abort", reason);
    this.algorithms = undefined;
    return result;
  }
  sizeOf(chunk) {
    try {
      return this.size.call(undefined, chunk);
    } catch (e) {
      this.errorIfWritable(e);
      return 1;
    }
  }
  write(chunk, size) {
    try {
      this.queue.push(chunk, size);
    } catch (e) {
      this.errorIfWritable(e);
      return;
    }
    if (!closeQueuedOrInFlight(this.s) && this.s.state === "writable") this.updateBackpressure();
    this.advance();
  }
  advance() {
    const s = this.s;
    if (!this.started || s.writing) return;
    if (s.state === "erroring") return finishErroring(s);
    if (this.queue.length === 0) return;
    const next = this.queue.peek();
    if (next === closeMark) this.processClose();
    else this.processWrite(next);
  }
  processClose() {
    const s = this.s;
    s.closing = s.closeRequest;
    s.closeRequest = undefined;
    this.queue.shift();
    const result = this.call("close");
    this.algorithms = undefined;
    result.then(
      () => finishClose(s),
      (e) => failClose(s, e),
    );
  }
  processWrite(chunk) {
    const s = this.s;
    s.writing = s.writes.shift();
    this.call("write", chunk, this.controller).then(
      () => {
        s.writing.resolve();
        s.writing = undefined;
        this.queue.shift();
        if (!closeQueuedOrInFlight(s) && s.state === "writable") this.updateBackpressure();
        this.advance();
      },
      (e) => {
        if (s.state === "writable") this.algorithms = undefined;
        s.writing.reject(e);
        s.writing = undefined;
        dealWithFailure(s, e);
      },
    );
  }
}

function setUp(s, algorithms, highWaterMark, size) {
  const core = new WritableCore(s, algorithms, highWaterMark, size);
  core.updateBackpressure();
  const result = algorithms.start?.(core.controller);
  Promise.resolve(result).then(
    () => {
      core.started = true;
      core.advance();
    },
    (e) => {
      core.started = true;
      dealWithFailure(s, e);
    },
  );
  return core;
}

/// A stream made by our own code.
function makeWritable(algorithms, highWaterMark = 1, size = () => 1) {
  const stream = new WritableStream(bare);
  const core = setUp(writableStateOf(stream), algorithms, highWaterMark, size);
  return { stream, core };
}

// --- the writer ---

class WritableStreamDefaultWriter {
  #w = { stream: undefined, ready: undefined, closed: undefined };
  static {
    writerOf = (writer) => writer.#w;
  }
  constructor(stream) {
    if (!isWritable(stream)) throw new TypeError("The argument must be a WritableStream");
    const s = writableStateOf(stream);
    if (s.writer) throw new TypeError("The stream is locked to a writer already");
    const w = this.#w;
    w.stream = s;
    s.writer = w;
    const waits = s.state === "writable" && !closeQueuedOrInFlight(s) && s.backpressure;
    if (s.state === "writable") w.ready = waits ? deferred() : resolved();
    else if (s.state === "closed") w.ready = resolved();
    else w.ready = rejectedQuietly(s.error);
    if (s.state === "closed") w.closed = resolved();
    else w.closed = s.state === "errored" ? rejectedQuietly(s.error) : deferred();
  }
  get closed() {
    return this.#w.closed.promise;
  }
  get ready() {
    return this.#w.ready.promise;
  }
  get desiredSize() {
    const s = this.#w.stream;
    if (!s) throw new TypeError("The writer was released");
    if (s.state === "errored" || s.state === "erroring") return null;
    return s.state === "closed" ? 0 : s.controller.desiredSize();
  }
  abort(reason) {
    if (!this.#w.stream) return Promise.reject(new TypeError("The writer was released"));
    return abortWritable(this.#w.stream, reason);
  }
  close() {
    const s = this.#w.stream;
    if (!s) return Promise.reject(new TypeError("The writer was released"));
    if (closeQueuedOrInFlight(s)) return Promise.reject(new TypeError("The stream is closing already"));
    return closeWritable(s);
  }
  releaseLock() {
    if (this.#w.stream) releaseWriter(this.#w);
  }
  write(chunk) {
    if (!this.#w.stream) return Promise.reject(new TypeError("The writer was released"));
    return write(this.#w, chunk);
  }
}

function releaseWriter(w) {
  const gone = new TypeError("The writer was released");
  rejectReady(w, gone);
  rejectClosed(w, gone);
  w.stream.writer = undefined;
  w.stream = undefined;
}

function write(w, chunk) {
  const s = w.stream;
  const size = s.controller.sizeOf(chunk);
  if (s !== w.stream) return Promise.reject(new TypeError("The writer was released"));
  if (s.state === "errored") return Promise.reject(s.error);
  if (closeQueuedOrInFlight(s) || s.state === "closed") return Promise.reject(new TypeError("The stream is closing or closed"));
  if (s.state === "erroring") return Promise.reject(s.error);
  const d = deferred();
  s.writes.push(d);
  s.controller.write(chunk, size);
  return d.promise;
}

/// Closes at the end of a pipe: no error when it is closed already.
function closeGently(w) {
  const s = w.stream;
  if (closeQueuedOrInFlight(s) || s.state === "closed") return Promise.resolve();
  if (s.state === "errored") return Promise.reject(s.error);
  return closeWritable(s);
}

for (const type of [WritableStream, WritableStreamDefaultWriter, WritableStreamDefaultController])
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });

return {
  WritableStream,
  WritableStreamDefaultWriter,
  writableStateOf,
  isWritable,
  writerOf,
  abortWritable,
  closeQueuedOrInFlight,
  closeGently,
  releaseWriter,
  write,
  makeWritable,
};
