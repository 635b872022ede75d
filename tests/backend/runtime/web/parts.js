// What the cases have in common.
export const bytes = (...list) => new Uint8Array(list);
export const list = (view) => Array.from(new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength));
export const utf8 = (text) => new TextEncoder().encode(text);
export const nameOf = async (f) => {
  try {
    return ["value", await f()];
  } catch (e) {
    return ["error", e?.name ?? e];
  }
};
export const readAll = async (stream) => {
  const out = [];
  for await (const chunk of stream) out.push(chunk instanceof Uint8Array ? list(chunk) : chunk);
  return out;
};
export const counting = (n, log = []) => {
  let i = 0;
  return new ReadableStream({
    pull(c) {
      log.push("pull " + i);
      if (i === n) c.close();
      else c.enqueue(i++);
    },
    cancel(reason) {
      log.push("cancel " + reason);
    },
  });
};
export const sink = (log) =>
  new WritableStream({
    start: () => void log.push("start"),
    write: (chunk) => void log.push("write " + chunk),
    close: () => void log.push("close"),
    abort: (reason) => void log.push("abort " + (reason?.message ?? reason)),
  });
