// TransformStream: what is written to one side comes out of the other, changed.
const { need } = host.shared;
const { deferred, strategyOf, dictionary, methodOf, promised } = need("stream_parts");
const { makeStream } = need("readable_controller");
const { stateOf } = need("readable_stream");
const { makeWritable, writableStateOf } = need("writable_stream");

class TransformStreamDefaultController {
  #t;
  constructor(core) {
    if (!(core instanceof TransformCore)) throw new TypeError("Illegal constructor");
    this.#t = core;
  }
  get desiredSize() {
    return this.#t.readable.desiredSize();
  }
  enqueue(chunk) {
    this.#t.enqueue(chunk);
  }
  error(reason) {
    this.#t.error(reason);
  }
  terminate() {
    this.#t.readable.close();
    this.#t.errorWritable(new TypeError("The stream was terminated"));
  }
}

class TransformCore {
  backpressure = undefined;
  backpressureChange = undefined;
  finished = undefined; // the promise of a cancel, abort or flush that has begun
  constructor(algorithms, writableStrategy, readableStrategy) {
    this.algorithms = algorithms;
    this.controller = new TransformStreamDefaultController(this);
    const started = deferred();
    const start = () => started.promise;
    const writable = makeWritable(
      {
        start,
        write: (chunk) => this.write(chunk),
        close: () => this.close(),
        abort: (reason) => this.abort(reason),
      },
      writableStrategy.highWaterMark,
      writableStrategy.size,
    );
    const readable = makeStream(
      { start, pull: () => this.pull(), cancel: (reason) => this.cancel(reason) },
      readableStrategy.highWaterMark,
      readableStrategy.size,
    );
    this.writableStream = writable.stream;
    this.readableStream = readable.stream;
    this.writable = writable.core;
    this.readable = readable.core;
    this.setBackpressure(true);
    started.resolve(algorithms.start?.(this.controller));
  }
  setBackpressure(on) {
    this.backpressureChange?.resolve();
    this.backpressureChange = deferred();
    this.backpressure = on;
  }
  enqueue(chunk) {
    if (!this.readable.mayEnqueue()) throw new TypeError("The readable side takes no chunks any more");
    try {
      this.readable.enqueue(chunk);
    } catch (e) {
      this.errorWritable(e);
      throw stateOf(this.readableStream).error;
    }
    const full = !this.readable.shouldPull();
    if (full !== this.backpressure) this.setBackpressure(true);
  }
  error(reason) {
    this.readable.error(reason);
    this.errorWritable(reason);
  }
  errorWritable(reason) {
    this.algorithms = {};
    this.writable.errorIfWritable(reason);
    this.unblock();
  }
  unblock() {
    if (this.backpressure) this.setBackpressure(false);
  }
  async write(chunk) {
    const s = writableStateOf(this.writableStream);
    if (this.backpressure) {
      await this.backpressureChange.promise;
      if (s.state === "erroring") throw s.error;
    }
    try {
      await this.transform(chunk);
    } catch (e) {
      this.error(e);
      throw e;
    }
  }
  transform(chunk) {
    const { transform } = this.algorithms;
    if (transform) return transform(chunk, this.controller);
    this.enqueue(chunk);
  }
  /// Runs the last algorithm once; `done` and `failed` say what becomes of the other side.
  end(name, argument, done, failed) {
    if (this.finished) return this.finished.promise;
    this.finished = deferred();
    const last = this.algorithms[name];
    const result = last ? promised(last, undefined, argument) : Promise.resolve();
    this.algorithms = {};
    result.then(
      () => {
        try {
          done();
          this.finished.resolve();
        } catch (e) {
          this.finished.reject(e);
        }
      },
      (e) => {
        failed(e);
        this.finished.reject(e);
      },
    );
    return this.finished.promise;
  }
  throwIfErrored(s) {
    if (s.state === "errored") throw s.error;
  }
  abort(reason) {
    const s = stateOf(this.readableStream);
    const fail = (e) => this.readable.error(e);
    return this.end("cancel", reason, () => {
      this.throwIfErrored(s);
      fail(reason);
    }, fail);
  }
  close() {
    const s = stateOf(this.readableStream);
    return this.end("flush", this.controller, () => {
      this.throwIfErrored(s);
      this.readable.close();
    }, (e) => this.readable.error(e));
  }
  cancel(reason) {
    const s = writableStateOf(this.writableStream);
    const fail = (e) => {
      this.writable.errorIfWritable(e);
      this.unblock();
    };
    return this.end("cancel", reason, () => {
      this.throwIfErrored(s);
      fail(reason);
    }, fail);
  }
  pull() {
    this.setBackpressure(false);
    return this.backpressureChange.promise;
  }
}

class TransformStream {
  #t;
  constructor(transformer, writableStrategy, readableStrategy) {
    if (transformer === null) throw new TypeError("The transformer must be an object");
    transformer = dictionary(transformer, "The transformer");
    const method = (name) => {
      const f = methodOf(transformer, name);
      return f && ((...args) => f.apply(transformer, args));
    };
    const cancel = method("cancel");
    const flush = method("flush");
    if (transformer.readableType !== undefined) throw new RangeError("readableType must be undefined");
    const start = method("start");
    const transform = method("transform");
    if (transformer.writableType !== undefined) throw new RangeError("writableType must be undefined");
    const readableSide = strategyOf(readableStrategy, 0);
    const writableSide = strategyOf(writableStrategy, 1);
    this.#t = new TransformCore({ start, transform, flush, cancel }, writableSide, readableSide);
  }
  get readable() {
    return this.#t.readableStream;
  }
  get writable() {
    return this.#t.writableStream;
  }
  inspect() {
    return "TransformStream {}";
  }
}

for (const type of [TransformStream, TransformStreamDefaultController])
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });

return { TransformStream };
