// Streams whose other end is outside of JavaScript: bytes come as they are read, and go as there is room.
const { need } = host.shared;
const { streamRead, streamCancel, streamWrite, streamGone, streamEnd } = host;

/// {stream, core} with the bytes of the host's stream `id`; `name` is how a read that nobody awaits is reported.
function openFromHost(id, name = "ReadableStream") {
  const { stream, core } = need("readable_bytes").makeByteStream({
    pull: async () => {
      const bytes = await streamRead(id, name);
      if (bytes !== null) return core.enqueue(bytes);
      core.close();
      core.currentRequest()?.respond(0);
    },
    cancel: () => streamCancel(id),
  });
  return { stream, core };
}
const streamFromHost = (id) => openFromHost(id).stream;

const noop = () => {};
const maxPiece = 65536;

/// False when nobody outside reads any more.
async function write(id, bytes) {
  for (let at = 0; at < bytes.length; at += maxPiece)
    if (!(await streamWrite(id, bytes.subarray(at, at + maxPiece)))) return false;
  return true;
}

/// Sends all bytes of a stream to the host's stream `id`. Fails when the stream does or gives something else; when
/// nobody outside reads any more, it cancels the stream and is done.
async function sendToHost(stream, id) {
  const reader = stream.getReader();
  const cancel = (reason) => void reader.cancel(reason).then(noop, noop);
  const gone = () => cancel(new TypeError("The body is not read any more"));
  streamGone(id).then(gone);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError("A body must be a stream of Uint8Array");
      if (await write(id, value)) continue;
      gone();
      break;
    }
  } catch (e) {
    streamEnd(id, String(e?.message ?? e));
    cancel(e);
    throw e;
  }
  streamEnd(id);
}

return { openFromHost, streamFromHost, sendToHost };
