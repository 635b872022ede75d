// Where a function was written, as V8's inspector tells it.
import { Session } from "node:inspector";
import { moduleNameIn } from "./errors.mjs";

const handle = Symbol.for("hull.described");

/// [file, line, column], the numbers from 0; nothing when the function has no place.
export function functionOrigin(described) {
  const session = new Session();
  const files = new Map();
  let origin;
  session.connect();
  session.on("Debugger.scriptParsed", ({ params }) => files.set(params.scriptId, params.url));
  session.post("Debugger.enable");
  globalThis[handle] = described;
  session.post("Runtime.evaluate", { expression: 'globalThis[Symbol.for("hull.described")]' }, (_, evaluated) => {
    const objectId = evaluated?.result?.objectId;
    if (objectId === undefined) return;
    session.post("Runtime.getProperties", { objectId }, (__, found) => {
      const place = found?.internalProperties?.find((p) => p.name === "[[FunctionLocation]]")?.value?.value;
      if (place) origin = [moduleNameIn(files.get(place.scriptId)), place.lineNumber, place.columnNumber];
    });
  });
  delete globalThis[handle];
  session.disconnect();
  return origin;
}
