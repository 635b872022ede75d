// Response.
const { need, URL, match, textOf, tag, requireArguments, optionsOf } = host.shared;
const { Headers } = need("headers");
const { bodyFrom, addBody } = need("body");

const redirectStatus = [301, 302, 303, 307, 308];
const nullBodyStatus = [204, 205, 304];

let partsOf, isResponse;

/// What a response that our own code makes is made of.
class Parts {
  url = "";
  type = "default";
  redirected = false;
  status = 200;
  statusText = "";
  headers = new Headers();
  body = null;
}

function initialize(parts, options, body, type) {
  const init = optionsOf(options, "a Response");
  if (init.status !== undefined) {
    const status = Math.trunc(Number(init.status));
    if (!(status >= 200 && status <= 599)) throw new RangeError("The status of a Response must be from 200 to 599");
    parts.status = status;
  }
  if (init.statusText !== undefined) {
    parts.statusText = `${init.statusText}`;
    if (match(/^[\t\x20-\x7e\x80-\xff]*$/, parts.statusText) === null) throw new TypeError("Invalid statusText");
  }
  if (init.headers !== undefined) parts.headers = new Headers(init.headers);
  if (body !== null && nullBodyStatus.includes(parts.status))
    throw new TypeError(`A response with status ${parts.status} cannot have a body`);
  parts.body = body;
  if (type !== undefined && !parts.headers.has("content-type")) parts.headers.append("content-type", type);
}

class Response {
  #r;
  static {
    partsOf = (response) => response.#r;
    isResponse = (value) => typeof value === "object" && value !== null && #r in value;
  }
  constructor(content, init) {
    if (content instanceof Parts) {
      this.#r = content;
      return;
    }
    this.#r = new Parts();
    const { body, type } = bodyFrom(content, "Response");
    initialize(this.#r, init, body, type);
  }
  static error() {
    const parts = new Parts();
    parts.type = "error";
    parts.status = 0;
    return new Response(parts);
  }
  static json(data, init) {
    requireArguments(1, arguments.length, "Response.json");
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data cannot be written as JSON");
    const parts = new Parts();
    initialize(parts, init, bodyFrom(text, "Response").body, "application/json");
    return new Response(parts);
  }
  static redirect(url, status = 302) {
    requireArguments(1, arguments.length, "Response.redirect");
    const target = new URL(textOf(url)).href;
    if (!redirectStatus.includes(Number(status))) throw new RangeError(`Invalid redirect status ${status}`);
    const parts = new Parts();
    parts.status = Number(status);
    parts.headers.append("location", target);
    return new Response(parts);
  }
  get type() {
    return this.#r.type;
  }
  get url() {
    return this.#r.url;
  }
  get redirected() {
    return this.#r.redirected;
  }
  get status() {
    return this.#r.status;
  }
  get ok() {
    return this.#r.status >= 200 && this.#r.status <= 299;
  }
  get statusText() {
    return this.#r.statusText;
  }
  get headers() {
    return this.#r.headers;
  }
  clone() {
    const r = this.#r;
    if (r.body?.unusable) throw new TypeError("A response whose body was read cannot be cloned");
    const copy = Object.assign(new Parts(), r, { headers: new Headers(r.headers) });
    if (r.body) copy.body = r.body.copy();
    return new Response(copy);
  }
  inspect() {
    const { status, statusText, url, headers } = this.#r;
    return `Response ${host.shared.inspect({ status, statusText, url, headers })}`;
  }
}

addBody(Response.prototype, (response) => partsOf(response).body);
tag(Response);

return { Response, Parts, partsOf, isResponse };
