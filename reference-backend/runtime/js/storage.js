// ctx.storage.store() and get() of actions: blobs go to the disk and come from it in pieces.
const { need } = host.shared;
const { requireOperation, storeFile, storeWrite, storeFinish, closeFile, openFile, readFile } = host;
const { isBlob, blobOf, streamOf, streamingBlob } = need("blob");

async function storeBlob({ blob, options }) {
  requireOperation("storage.store");
  if (!isBlob(blob)) throw new TypeError("storage.store() expects a Blob; `await request.blob()` makes one of a request");
  const file = storeFile(blob.type === "" ? undefined : blob.type, options?.sha256 ?? undefined);
  try {
    const reader = streamOf(blobOf(blob)).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return storeFinish(file);
      storeWrite(file, value);
    }
  } catch (e) {
    closeFile(file);
    throw e;
  }
}

function streamOfFile(storageId, size) {
  const opened = openFile(storageId);
  if (opened === null) throw new Error("The file was deleted before it was read");
  const [file] = opened;
  let at = 0;
  const { stream, core } = need("readable_bytes").makeByteStream({
    pull: () => {
      const bytes = at < size ? readFile(file, at) : undefined;
      at += bytes?.length ?? 0;
      if (bytes?.length > 0) return core.enqueue(bytes);
      closeFile(file);
      core.close();
      core.currentRequest()?.respond(0);
    },
    cancel: () => closeFile(file),
  });
  return stream;
}

async function getBlob({ storageId }) {
  requireOperation("storage.get");
  if (typeof storageId !== "string") throw new TypeError("storage.get() expects the id of a stored file, which is a string");
  const opened = openFile(storageId);
  if (opened === null) return null;
  const [file, size, type] = opened;
  closeFile(file); // many blobs may be held; a file is open only while it is read
  return streamingBlob(size, type ?? "", () => streamOfFile(storageId, size));
}

return { storeBlob, getBlob };
