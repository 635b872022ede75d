// Headers: a list in the order of insertion, with names in lower case. Unlike browsers' it is not sorted when it is
// iterated, and fields of one name stay apart.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const { lowerCase, match, trim, tag, requireArguments, addIteration } = host.shared;
const blank = "\t\n\r ";

function nameOf(name) {
  const text = `${name}`;
  if (match(token, text) === null) throw new TypeError(`Invalid header name: '${text}'`);
  return lowerCase(text);
}

function valueOf(value) {
  const text = trim(`${value}`, blank);
  if (match(/[\0\r\n]/, text) !== null) throw new TypeError("A header value must not have line breaks");
  if (match(/[^\0-\xff]/, text) !== null) throw new TypeError("A header value must have characters of Latin-1 only");
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
      this.#pairs = init.#pairs.map((pair) => pair.slice());
      return;
    }
    const iterate = init[Symbol.iterator];
    if (iterate === undefined || iterate === null) {
      const names = Reflect.ownKeys(init);
      for (let i = 0; i < names.length; ++i)
        if (Object.getOwnPropertyDescriptor(init, names[i])?.enumerable) this.append(names[i], init[names[i]]);
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
    requireArguments(2, arguments.length, "Headers.append");
    this.#pairs.push([nameOf(name), valueOf(value)]);
  }
  delete(name) {
    requireArguments(1, arguments.length, "Headers.delete");
    const wanted = nameOf(name);
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== wanted);
  }
  get(name) {
    requireArguments(1, arguments.length, "Headers.get");
    const wanted = nameOf(name);
    const values = this.#pairs.filter((pair) => pair[0] === wanted).map((pair) => pair[1]);
    return values.length === 0 ? null : values.join(", ");
  }
  getSetCookie() {
    return this.#pairs.filter((pair) => pair[0] === "set-cookie").map((pair) => pair[1]);
  }
  has(name) {
    requireArguments(1, arguments.length, "Headers.has");
    const wanted = nameOf(name);
    return this.#pairs.some((pair) => pair[0] === wanted);
  }
  set(name, value) {
    requireArguments(2, arguments.length, "Headers.set");
    const wanted = nameOf(name);
    const text = valueOf(value);
    const at = this.#pairs.findIndex((pair) => pair[0] === wanted);
    if (at < 0) this.#pairs.push([wanted, text]);
    else {
      this.#pairs[at][1] = text;
      this.#pairs = this.#pairs.filter((pair, i) => i <= at || pair[0] !== wanted);
    }
  }
  inspect() {
    return `Headers ${host.shared.inspect(Object.fromEntries(this.#pairs))}`;
  }
}
tag(Headers);
addIteration(Headers, pairsOf);

/// {essence, parameters} of a Content-Type; undefined when it is none.
function mimeOf(text) {
  const parts = splitParameters(text);
  const essence = lowerCase(trim(parts[0], blank));
  if (match(/^[!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+$/, essence) === null) return undefined;
  const parameters = new Map();
  for (let i = 1; i < parts.length; ++i) {
    const at = parts[i].indexOf("=");
    if (at < 0) continue;
    const name = lowerCase(trim(parts[i].slice(0, at), blank));
    const value = unquoted(trim(parts[i].slice(at + 1), blank));
    if (match(token, name) !== null && !parameters.has(name)) parameters.set(name, value);
  }
  return { essence, parameters };
}

/// What is between quotes, or the text itself where there are none.
function unquoted(text) {
  if (!text.startsWith('"')) return text;
  let out = "";
  for (let i = 1; i < text.length && text[i] !== '"'; ++i) out += text[i] === "\\" && i + 1 < text.length ? text[++i] : text[i];
  return out;
}

/// A Content-Type as it is written shortest; "" when it is none.
function mimeText(text) {
  const mime = mimeOf(text);
  if (mime === undefined) return "";
  let out = mime.essence;
  mime.parameters.forEach((value, name) => {
    if (value === "" || match(/[^\t\x20-\x7e\x80-\xff]/, value) !== null) return;
    out += `;${name}=${match(token, value) !== null ? value : `"${value.split("\\").join("\\\\").split('"').join('\\"')}"`}`;
  });
  return out;
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

return { Headers, pairsOf, isHeaders, mimeOf, mimeText, splitParameters };
