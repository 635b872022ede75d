// The controller of streams of any chunks: a queue that its source fills when there is room.
const { need } = host.shared;
const { SizedQueue } = need("stream_parts");
const streams = () => need("readable_stream");

class ReadableStreamDefaultController {
  #c;
  constructor(core) {
    if (!(core instanceof DefaultCore)) throw new TypeError("Illegal constructor");
    this.#c = core;
  }
  get desiredSize() {
    return this.#c.desiredSize();
  }
  close() {
    if (!this.#c.mayEnqueue()) throw new TypeError("The stream cannot be closed any more");
    this.#c.close();
  }
  enqueue(chunk) {
    if (!this.#c.mayEnqueue()) throw new TypeError("The stream takes no chunks any more");
    this.#c.enqueue(chunk);
  }
  error(reason) {
    this.#c.error(reason);
  }
}
Object.defineProperty(ReadableStreamDefaultController.prototype, Symbol.toStringTag, {
  value: "ReadableStreamDefaultController",
  configurable: true,
});

/// When to call the source's pull; the same for both kinds of controller.
class PullingCore {
  started = false;
  closeRequested = false;
  pulling = false;
  pullAgain = false;
  constructor(s, algorithms, highWaterMark) {
    this.s = s;
    this.highWaterMark = highWaterMark;
    this.pullAlgorithm = algorithms.pull;
    this.cancelAlgorithm = algorithms.cancel;
    s.controller = this;
  }
  start(startAlgorithm, controller) {
    this.controller = controller;
    const result = startAlgorithm?.(controller);
    Promise.resolve(result).then(
      () => {
        this.started = true;
        this.pullIfNeeded();
      },
      (e) => this.error(e),
    );
  }
  desiredSize() {
    const state = this.s.state;
    if (state === "errored") return null;
    return state === "closed" ? 0 : this.highWaterMark - this.queued();
  }
  pullIfNeeded() {
    if (!this.shouldPull()) return;
    if (this.pulling) {
      this.pullAgain = true;
      return;
    }
    this.pulling = true;
    let result;
    try {
      result = Promise.resolve(this.pullAlgorithm?.(this.controller));
    } catch (e) {
      result = Promise.reject(e);
    }
    result.then(
      () => {
        this.pulling = false;
        if (!this.pullAgain) return;
        this.pullAgain = false;
        this.pullIfNeeded();
      },
      (e) => this.error(e),
    );
  }
  forgetAlgorithms() {
    this.pullAlgorithm = undefined;
    this.cancelAlgorithm = undefined;
  }
  cancelSource(reason) {
    let result;
    try {
      result = Promise.resolve(this.cancelAlgorithm?.(reason));
    } catch (e) {
      result = Promise.reject(e);
    }
    this.forgetAlgorithms();
    return result;
  }
}

class DefaultCore extends PullingCore {
  isBytes = false;
  queue = new SizedQueue();
  constructor(s, algorithms, highWaterMark, size) {
    super(s, algorithms, highWaterMark);
    this.size = size;
  }
  queued() {
    return this.queue.total;
  }
  mayEnqueue() {
    return !this.closeRequested && this.s.state === "readable";
  }
  shouldPull() {
    if (!this.mayEnqueue() || !this.started) return false;
    return this.s.reader?.requests.length > 0 || this.desiredSize() > 0;
  }
  close() {
    if (!this.mayEnqueue()) return;
    this.closeRequested = true;
    if (this.queue.length === 0) {
      this.forgetAlgorithms();
      streams().closeStream(this.s);
    }
  }
  enqueue(chunk) {
    if (!this.mayEnqueue()) return;
    const requests = this.s.reader?.requests;
    if (requests?.length > 0) requests.shift().chunk(chunk);
    else {
      try {
        this.queue.push(chunk, this.size.call(undefined, chunk));
      } catch (e) {
        this.error(e);
        throw e;
      }
    }
    this.pullIfNeeded();
  }
  error(reason) {
    if (this.s.state !== "readable") return;
    this.queue.clear();
    this.forgetAlgorithms();
    streams().errorStream(this.s, reason);
  }
  cancelSteps(reason) {
    this.queue.clear();
    return this.cancelSource(reason);
  }
  pullSteps(request) {
    if (this.queue.length === 0) {
      this.s.reader.requests.push(request);
      this.pullIfNeeded();
      return;
    }
    const chunk = this.queue.shift();
    if (this.closeRequested && this.queue.length === 0) {
      this.forgetAlgorithms();
      streams().closeStream(this.s);
    } else this.pullIfNeeded();
    request.chunk(chunk);
  }
  releaseSteps() {}
}

function setUpDefault(s, algorithms, highWaterMark, size) {
  const core = new DefaultCore(s, algorithms, highWaterMark, size);
  core.start(algorithms.start, new ReadableStreamDefaultController(core));
  return core;
}

/// A stream made by our own code; its controller's core can be driven directly.
function makeStream(algorithms, highWaterMark = 1, size = () => 1) {
  const stream = new (streams().ReadableStream)(need("stream_parts").bare);
  const core = setUpDefault(streams().stateOf(stream), algorithms, highWaterMark, size);
  return { stream, core };
}

return { setUpDefault, makeStream, PullingCore };
