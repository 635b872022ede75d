// Stack traces show the user's own sources: the host maps the frames; the text of `stack` is frames only.
const { hide } = host.shared;
const { mapStack } = host;
const { defineProperty } = Object;
const { stringify } = JSON;

function frameOf(site) {
  return {
    typeName: site.getTypeName(),
    functionName: site.getFunctionName(),
    methodName: site.getMethodName(),
    fileName: site.getFileName(),
    lineNumber: site.getLineNumber(),
    columnNumber: site.getColumnNumber(),
    evalOrigin: site.getEvalOrigin(),
    isToplevel: site.isToplevel(),
    isEval: site.isEval(),
    isNative: site.isNative(),
    isConstructor: site.isConstructor(),
    isAsync: site.isAsync(),
    isPromiseAll: site.isPromiseAll(),
    promiseIndex: site.getPromiseIndex(),
  };
}

hide(Error, "prepareStackTrace", (error, sites) => {
  const frames = [];
  for (let i = 0; i < sites.length; ++i) frames[i] = frameOf(sites[i]);
  const text = stringify(frames);
  defineProperty(error, "__frameData", { value: text, configurable: true, enumerable: false });
  return mapStack(text);
});

/// Names of the errors that have codes, by code from 1; those without "Error" behind them have a constant only.
const legacy = [
  "IndexSizeError", "DOMStringSize", "HierarchyRequestError", "WrongDocumentError", "InvalidCharacterError", "NoDataAllowed",
  "NoModificationAllowedError", "NotFoundError", "NotSupportedError", "InUseAttributeError", "InvalidStateError", "SyntaxError",
  "InvalidModificationError", "NamespaceError", "InvalidAccessError", "Validation", "TypeMismatchError", "SecurityError",
  "NetworkError", "AbortError", "URLMismatchError", "QuotaExceededError", "TimeoutError", "InvalidNodeTypeError", "DataCloneError",
];
const codes = Object.create(null);

class DOMException extends Error {
  #name;
  constructor(message = "", options = "Error") {
    super(message);
    const given = typeof options === "object" && options !== null;
    this.#name = `${given ? options.name ?? "Error" : options}`;
    if (given && "cause" in options) hide(this, "cause", options.cause);
  }
  get name() {
    return this.#name;
  }
  get code() {
    return codes[this.#name] ?? 0;
  }
}
host.shared.tag(DOMException);
for (let i = 0; i < legacy.length; ++i) {
  const words = legacy[i].replace("Error", "").replace("InUse", "Inuse").replace("URLM", "UrlM");
  const constant = words.replace(/([a-z])(?=[A-Z])/g, "$1_").toUpperCase() + "_ERR";
  const property = { value: i + 1, enumerable: true };
  for (const owner of [DOMException, DOMException.prototype]) defineProperty(owner, constant, property);
  if (legacy[i].endsWith("Error")) codes[legacy[i]] = i + 1;
}
globalThis.DOMException = DOMException;
host.shared.DOMException = DOMException;

const { clone, endFunction } = host;
const refuseToClone = (message) => new DOMException(message, "DataCloneError");
globalThis.structuredClone = function structuredClone(value, options) {
  host.shared.requireArguments(1, arguments.length, "structuredClone");
  if (options?.transfer?.length) endFunction("structuredClone with transfer not supported");
  return clone(value, refuseToClone);
};
host.shared.clone = (value) => clone(value, refuseToClone);
