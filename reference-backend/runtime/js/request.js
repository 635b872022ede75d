// Request.
const { need, notImplemented, URL, AbortSignal, AbortController, match, textOf, tag, requireArguments, optionsOf } = host.shared;
const { Headers } = need("headers");
const { bodyFrom, addBody } = need("body");

const standardMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];

let partsOf, isRequest;

function methodOf(value) {
  const method = `${value}`;
  if (match(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, method) === null) throw new TypeError(`'${method}' is no valid HTTP method`);
  const upper = method.toUpperCase();
  if (["CONNECT", "TRACE", "TRACK"].includes(upper)) throw new TypeError(`The HTTP method '${method}' is not allowed`);
  return standardMethods.includes(upper) ? upper : method;
}

/// The text of a URL that may be asked for: credentials belong in a header.
function urlOf(input) {
  const url = new URL(textOf(input));
  if (url.username !== "" || url.password !== "") throw new TypeError(`The URL of a Request must not have credentials: '${url.href}'`);
  return url.href;
}

function redirectOf(mode) {
  const text = `${mode}`;
  if (!["follow", "error", "manual"].includes(text)) throw new TypeError(`'${text}' is no way to treat redirects`);
  return text;
}

class Request {
  #r;
  static {
    partsOf = (request) => request.#r;
    isRequest = (value) => typeof value === "object" && value !== null && #r in value;
  }
  constructor(input, options) {
    requireArguments(1, arguments.length, "Request");
    const init = optionsOf(options, "a Request");
    const from = isRequest(input) ? input.#r : undefined;
    const r = {
      url: from ? from.url : urlOf(input),
      method: init.method !== undefined ? methodOf(init.method) : (from?.method ?? "GET"),
      headers: new Headers(init.headers !== undefined ? init.headers : from?.headers),
      body: null,
      signal: undefined,
      redirect: init.redirect !== undefined ? redirectOf(init.redirect) : from?.redirect,
    };
    const signal = init.signal !== undefined ? init.signal : from?.signal;
    if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal)) throw new TypeError("signal must be an AbortSignal");
    r.signal = signal ? AbortSignal.any([signal]) : new AbortController().signal;
    const given = init.body !== undefined && init.body !== null;
    const bodyless = r.method === "GET" || r.method === "HEAD";
    if (bodyless && (given || (from && from.body !== null && init.body === undefined)))
      throw new TypeError("Request with GET/HEAD method cannot have body.");
    if (given) {
      const { body, type } = bodyFrom(init.body, "Request");
      r.body = body;
      if (type !== undefined && !r.headers.has("content-type")) r.headers.append("content-type", type);
    } else if (from && init.body === undefined && from.body !== null) {
      if (from.body.unusable) throw new TypeError("The body of the request was read already");
      r.body = from.body.copyAndUse();
    }
    this.#r = r;
  }
  get method() {
    return this.#r.method;
  }
  get url() {
    return this.#r.url;
  }
  get headers() {
    return this.#r.headers;
  }
  get signal() {
    return this.#r.signal;
  }
  clone() {
    const r = this.#r;
    if (r.body?.unusable) throw new TypeError("A request whose body was read cannot be cloned");
    const copy = new Request(r.url, { method: r.method, headers: r.headers, signal: r.signal, redirect: r.redirect });
    if (r.body) copy.#r.body = r.body.copy();
    return copy;
  }
  inspect() {
    const { method, url, headers } = this.#r;
    return `Request ${host.shared.inspect({ method, url, headers })}`;
  }
}

for (const name of ["destination", "referrer", "referrerPolicy", "mode", "credentials", "cache", "redirect", "integrity", "keepalive", "duplex"])
  Object.defineProperty(Request.prototype, name, {
    get() {
      notImplemented(`get ${name}`, "Request");
    },
    configurable: true,
    enumerable: true,
  });
addBody(Request.prototype, (request) => partsOf(request).body);
tag(Request);

return { Request, partsOf, isRequest };
