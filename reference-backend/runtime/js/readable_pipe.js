// Piping into a WritableStream, and the two ways between streams and asynchronous iterators.
const { need } = host.shared;
const { deferred, noop, promised } = need("stream_parts");
const streams = () => need("readable_stream");
const writables = () => need("writable_stream");

class Pipe {
  shuttingDown = false;
  lastWrite = Promise.resolve();
  done = deferred();
  constructor(source, destination, how) {
    const { readerOf, stateOf, ReadableStreamDefaultReader } = streams();
    const { writerOf, writableStateOf, WritableStreamDefaultWriter } = writables();
    this.how = how;
    this.source = stateOf(source);
    this.destination = writableStateOf(destination);
    this.r = readerOf(new ReadableStreamDefaultReader(source));
    this.w = writerOf(new WritableStreamDefaultWriter(destination));
    this.source.disturbed = true;
  }
  begin() {
    const { preventAbort, preventCancel, preventClose, signal } = this.how;
    const { source, destination } = this;
    if (signal) {
      this.onAbort = () => this.abort(signal.reason);
      if (signal.aborted) {
        this.onAbort();
        return this.done.promise;
      }
      signal.addEventListener("abort", this.onAbort);
    }
    const toWriter = (e) => this.shutdown(preventAbort ? undefined : () => writables().abortWritable(destination, e), true, e);
    const toReader = (e) => this.shutdown(preventCancel ? undefined : () => streams().cancelStream(source, e), true, e);
    if (source.state === "errored") toWriter(source.error);
    else this.r.closed.promise.then(undefined, toWriter);
    if (destination.state === "errored") toReader(destination.error);
    else this.w.closed.promise.then(undefined, toReader);
    const onClose = () => this.shutdown(preventClose ? undefined : () => writables().closeGently(this.w));
    if (source.state === "closed") onClose();
    else this.r.closed.promise.then(onClose, noop);
    if (writables().closeQueuedOrInFlight(destination) || destination.state === "closed")
      toReader(new TypeError("The destination is closed"));
    this.next();
    return this.done.promise;
  }
  next() {
    if (this.shuttingDown) return;
    this.w.ready.promise.then(() => {
      if (this.shuttingDown) return;
      streams().readFrom(this.r, {
        chunk: (value) => {
          this.lastWrite = writables().write(this.w, value).then(undefined, noop);
          this.next();
        },
        close: noop,
        error: noop,
      });
    }, noop);
  }
  abort(reason) {
    const actions = [];
    const { source, destination } = this;
    if (!this.how.preventAbort)
      actions.push(() => (destination.state === "writable" ? writables().abortWritable(destination, reason) : Promise.resolve()));
    if (!this.how.preventCancel)
      actions.push(() => (source.state === "readable" ? streams().cancelStream(source, reason) : Promise.resolve()));
    this.shutdown(() => Promise.all(actions.map((action) => action())), true, reason);
  }
  shutdown(action, failed = false, error = undefined) {
    if (this.shuttingDown) return;
    this.shuttingDown = true;
    const act = () => {
      if (!action) return this.finish(failed, error);
      action().then(
        () => this.finish(failed, error),
        (e) => this.finish(true, e),
      );
    };
    const { destination } = this;
    if (destination.state === "writable" && !writables().closeQueuedOrInFlight(destination)) this.writesFinished().then(act);
    else act();
  }
  async writesFinished() {
    for (let seen; seen !== this.lastWrite; ) {
      seen = this.lastWrite;
      await seen;
    }
  }
  finish(failed, error) {
    writables().releaseWriter(this.w);
    streams().release(this.r);
    this.how.signal?.removeEventListener("abort", this.onAbort);
    if (failed) this.done.reject(error);
    else this.done.resolve();
  }
}

function pipe(source, destination, how) {
  return new Pipe(source, destination, how).begin();
}

// --- iterating ---

const asyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));

const iteratorPrototype = Object.setPrototypeOf(
  {
    next() {
      return iteration(this).enqueue((it) => it.next());
    },
    return(value) {
      return iteration(this).enqueue((it) => it.end(value));
    },
  },
  asyncIteratorPrototype,
);

const iterations = new WeakMap();
const iteration = (iterator) => iterations.get(iterator);

/// Calls of next and return are carried out one after the other.
class Iteration {
  finished = false;
  ongoing = undefined;
  constructor(stream, preventCancel) {
    const { readerOf, ReadableStreamDefaultReader } = streams();
    this.r = readerOf(new ReadableStreamDefaultReader(stream));
    this.preventCancel = preventCancel;
  }
  enqueue(step) {
    const run = () => step(this);
    this.ongoing = this.ongoing ? this.ongoing.then(run, run) : run();
    return this.ongoing;
  }
  next() {
    if (this.finished) return Promise.resolve({ value: undefined, done: true });
    const d = deferred();
    streams().readFrom(this.r, {
      chunk: (value) => void Promise.resolve().then(() => d.resolve({ value, done: false })),
      close: () => {
        this.finish();
        d.resolve({ value: undefined, done: true });
      },
      error: (e) => {
        this.finish();
        d.reject(e);
      },
    });
    return d.promise;
  }
  async end(value) {
    if (this.finished) return { value, done: true };
    const canceled = this.preventCancel ? undefined : streams().cancelStream(this.r.stream, value);
    this.finish();
    await canceled;
    return { value, done: true };
  }
  finish() {
    this.finished = true;
    if (this.r.stream) streams().release(this.r);
  }
}

function iterate(stream, preventCancel) {
  const iterator = Object.create(iteratorPrototype);
  iterations.set(iterator, new Iteration(stream, preventCancel));
  return iterator;
}

/// ReadableStream.from: an asynchronous or a plain iterable.
function fromIterable(source) {
  const method = source[Symbol.asyncIterator] ?? source[Symbol.iterator];
  if (typeof method !== "function") throw new TypeError("The source must be iterable");
  const iterator = method.call(source);
  if (typeof iterator !== "object" || iterator === null) throw new TypeError("The iterator must be an object");
  const next = iterator.next;
  const isObject = (value) => {
    if (typeof value !== "object" || value === null) throw new TypeError("The result of an iterator must be an object");
    return value;
  };
  const { stream, core } = need("readable_controller").makeStream(
    {
      pull: async () => {
        const result = isObject(await promised(next, iterator));
        if (result.done) core.close();
        else core.enqueue(await result.value);
      },
      cancel: async (reason) => {
        const end = iterator.return;
        if (end === undefined) return;
        isObject(await promised(end, iterator, reason));
      },
    },
    0,
  );
  return stream;
}

return { pipe, iterate, fromIterable };
