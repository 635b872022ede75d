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

const codes = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  InvalidCharacterError: 5,
  NotFoundError: 8,
  NotSupportedError: 9,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidAccessError: 15,
  NetworkError: 19,
  AbortError: 20,
  QuotaExceededError: 22,
  TimeoutError: 23,
  DataCloneError: 25,
};

class DOMException extends Error {
  #name;
  constructor(message = "", name = "Error") {
    super(message);
    this.#name = String(name);
  }
  get name() {
    return this.#name;
  }
  get code() {
    return codes[this.#name] ?? 0;
  }
}
hide(globalThis, "DOMException", DOMException);
host.shared.DOMException = DOMException;

const { clone, endFunction } = host;
globalThis.structuredClone = function structuredClone(value, options) {
  if (arguments.length === 0) throw new TypeError("structuredClone: 1 argument required");
  if (options?.transfer?.length) endFunction("structuredClone with transfer not supported");
  try {
    return clone(value);
  } catch (e) {
    throw new DOMException(e.message, "DataCloneError");
  }
};
