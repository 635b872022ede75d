// Headers: a list in the order of insertion, with names in lower case. Unlike browsers' it is not sorted when it is
// iterated, and fields of one name stay apart.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const { lowerCase } = host.shared;

function nameOf(name) {
  const text = String(name);
  if (!token.test(text)) throw new TypeError(`Invalid header name: '${text}'`);
  return lowerCase(text);
}

function valueOf(value) {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\r\n]/.test(text)) throw new TypeError("A header value must not have line breaks");
  if (/[^\0-\xff]/.test(text)) throw new TypeError("A header value must have characters of Latin-1 only");
  return text;
}

let pairsOf, isHeaders;

class Headers {
  #pairs = [];
  static {
    pairsOf = (headers) => headers.#pairs;
    isHeaders = (value) => typeof value === "object" && value !== null && #pairs in value;
  }
  constructor(init) {
    if (init === undefined) return;
    if (init === null || (typeof init !== "object" && typeof init !== "function"))
      throw new TypeError("Headers must be made from an object or from pairs");
    if (isHeaders(init)) {
      this.#pairs = init.#pairs.map((pair) => [...pair]);
      return;
    }
    const iterate = init[Symbol.iterator];
    if (iterate === undefined || iterate === null) {
      for (const name of Reflect.ownKeys(init))
        if (Object.getOwnPropertyDescriptor(init, name)?.enumerable) this.append(name, init[name]);
      return;
    }
    for (const item of init) {
      if (typeof item !== "object" || item === null) throw new TypeError("A header must be a pair of name and value");
      const pair = [...item];
      if (pair.length !== 2) throw new TypeError("A header must be a pair of name and value");
      this.append(pair[0], pair[1]);
    }
  }
  append(name, value) {
    this.#pairs.push([nameOf(name), valueOf(value)]);
  }
  delete(name) {
    const wanted = nameOf(name);
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== wanted);
  }
  get(name) {
    const wanted = nameOf(name);
    const values = this.#pairs.filter((pair) => pair[0] === wanted).map((pair) => pair[1]);
    return values.length === 0 ? null : values.join(", ");
  }
  getSetCookie() {
    return this.#pairs.filter((pair) => pair[0] === "set-cookie").map((pair) => pair[1]);
  }
  has(name) {
    const wanted = nameOf(name);
    return this.#pairs.some((pair) => pair[0] === wanted);
  }
  set(name, value) {
    const wanted = nameOf(name);
    const text = valueOf(value);
    const at = this.#pairs.findIndex((pair) => pair[0] === wanted);
    if (at < 0) this.#pairs.push([wanted, text]);
    else {
      this.#pairs[at][1] = text;
      this.#pairs = this.#pairs.filter((pair, i) => i <= at || pair[0] !== wanted);
    }
  }
  forEach(callback, self) {
    if (typeof callback !== "function") throw new TypeError("The callback must be a function");
    for (const [name, value] of this.entries()) callback.call(self, value, name, this);
  }
  *entries() {
    for (let i = 0; i < this.#pairs.length; ++i) yield [...this.#pairs[i]];
  }
  *keys() {
    for (let i = 0; i < this.#pairs.length; ++i) yield this.#pairs[i][0];
  }
  *values() {
    for (let i = 0; i < this.#pairs.length; ++i) yield this.#pairs[i][1];
  }
  [Symbol.iterator]() {
    return this.entries();
  }
  inspect() {
    return `Headers ${host.shared.inspect(Object.fromEntries(this.#pairs))}`;
  }
}
Object.defineProperty(Headers.prototype, Symbol.toStringTag, { value: "Headers", configurable: true });

/// {essence, parameters} of a Content-Type; undefined when it is none.
function mimeOf(text) {
  const [type, ...rest] = splitParameters(text);
  const essence = lowerCase(type.trim());
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(essence)) return undefined;
  const parameters = new Map();
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    const name = lowerCase(part.slice(0, at).trim());
    let value = part.slice(at + 1).trim();
    if (value.startsWith('"')) value = value.replace(/^"|"$/g, "").replace(/\\(.)/gs, "$1");
    if (token.test(name) && !parameters.has(name)) parameters.set(name, value);
  }
  return { essence, parameters };
}

/// Splits at semicolons outside quotes.
function splitParameters(text) {
  const parts = [""];
  let quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (c === ";" && !quoted) {
      parts.push("");
      continue;
    }
    if (c === '"') quoted = !quoted;
    parts[parts.length - 1] += c;
    if (c === "\\" && quoted && i + 1 < text.length) parts[parts.length - 1] += text[++i];
  }
  return parts;
}

return { Headers, pairsOf, isHeaders, mimeOf, splitParameters };
