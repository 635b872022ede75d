// fetch: redirects and aborting are done here, the host carries single requests.
const { need, URL, lowerCase } = host.shared;
const { requireOperation, fetchStart, fetchAbort, streamCreate } = host;
const { Request, partsOf } = need("request");
const { Response, Parts } = need("response");
const { Body } = need("body");
const { pairsOf } = need("headers");
const { openFromHost, sendToHost } = need("host_streams");

const maxRedirects = 20;
const redirectStatus = [301, 302, 303, 307, 308];
const nullBodyStatus = [204, 205, 304];
const contentHeaders = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];
const noop = () => {};
let last = 0;

const reasons = {
  200: "OK", 201: "Created", 202: "Accepted", 203: "Non Authoritative Information", 204: "No Content", 205: "Reset Content",
  206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used", 300: "Multiple Choices",
  301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect",
  308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
  404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
  408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
  413: "Payload Too Large", 414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
  417: "Expectation Failed", 418: "I'm a teapot", 421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked",
  424: "Failed Dependency", 426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
  431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons", 500: "Internal Server Error",
  501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
  505: "HTTP Version Not Supported", 506: "Variant Also Negotiates", 507: "Insufficient Storage", 508: "Loop Detected",
  510: "Not Extended", 511: "Network Authentication Required",
};

function requireHttp(url) {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new TypeError(`fetch supports http and https only, not ${url.protocol.slice(0, -1)}`);
}

/// One request; a promise of {status, headers, streamId} that is rejected when the signal is aborted.
function send(exchange) {
  const { url, method, headers, body, signal } = exchange;
  return new Promise((resolve, reject) => {
    exchange.id = ++last;
    exchange.abort = () => {
      fetchAbort(exchange.id);
      reject(signal.reason);
    };
    let streamId = null;
    if (body !== null) {
      streamId = streamCreate(false);
      sendToHost(body.open(), streamId).catch((e) => {
        fetchAbort(exchange.id);
        reject(e);
      });
    }
    const target = new URL(url);
    target.hash = "";
    fetchStart(exchange.id, method, target.href, headers.flat(), streamId, body?.size ?? -1).then(resolve, reject);
  });
}

/// The request that follows a redirect to `location`.
function redirected(exchange, status, location) {
  const from = new URL(exchange.url);
  const to = new URL(location, from);
  requireHttp(to);
  if (to.hash === "") to.hash = from.hash;
  let { method, headers, body } = exchange;
  const bodyless = method === "GET" || method === "HEAD";
  if ((status === 303 && !bodyless) || ((status === 301 || status === 302) && method === "POST")) {
    method = "GET";
    body = null;
    headers = headers.filter((pair) => !contentHeaders.includes(pair[0]));
  } else if (body !== null) {
    if (body.size === undefined || body.blob.open) throw new TypeError("fetch cannot send a body that is a stream again after a redirect");
    body = new Body(body.blob, null);
  }
  if (from.origin !== to.origin) headers = headers.filter((pair) => pair[0] !== "authorization");
  return { ...exchange, url: to.href, method, headers, body };
}

function responseOf(exchange, head, hops) {
  const parts = new Parts();
  const hash = exchange.url.indexOf("#");
  parts.url = hash < 0 ? exchange.url : exchange.url.slice(0, hash);
  parts.type = "basic";
  parts.redirected = hops > 0;
  parts.status = head.status;
  parts.statusText = reasons[head.status] ?? "";
  for (let i = 0; i < head.headers.length; i += 2) parts.headers.append(head.headers[i], head.headers[i + 1]);
  const from = openFromHost(head.streamId);
  const { signal } = exchange;
  const abort = () => {
    fetchAbort(exchange.id);
    from.core.error(signal.reason);
  };
  if (nullBodyStatus.includes(head.status) || exchange.method === "HEAD") from.stream.cancel().then(noop, noop);
  else {
    signal.addEventListener("abort", abort);
    parts.body = new Body(undefined, from.stream);
  }
  return new Response(parts);
}

/// The answer to one request. Aborting gives up the request, and later the answer's body.
async function answerTo(exchange) {
  const { signal } = exchange;
  signal.throwIfAborted();
  const sent = send(exchange);
  signal.addEventListener("abort", exchange.abort);
  try {
    return await sent;
  } finally {
    signal.removeEventListener("abort", exchange.abort);
  }
}

function locationOf(head) {
  if (!redirectStatus.includes(head.status)) return undefined;
  for (let i = 0; i < head.headers.length; i += 2) if (lowerCase(head.headers[i]) === "location") return head.headers[i + 1];
  return undefined;
}

async function fetch(input, init) {
  requireOperation("fetch");
  const { url, method, headers, body, signal, redirect } = partsOf(new Request(input, init));
  requireHttp(new URL(url));
  let exchange = { url, method, headers: pairsOf(headers).map((pair) => pair.slice()), body, signal };
  for (let hops = 0; ; ++hops) {
    const head = await answerTo(exchange);
    const location = locationOf(head);
    if (location === undefined || redirect === "manual") return responseOf(exchange, head, hops);
    openFromHost(head.streamId).stream.cancel().then(noop, noop);
    if (redirect === "error") throw new TypeError("fetch attempted redirect");
    if (hops === maxRedirects) throw new TypeError("fetch too many redirects");
    exchange = redirected(exchange, head.status, location);
  }
}

return { fetch };
