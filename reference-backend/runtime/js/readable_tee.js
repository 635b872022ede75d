// One stream read twice: what the source gives goes to both branches.
const { need } = host.shared;
const { deferred } = need("stream_parts");
const streams = () => need("readable_stream");

const soon = (f) => void Promise.resolve().then(f);
const copyOf = (view) => new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/// A copy for the second branch, where the bytes of one must not change with the other's.
function clone(chunk) {
  return ArrayBuffer.isView(chunk) ? copyOf(chunk) : host.shared.clone(chunk);
}

/// What both kinds of tee share: cancelling of the source once both branches are cancelled.
class Tee {
  canceled = [false, false];
  reasons = [undefined, undefined];
  finished = deferred();
  reading = false;
  readAgain = [false, false];
  cores = [];
  constructor(s) {
    this.s = s;
  }
  cancel(branch, reason) {
    this.canceled[branch] = true;
    this.reasons[branch] = reason;
    if (this.canceled[1 - branch]) this.finished.resolve(streams().cancelStream(this.s, this.reasons));
    return this.finished.promise;
  }
  someoneReads() {
    return !this.canceled[0] || !this.canceled[1];
  }
  each(f) {
    for (const branch of [0, 1]) if (!this.canceled[branch]) f(this.cores[branch], branch);
  }
  failBoth(e) {
    for (const core of this.cores) core.error(e);
    this.finished.resolve(streams().cancelStream(this.s, e));
  }
  algorithms(branch) {
    return { pull: () => this.pull(branch), cancel: (reason) => this.cancel(branch, reason) };
  }
  follow(reader) {
    const r = streams().readerOf(reader);
    r.closed.promise.then(undefined, (e) => {
      for (const core of this.cores) core.error(e);
      if (this.someoneReads()) this.finished.resolve();
    });
  }
}

class DefaultTee extends Tee {
  constructor(stream, cloning) {
    super(streams().stateOf(stream));
    this.cloning = cloning;
    this.reader = new (streams().ReadableStreamDefaultReader)(stream);
  }
  begin() {
    const { makeStream } = need("readable_controller");
    const made = [makeStream(this.algorithms(0)), makeStream(this.algorithms(1))];
    this.cores = made.map((m) => m.core);
    this.follow(this.reader);
    return made.map((m) => m.stream);
  }
  pull() {
    if (this.reading) {
      this.readAgain[0] = true;
      return;
    }
    this.reading = true;
    streams().readFrom(streams().readerOf(this.reader), {
      chunk: (value) => soon(() => this.give(value)),
      close: () => {
        this.reading = false;
        this.each((core) => core.close());
        if (this.someoneReads()) this.finished.resolve();
      },
      error: () => (this.reading = false),
    });
  }
  give(value) {
    this.readAgain[0] = false;
    let second = value;
    try {
      if (this.cloning && !this.canceled[1]) second = clone(value);
    } catch (e) {
      return this.failBoth(e);
    }
    this.each((core, branch) => core.enqueue(branch === 0 ? value : second));
    this.reading = false;
    if (this.readAgain[0]) this.pull();
  }
}

class ByteTee extends Tee {
  constructor(stream) {
    super(streams().stateOf(stream));
    this.stream = stream;
  }
  begin() {
    const { makeByteStream } = need("readable_bytes");
    const made = [makeByteStream(this.algorithms(0)), makeByteStream(this.algorithms(1))];
    this.cores = made.map((m) => m.core);
    this.useReader(false);
    return made.map((m) => m.stream);
  }
  /// Changes between a reader with buffers of its own and one that brings the branch's buffer.
  useReader(byob) {
    if (this.r && this.r.byob === byob) return;
    const { readerOf, byobReaderOf, release, ReadableStreamBYOBReader, ReadableStreamDefaultReader } = streams();
    if (this.r) release(this.r);
    this.r = byob ? byobReaderOf(new ReadableStreamBYOBReader(this.stream)) : readerOf(new ReadableStreamDefaultReader(this.stream));
    const r = this.r;
    r.closed.promise.then(undefined, (e) => {
      if (r !== this.r) return;
      for (const core of this.cores) core.error(e);
      if (this.someoneReads()) this.finished.resolve();
    });
  }
  pull(branch) {
    if (this.reading) {
      this.readAgain[branch] = true;
      return;
    }
    this.reading = true;
    const request = this.cores[branch].currentRequest();
    if (request === null) this.pullChunk();
    else this.pullInto(request.view, branch);
  }
  goOn() {
    this.reading = false;
    if (this.readAgain[0]) this.pull(0);
    else if (this.readAgain[1]) this.pull(1);
  }
  pullChunk() {
    this.useReader(false);
    streams().readFrom(this.r, {
      chunk: (value) =>
        soon(() => {
          this.readAgain = [false, false];
          let second = value;
          try {
            if (!this.canceled[0] && !this.canceled[1]) second = copyOf(value);
          } catch (e) {
            return this.failBoth(e);
          }
          this.each((core, branch) => core.enqueue(branch === 0 ? value : second));
          this.goOn();
        }),
      close: () => {
        this.reading = false;
        this.each((core) => core.close());
        for (const core of this.cores) if (core.pending.length > 0) core.respond(0);
        if (this.someoneReads()) this.finished.resolve();
      },
      error: () => (this.reading = false),
    });
  }
  pullInto(view, branch) {
    this.useReader(true);
    const [own, other] = [this.cores[branch], this.cores[1 - branch]];
    streams().readInto(this.r, view, 1, {
      chunk: (value) =>
        soon(() => {
          this.readAgain = [false, false];
          if (!this.canceled[1 - branch]) {
            let copy;
            try {
              copy = copyOf(value);
            } catch (e) {
              return this.failBoth(e);
            }
            if (!this.canceled[branch]) own.respondWithNewView(value);
            other.enqueue(copy);
          } else if (!this.canceled[branch]) own.respondWithNewView(value);
          this.goOn();
        }),
      close: (value) => {
        this.reading = false;
        this.each((core) => core.close());
        if (value !== undefined) {
          if (!this.canceled[branch]) own.respondWithNewView(value);
          if (!this.canceled[1 - branch] && other.pending.length > 0) other.respond(0);
        }
        if (this.someoneReads()) this.finished.resolve();
      },
      error: () => (this.reading = false),
    });
  }
}

/// Two streams with the same chunks; `cloning`: the second gets copies of them.
function tee(stream, cloning) {
  const bytes = streams().stateOf(stream).controller.isBytes;
  return (bytes ? new ByteTee(stream) : new DefaultTee(stream, cloning)).begin();
}

return { tee };
