// Frames of errors, with the backend's names of modules, kept beside the error for the backend to map to the sources.
import { pathToFileURL } from "node:url";

/// "file:///root/modules/3/dir/a.js?environment=1" to "convex:/dir/a.js"; nothing else changes.
function moduleName(file, root) {
  const rest = file?.startsWith(root) ? file.slice(root.length) : undefined;
  const module = rest && /^\/modules\/\d+\/(.*?)(\?.*)?$/.exec(rest)?.[1];
  return module ? `convex:/${module}` : (file ?? null);
}

export function install(root) {
  const rootUrl = pathToFileURL(root).href;
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.map((site) => ({
      typeName: site.getTypeName(),
      functionName: site.getFunctionName(),
      methodName: site.getMethodName(),
      fileName: moduleName(site.getFileName(), rootUrl),
      lineNumber: site.getLineNumber(),
      columnNumber: site.getColumnNumber(),
      isConstructor: site.isConstructor(),
      isAsync: site.isAsync(),
      isPromiseAll: site.isPromiseAll(),
      promiseIndex: site.getPromiseIndex(),
    }));
    Object.defineProperty(error, "__frameData", { value: JSON.stringify(frames), configurable: true });
    const place = (f) => `${f.fileName ?? "<anonymous>"}:${f.lineNumber}:${f.columnNumber}`;
    const line = (f) => `    at ${f.isAsync ? "async " : ""}${f.functionName ? `${f.functionName} (${place(f)})` : place(f)}`;
    return [String(error), ...frames.map(line)].join("\n");
  };
  moduleNameIn = (file) => moduleName(file, rootUrl);
}

/// As in frames. Set by install().
export let moduleNameIn = (file) => file;
