// URL and URLSearchParams.
const { urls, textOf, match, tag, requireArguments, addIteration } = host.shared;
const { utf8Encode } = host;
const { parse, toText, pathText, isSpecial, encode, decodePercent, encodeBytes, cleaned } = urls;

const formDecode = (text) => decodePercent(text.split("+").join(" "));

function formEncode(text) {
  if (match(/[^A-Za-z0-9*._-]/, text) === null) return text;
  let out = "";
  for (let i = 0; i < text.length; ++i) {
    const c = text.codePointAt(i) > 0xffff ? text[i] + text[++i] : text[i];
    out += match(/[A-Za-z0-9*._-]/, c) ? c : c === " " ? "+" : encodeBytes(utf8Encode(c));
  }
  return out;
}

function parseForm(text) {
  const pairs = [];
  const parts = text.split("&");
  for (let i = 0; i < parts.length; ++i) {
    const part = parts[i];
    if (part === "") continue;
    const at = part.indexOf("=");
    pairs.push(at < 0 ? [formDecode(part), ""] : [formDecode(part.slice(0, at)), formDecode(part.slice(at + 1))]);
  }
  return pairs;
}

/// The pairs that a program gives: as a list, or as the fields of an object.
function pairsFrom(init) {
  const pairs = [];
  const iterate = init[Symbol.iterator];
  if (iterate === undefined || iterate === null) {
    const names = Reflect.ownKeys(init);
    for (let i = 0; i < names.length; ++i)
      if (Object.getOwnPropertyDescriptor(init, names[i])?.enumerable) pairs.push([textOf(names[i]), textOf(init[names[i]])]);
    return pairs;
  }
  for (const item of init) {
    const isList = (typeof item === "object" || typeof item === "function") && item !== null;
    const pair = isList ? [...item] : [];
    if (pair.length !== 2) throw new TypeError("Each query pair must be an iterable [name, value] tuple");
    pairs.push([textOf(pair[0]), textOf(pair[1])]);
  }
  return pairs;
}

let listOf;

class URLSearchParams {
  #pairs = [];
  #changed = () => {};
  static {
    listOf = (params) => params.#pairs;
  }
  constructor(init = "") {
    if (init instanceof Linked) {
      this.#pairs = parseForm(init.query ?? "");
      this.#changed = init.changed;
      init.reload = (query) => (this.#pairs = parseForm(query ?? ""));
    } else if ((typeof init === "object" && init !== null) || typeof init === "function") this.#pairs = pairsFrom(init);
    else {
      const text = textOf(init);
      this.#pairs = parseForm(text.startsWith("?") ? text.slice(1) : text);
    }
  }
  get size() {
    return this.#pairs.length;
  }
  append(name, value) {
    requireArguments(2, arguments.length, "URLSearchParams.append");
    this.#pairs.push([textOf(name), textOf(value)]);
    this.#changed();
  }
  delete(name, value) {
    requireArguments(1, arguments.length, "URLSearchParams.delete");
    const isSame = sameAs(name, value);
    this.#pairs = this.#pairs.filter((p) => !isSame(p));
    this.#changed();
  }
  get(name) {
    requireArguments(1, arguments.length, "URLSearchParams.get");
    const text = textOf(name);
    return this.#pairs.find((p) => p[0] === text)?.[1] ?? null;
  }
  getAll(name) {
    requireArguments(1, arguments.length, "URLSearchParams.getAll");
    const text = textOf(name);
    return this.#pairs.filter((p) => p[0] === text).map((p) => p[1]);
  }
  has(name, value) {
    requireArguments(1, arguments.length, "URLSearchParams.has");
    return this.#pairs.some(sameAs(name, value));
  }
  set(name, value) {
    requireArguments(2, arguments.length, "URLSearchParams.set");
    const isSame = sameAs(name, undefined);
    const at = this.#pairs.findIndex(isSame);
    if (at < 0) this.#pairs.push([textOf(name), textOf(value)]);
    else {
      this.#pairs[at][1] = textOf(value);
      this.#pairs = this.#pairs.filter((p, i) => i <= at || !isSame(p));
    }
    this.#changed();
  }
  sort() {
    this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#changed();
  }
  toString() {
    return this.#pairs.map((p) => formEncode(p[0]) + "=" + formEncode(p[1])).join("&");
  }
  inspect() {
    return `URLSearchParams { '${this.toString()}' }`;
  }
}
addIteration(URLSearchParams, listOf);

/// Whether a pair has the name, and the value when there is one.
function sameAs(name, value) {
  const text = textOf(name);
  if (value === undefined) return (p) => p[0] === text;
  const other = textOf(value);
  return (p) => p[0] === text && p[1] === other;
}

/// The tie between a URL and its searchParams.
class Linked {
  query = "";
  changed = () => {};
  reload = () => {};
}

/// The parts of a URL; null when it is none.
function partsOf(input, base) {
  const text = textOf(input);
  const from = base === undefined ? null : parse(textOf(base), null);
  return base !== undefined && from === null ? null : parse(text, from);
}

function originOf({ scheme, host, port, path }) {
  if (scheme === "blob:") {
    const inner = typeof path === "string" ? parse(path, null) : null;
    return inner !== null && (inner.scheme === "http:" || inner.scheme === "https:") ? originOf(inner) : "null";
  }
  return isSpecial(scheme) && scheme !== "file:" ? `${scheme}//${host}${port ? ":" + port : ""}` : "null";
}

class URL {
  #parts;
  #params;
  #link = new Linked();
  constructor(input, base) {
    requireArguments(1, arguments.length, "URL");
    const parts = partsOf(input, base);
    if (parts === null) throw new TypeError(`Invalid URL: '${input}'`);
    this.#parts = parts;
  }
  static canParse(input, base) {
    requireArguments(1, arguments.length, "URL.canParse");
    return partsOf(input, base) !== null;
  }
  static parse(input, base) {
    requireArguments(1, arguments.length, "URL.parse");
    return partsOf(input, base) === null ? null : new URL(input, base);
  }
  get href() {
    return toText(this.#parts);
  }
  set href(text) {
    const parts = parse(textOf(text), null);
    if (parts === null) throw new TypeError(`Invalid URL: '${text}'`);
    this.#parts = parts;
    this.#link.reload(parts.query);
  }
  get origin() {
    return originOf(this.#parts);
  }
  get protocol() {
    return this.#parts.scheme;
  }
  set protocol(text) {
    urls.setScheme(this.#parts, cleaned(textOf(text)));
  }
  get username() {
    return this.#parts.username;
  }
  set username(text) {
    if (urls.canHavePort(this.#parts)) this.#parts.username = encode(textOf(text), "userinfo");
  }
  get password() {
    return this.#parts.password;
  }
  set password(text) {
    if (urls.canHavePort(this.#parts)) this.#parts.password = encode(textOf(text), "userinfo");
  }
  get host() {
    const { host, port } = this.#parts;
    return (host ?? "") + (port ? ":" + port : "");
  }
  set host(text) {
    if (typeof this.#parts.path !== "string") urls.setHost(this.#parts, cleaned(textOf(text)), true);
  }
  get hostname() {
    return this.#parts.host ?? "";
  }
  set hostname(text) {
    if (typeof this.#parts.path !== "string") urls.setHost(this.#parts, cleaned(textOf(text)), false);
  }
  get port() {
    return this.#parts.port;
  }
  set port(text) {
    const given = textOf(text);
    if (!urls.canHavePort(this.#parts)) return;
    if (given === "") this.#parts.port = "";
    else urls.setPort(this.#parts, cleaned(given));
  }
  get pathname() {
    return pathText(this.#parts);
  }
  set pathname(text) {
    if (typeof this.#parts.path !== "string") urls.setPath(this.#parts, cleaned(textOf(text)));
  }
  get search() {
    return this.#parts.query ? "?" + this.#parts.query : "";
  }
  set search(text) {
    const given = textOf(text);
    urls.setQuery(this.#parts, given === "" ? null : cleaned(given.startsWith("?") ? given.slice(1) : given));
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
    const given = textOf(text);
    this.#parts.fragment = given === "" ? null : encode(cleaned(given.startsWith("#") ? given.slice(1) : given), "fragment");
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

for (const type of [URL, URLSearchParams]) {
  tag(type);
  globalThis[type.name] = type;
}
Object.assign(host.shared, { URL, URLSearchParams });
