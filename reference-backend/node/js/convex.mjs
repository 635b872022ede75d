// The global `Convex`, by which the npm package asks the backend.

const outside = () =>
  new Error("The Convex functions of an action can be called only while the action runs; this code runs outside of any.");

async function storeBlob(run, { blob, options }) {
  if (!(blob instanceof Blob))
    throw new Error(
      "store() expects a Blob. If you are trying to store a Request, `await request.blob()` will give you the correct input.",
    );
  const headers = { "Content-Type": blob.type };
  if (options?.sha256 !== undefined) headers.Digest = `sha-256=${options.sha256}`;
  const url = JSON.parse(await run.call("1.0/storageGenerateUploadUrl", "{}"));
  const response = await fetch(url, { method: "POST", body: blob, headers });
  if (!response.ok) throw new Error(`Error uploading file: ${await response.text()}`);
  return (await response.json()).storageId;
}

async function getBlob(run, { storageId }) {
  const url = JSON.parse(await run.call("1.0/storageGetUrl", JSON.stringify({ storageId })));
  return url === null ? null : await (await fetch(url)).blob();
}

const jsSyscalls = { "storage/storeBlob": storeBlob, "storage/getBlob": getBlob };

export function install(currentRun) {
  globalThis.Convex = {
    syscall(name) {
      if (["1.0/queryCleanup", "1.0/queryStream", "1.0/db/normalizeId"].includes(name))
        throw new Error(
          "The Convex database object is being used outside of a Convex query or mutation. Did " +
            "you mean to use `ctx.query` or `ctx.mutation` to access the database?",
        );
      throw new Error(`Unknown operation ${name}`);
    },
    async asyncSyscall(name, args) {
      const run = currentRun();
      if (run === undefined) throw outside();
      return await run.call(name, args);
    },
    jsSyscall(name, args) {
      const run = currentRun();
      if (run === undefined) throw outside();
      if (!Object.hasOwn(jsSyscalls, name)) throw new Error(`Unknown JS operation ${name}`);
      return jsSyscalls[name](run, args);
    },
  };
}
