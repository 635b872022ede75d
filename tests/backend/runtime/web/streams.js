// What the classes of the web platform do, as small programs that give a JSON value. Node.js and hull-backend must
// give the same.
import { bytes, list, nameOf, readAll, counting, sink } from "./parts.js";

export const all = {
  "reads until the end": () => readAll(counting(3)),
  "pulls ahead by the high water mark": async () => {
    const log = [];
    const stream = new ReadableStream(
      { pull: (c) => void (log.push("pull " + c.desiredSize), c.enqueue("x")) },
      { highWaterMark: 3 },
    );
    await new Promise((r) => setTimeout(r, 1));
    const reader = stream.getReader();
    await reader.read();
    await new Promise((r) => setTimeout(r, 1));
    return log;
  },
  "sizes of chunks count": async () => {
    let controller;
    new ReadableStream({ start: (c) => void (controller = c) }, { highWaterMark: 10, size: (s) => s.length });
    const sizes = [controller.desiredSize];
    controller.enqueue("abcd");
    sizes.push(controller.desiredSize);
    controller.enqueue("0123456789");
    sizes.push(controller.desiredSize);
    controller.close();
    sizes.push(controller.desiredSize);
    return sizes;
  },
  "a bad size fails the stream": () =>
    nameOf(() => new ReadableStream({ start: (c) => c.enqueue(1) }, { size: () => -1 })),
  "errors reach reads and closed": async () => {
    const stream = new ReadableStream({ start: (c) => c.error(new RangeError("no")) });
    const reader = stream.getReader();
    return [await nameOf(() => reader.read()), await nameOf(() => reader.closed), await nameOf(() => stream.cancel())];
  },
  "a rejected pull fails the stream": () => nameOf(() => readAll(new ReadableStream({ pull: async () => { throw new EvalError("x"); } }))),
  "a throwing start fails the constructor": () => nameOf(() => new ReadableStream({ start() { throw new EvalError("x"); } })),
  "locks": async () => {
    const stream = counting(2);
    const before = stream.locked;
    const reader = stream.getReader();
    const out = [before, stream.locked, await nameOf(() => stream.getReader()), await nameOf(() => stream.cancel())];
    reader.releaseLock();
    out.push(stream.locked, await nameOf(() => reader.read()), await nameOf(() => reader.closed));
    return out;
  },
  "releasing fails reads that wait": async () => {
    const reader = new ReadableStream().getReader();
    const read = reader.read();
    reader.releaseLock();
    return nameOf(() => read);
  },
  "cancel gives the reason to the source": async () => {
    const log = [];
    const stream = counting(5, log);
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel("enough");
    return [log.at(-1), await reader.read(), await nameOf(() => reader.closed)];
  },
  "leaving a loop cancels": async () => {
    const log = [];
    const stream = counting(9, log);
    for await (const n of stream) if (n === 1) break;
    return [log.at(-1), stream.locked];
  },
  "values can keep the stream": async () => {
    const stream = counting(3);
    for await (const n of stream.values({ preventCancel: true })) if (n === 0) break;
    return readAll(stream);
  },
  "an iterator after its end": async () => {
    const it = counting(1)[Symbol.asyncIterator]();
    return [await it.next(), await it.next(), await it.next(), await it.return("r")];
  },
  "from an iterable": async () => [
    await readAll(ReadableStream.from([1, Promise.resolve(2)])),
    await readAll(ReadableStream.from((async function* () { yield "a"; yield "b"; })())),
    await nameOf(() => ReadableStream.from(5)),
  ],
  "tee gives both the same": async () => {
    const [a, b] = counting(4).tee();
    return Promise.all([readAll(a), readAll(b)]);
  },
  "tee cancels when both are cancelled": async () => {
    const log = [];
    const [a, b] = counting(9, log).tee();
    const first = a.cancel("one");
    const second = b.cancel("two");
    await Promise.all([first, second]);
    return log.at(-1);
  },
  "tee passes errors on": async () => {
    let controller;
    const [a, b] = new ReadableStream({ start: (c) => void (controller = c) }).tee();
    controller.error(new RangeError("x"));
    return [await nameOf(() => readAll(a)), await nameOf(() => readAll(b))];
  },
  "bytes": async () => {
    const stream = new ReadableStream({
      type: "bytes",
      start(c) {
        c.enqueue(bytes(1, 2, 3));
        c.enqueue(bytes(4, 5));
        c.close();
      },
    });
    return readAll(stream);
  },
  "BYOB reads fill the view": async () => {
    const stream = new ReadableStream({
      type: "bytes",
      start(c) {
        c.enqueue(bytes(1, 2, 3, 4, 5));
        c.enqueue(bytes(6));
        c.close();
      },
    });
    const reader = stream.getReader({ mode: "byob" });
    const out = [];
    let view = new Uint8Array(4);
    for (;;) {
      const { done, value } = await reader.read(view);
      out.push([done, list(value), value.buffer.byteLength]);
      if (done) return out;
      view = new Uint8Array(value.buffer, 0, 4);
    }
  },
  "BYOB reads of wider elements": async () => {
    const stream = new ReadableStream({
      type: "bytes",
      start(c) {
        c.enqueue(bytes(1, 0, 2));
        c.enqueue(bytes(0, 3, 0));
        c.close();
      },
    });
    const reader = stream.getReader({ mode: "byob" });
    const one = await reader.read(new Uint16Array(2));
    const two = await reader.read(new Uint16Array(2));
    return [Array.from(one.value), one.value.constructor.name, Array.from(two.value), two.done];
  },
  "a source that fills the reader's view": async () => {
    const log = [];
    let n = 0;
    const stream = new ReadableStream({
      type: "bytes",
      pull(c) {
        const { view } = c.byobRequest;
        log.push(view.byteLength);
        if (n === 3) {
          c.close();
          return c.byobRequest.respond(0);
        }
        view[0] = ++n;
        c.byobRequest.respond(1);
      },
    });
    const reader = stream.getReader({ mode: "byob" });
    const out = [];
    for (let i = 0; i < 4; ++i) {
      const { done, value } = await reader.read(new Uint8Array(8));
      out.push([done, list(value)]);
    }
    return [out, log];
  },
  "a view handed over is detached": async () => {
    const chunk = bytes(1, 2);
    let length;
    const stream = new ReadableStream({
      type: "bytes",
      start(c) {
        c.enqueue(chunk);
        length = chunk.byteLength;
      },
    });
    const view = new Uint8Array(2);
    const read = stream.getReader({ mode: "byob" }).read(view);
    return [length, view.byteLength, list((await read).value)];
  },
  "autoAllocateChunkSize": async () => {
    let asked;
    const stream = new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: 16,
      pull(c) {
        asked = c.byobRequest.view.byteLength;
        c.byobRequest.view.set([7, 8]);
        c.byobRequest.respond(2);
      },
    });
    const { value } = await stream.getReader().read();
    return [asked, list(value), value.buffer.byteLength];
  },
  "tee of bytes": async () => {
    const make = () => new ReadableStream({ type: "bytes", start(c) { c.enqueue(bytes(1, 2, 3)); c.close(); } });
    const [a, b] = make().tee();
    const reader = a.getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(2));
    const rest = await reader.read(new Uint8Array(2));
    const end = await reader.read(new Uint8Array(2));
    return [list(value), list(rest.value), end.done, await readAll(b)];
  },
  "byte streams refuse": async () => [
    await nameOf(() => new ReadableStream({ type: "bytes" }, { size: () => 1 })),
    await nameOf(() => new ReadableStream({ type: "other" })),
    await nameOf(() => new ReadableStream().getReader({ mode: "byob" })),
    await nameOf(() => new ReadableStream({ type: "bytes", start: (c) => c.enqueue(new Uint8Array(0)) })),
    await nameOf(() => new ReadableStream({ type: "bytes" }).getReader({ mode: "byob" }).read(new Uint8Array(0))),
    await nameOf(() => new ReadableStream({ type: "bytes", autoAllocateChunkSize: 0 })),
  ],
  "writes in order": async () => {
    const log = [];
    const writer = sink(log).getWriter();
    log.push("desired " + writer.desiredSize);
    await Promise.all([writer.ready, writer.write(1), writer.write(2), writer.close()]);
    await writer.closed;
    return log;
  },
  "backpressure of a writer": async () => {
    let go;
    const stream = new WritableStream({ write: () => new Promise((r) => (go = r)) }, { highWaterMark: 2 });
    const writer = stream.getWriter();
    const sizes = [writer.desiredSize];
    const first = writer.write("a");
    writer.write("b");
    sizes.push(writer.desiredSize);
    let ready = false;
    writer.ready.then(() => (ready = true));
    await new Promise((r) => setTimeout(r, 1));
    sizes.push(ready);
    go();
    await first;
    await writer.ready;
    sizes.push(writer.desiredSize);
    return sizes;
  },
  "abort of a writer": async () => {
    const log = [];
    const writer = sink(log).getWriter();
    await writer.ready;
    const write = writer.write("x");
    const aborted = writer.abort(new Error("why"));
    const results = await Promise.allSettled([write, aborted, writer.closed, writer.write("y")]);
    return [log, results.map((r) => r.status + " " + (r.reason?.message ?? r.value))];
  },
  "a failing write": async () => {
    const stream = new WritableStream({ write: async () => { throw new RangeError("full"); } });
    const writer = stream.getWriter();
    const results = await Promise.allSettled([writer.write(1), writer.write(2), writer.closed, writer.close()]);
    return results.map((r) => r.status + " " + (r.reason?.name ?? r.value));
  },
  "the controller of a sink": async () => {
    let controller;
    const stream = new WritableStream({ start: (c) => void (controller = c) });
    const signal = controller.signal;
    const before = signal.aborted;
    const done = stream.abort("gone");
    await done;
    return [before, signal.aborted, signal.reason];
  },
  "a writer that was released": async () => {
    const stream = new WritableStream();
    const writer = stream.getWriter();
    writer.releaseLock();
    return [stream.locked, await nameOf(() => writer.write(1)), await nameOf(() => writer.closed), await nameOf(() => writer.desiredSize)];
  },
  "closing twice": async () => {
    const stream = new WritableStream();
    await stream.close();
    return [await nameOf(() => stream.close()), await nameOf(async () => (await stream.getWriter().write(1), "written")).then(([kind]) => kind)];
  },
  "pipeTo": async () => {
    const log = [];
    await counting(3).pipeTo(sink(log));
    return log;
  },
  "pipeTo without closing": async () => {
    const log = [];
    const target = sink(log);
    await counting(1).pipeTo(target, { preventClose: true });
    await counting(2).pipeTo(target);
    return log;
  },
  "pipeTo from a failing source": async () => {
    const log = [];
    const source = new ReadableStream({ start: (c) => c.error(new RangeError("bad")) });
    return [await nameOf(() => source.pipeTo(sink(log))), log];
  },
  "pipeTo into a failing sink": async () => {
    const log = [];
    const source = counting(9, log);
    const target = new WritableStream({ write: () => { throw new RangeError("full"); } });
    return [await nameOf(() => source.pipeTo(target)), log.at(-1)];
  },
  "pipeTo into a closed sink": async () => {
    const log = [];
    const target = new WritableStream();
    await target.close();
    return [await nameOf(() => counting(9, log).pipeTo(target)), log.at(-1)?.split(":")[0].slice(0, 6)];
  },
  "pipeTo stopped by a signal": async () => {
    const log = [];
    const controller = new AbortController();
    const source = new ReadableStream({ cancel: (r) => void log.push("cancel " + r) });
    const done = source.pipeTo(sink(log), { signal: controller.signal });
    controller.abort("stop");
    return [await nameOf(() => done), log];
  },
  "pipeThrough": async () => {
    const double = new TransformStream({ transform: (n, c) => void (c.enqueue(n), c.enqueue(n * 10)), flush: (c) => c.enqueue("end") });
    return readAll(counting(3).pipeThrough(double));
  },
  "an identity transform": () => readAll(counting(2).pipeThrough(new TransformStream())),
  "a transform that fails": async () => {
    const log = [];
    const bad = new TransformStream({ transform: () => { throw new RangeError("t"); } });
    return [await nameOf(() => readAll(counting(9, log).pipeThrough(bad))), log.at(-1)];
  },
  "a transform that terminates": async () => {
    const first = new TransformStream({ transform: (n, c) => void (c.enqueue(n), c.terminate()) });
    return readAll(counting(9).pipeThrough(first));
  },
  "backpressure of a transform": async () => {
    const t = new TransformStream();
    const writer = t.writable.getWriter();
    const log = [writer.desiredSize];
    const write = writer.write("x");
    let written = false;
    write.then(() => (written = true));
    await new Promise((r) => setTimeout(r, 1));
    log.push(written);
    log.push((await t.readable.getReader().read()).value);
    await write;
    log.push(written);
    return log;
  },
  "cancelling the readable side": async () => {
    const t = new TransformStream();
    await t.readable.cancel(new RangeError("no more"));
    return nameOf(() => t.writable.getWriter().write(1));
  },
  "encoder stream": async () => readAll(ReadableStream.from(["a", "\ud83d", "\ude00", "\ud800"]).pipeThrough(new TextEncoderStream())),
  "decoder stream": async () =>
    (await readAll(ReadableStream.from([bytes(0xe2, 0x82), bytes(0xac, 0x41), bytes(0xf0)]).pipeThrough(new TextDecoderStream()))).join("|"),
  "decoder stream that must be right": () =>
    nameOf(() => readAll(ReadableStream.from([bytes(0xff)]).pipeThrough(new TextDecoderStream("utf-8", { fatal: true })))),
};
