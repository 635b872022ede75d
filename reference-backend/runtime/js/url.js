// URL and URLSearchParams.
const { urls, hide } = host.shared;
const { utf8Encode } = host;
const { parse, toText, pathText, isSpecial, encode, decodePercent, encodeBytes } = urls;

function formDecode(text) {
  return decodePercent(text.replaceAll("+", " "));
}

function formEncode(text) {
  let out = "";
  for (const c of text) out += /[A-Za-z0-9*._-]/.test(c) ? c : c === " " ? "+" : encodeBytes(utf8Encode(c));
  return out;
}

function parseForm(text) {
  const pairs = [];
  for (const part of text.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    pairs.push(at < 0 ? [formDecode(part), ""] : [formDecode(part.slice(0, at)), formDecode(part.slice(at + 1))]);
  }
  return pairs;
}

class URLSearchParams {
  #pairs = [];
  #changed = () => {};
  constructor(init = "") {
    if (init instanceof Linked) {
      this.#pairs = parseForm(init.query ?? "");
      this.#changed = init.changed;
      init.reload = (query) => (this.#pairs = parseForm(query ?? ""));
    } else if (typeof init === "object" && init !== null) {
      if (typeof init[Symbol.iterator] === "function") {
        for (const pair of init) {
          const [name, value, ...more] = pair;
          if (more.length > 0 || Array.from(pair).length !== 2) throw new TypeError("Each query pair must be an iterable [name, value] tuple");
          this.#pairs.push([String(name).toWellFormed(), String(value).toWellFormed()]);
        }
      } else for (const name of Object.keys(init)) this.#pairs.push([String(name).toWellFormed(), String(init[name]).toWellFormed()]);
    } else {
      const text = String(init);
      this.#pairs = parseForm(text.startsWith("?") ? text.slice(1) : text);
    }
  }
  get size() {
    return this.#pairs.length;
  }
  append(name, value) {
    this.#pairs.push([String(name), String(value)]);
    this.#changed();
  }
  delete(name, value) {
    this.#pairs = this.#pairs.filter((p) => p[0] !== String(name) || (value !== undefined && p[1] !== String(value)));
    this.#changed();
  }
  get(name) {
    return this.#pairs.find((p) => p[0] === String(name))?.[1] ?? null;
  }
  getAll(name) {
    return this.#pairs.filter((p) => p[0] === String(name)).map((p) => p[1]);
  }
  has(name, value) {
    return this.#pairs.some((p) => p[0] === String(name) && (value === undefined || p[1] === String(value)));
  }
  set(name, value) {
    const at = this.#pairs.findIndex((p) => p[0] === String(name));
    if (at < 0) this.#pairs.push([String(name), String(value)]);
    else {
      this.#pairs[at][1] = String(value);
      this.#pairs = this.#pairs.filter((p, i) => i <= at || p[0] !== String(name));
    }
    this.#changed();
  }
  sort() {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed();
  }
  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }
  *entries() {
    for (const [name, value] of this.#pairs) yield [name, value];
  }
  *keys() {
    for (const [name] of this.#pairs) yield name;
  }
  *values() {
    for (const [, value] of this.#pairs) yield value;
  }
  [Symbol.iterator]() {
    return this.entries();
  }
  toString() {
    return this.#pairs.map(([name, value]) => formEncode(name) + "=" + formEncode(value)).join("&");
  }
  inspect() {
    return `URLSearchParams { '${this.toString()}' }`;
  }
}

/// The tie between a URL and its searchParams.
class Linked {
  query = "";
  changed = () => {};
  reload = () => {};
}

class URL {
  #parts;
  #params;
  #link = new Linked();
  constructor(input, base) {
    const from = base === undefined ? null : parse(String(base), null);
    this.#parts = base !== undefined && from === null ? null : parse(String(input), from);
    if (this.#parts === null) throw new TypeError(`Invalid URL: '${input}'`);
  }
  static canParse(input, base) {
    return URL.parse(input, base) !== null;
  }
  static parse(input, base) {
    try {
      return new URL(input, base);
    } catch {
      return null;
    }
  }
  get href() {
    return toText(this.#parts);
  }
  set href(text) {
    const parts = parse(String(text), null);
    if (parts === null) throw new TypeError(`Invalid URL: '${text}'`);
    this.#parts = parts;
    this.#link.reload(parts.query);
  }
  get origin() {
    const { scheme, host, port } = this.#parts;
    return isSpecial(scheme) && scheme !== "file:" ? `${scheme}//${host}${port ? ":" + port : ""}` : "null";
  }
  get protocol() {
    return this.#parts.scheme;
  }
  set protocol(text) {
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]*/.exec(String(text))?.[0];
    if (scheme === undefined || isSpecial(scheme.toLowerCase() + ":") !== isSpecial(this.#parts.scheme)) return;
    this.#parts.scheme = scheme.toLowerCase() + ":";
    urls.setPort(this.#parts, this.#parts.port);
  }
  get username() {
    return this.#parts.username;
  }
  set username(text) {
    if (this.#parts.host) this.#parts.username = encode(String(text), "userinfo");
  }
  get password() {
    return this.#parts.password;
  }
  set password(text) {
    if (this.#parts.host) this.#parts.password = encode(String(text), "userinfo");
  }
  get host() {
    const { host, port } = this.#parts;
    return (host ?? "") + (port ? ":" + port : "");
  }
  set host(text) {
    const next = { ...this.#parts };
    if (typeof next.path !== "string" && urls.setHostAndPort(next, String(text))) {
      if (!/:[0-9]+$/.test(String(text))) next.port = this.#parts.port;
      this.#parts = next;
    }
  }
  get hostname() {
    return this.#parts.host ?? "";
  }
  set hostname(text) {
    if (!/:[0-9]*$/.test(String(text))) this.host = text;
  }
  get port() {
    return this.#parts.port;
  }
  set port(text) {
    if (this.#parts.host) urls.setPort(this.#parts, /^[0-9]*/.exec(String(text))[0]);
  }
  get pathname() {
    return pathText(this.#parts);
  }
  set pathname(text) {
    if (typeof this.#parts.path === "string") return;
    urls.setPath(this.#parts, String(text).replaceAll("?", "%3F").replaceAll("#", "%23"));
  }
  get search() {
    return this.#parts.query ? "?" + this.#parts.query : "";
  }
  set search(text) {
    const query = String(text).replace(/^\?/, "");
    urls.setQuery(this.#parts, query === "" ? null : query);
    this.#link.reload(this.#parts.query);
  }
  get searchParams() {
    if (!this.#params) {
      this.#link.query = this.#parts.query;
      this.#link.changed = () => {
        const text = this.#params.toString();
        this.#parts.query = text === "" ? null : text;
      };
      this.#params = new URLSearchParams(this.#link);
    }
    return this.#params;
  }
  get hash() {
    return this.#parts.fragment ? "#" + this.#parts.fragment : "";
  }
  set hash(text) {
    const fragment = String(text).replace(/^#/, "");
    this.#parts.fragment = fragment === "" ? null : encode(fragment, "fragment");
  }
  toString() {
    return this.href;
  }
  toJSON() {
    return this.href;
  }
  inspect() {
    return `URL { '${this.href}' }`;
  }
}

Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: "URL", configurable: true });
Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { value: "URLSearchParams", configurable: true });
hide(globalThis, "URL", URL);
hide(globalThis, "URLSearchParams", URLSearchParams);
Object.assign(host.shared, { URL, URLSearchParams });
