// Taking URLs apart by the rules of the WHATWG URL standard. A parsed URL is a record
// {scheme, username, password, host, port, path, query, fragment}: host, query and fragment are null when absent,
// path is a list of segments, or a string where the scheme has no hierarchy ("mailto:").
const { shared } = host;
const { match, trim, lowerCase } = shared;
const { utf8Encode, utf8Decode } = host;

const defaultPorts = { __proto__: null, "http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21", "file:": "" };
const isSpecial = (scheme) => defaultPorts[scheme] !== undefined;

/// What must be written as bytes in each part, beside controls and all beyond ASCII.
const sets = {
  control: /[\x00-\x1f\x7f-\uffff]/,
  fragment: /[\x00-\x20"<>`\x7f-\uffff]/,
  query: /[\x00-\x20"#<>\x7f-\uffff]/,
  specialQuery: /[\x00-\x20"#<>'\x7f-\uffff]/,
  path: /[\x00-\x20"#<>?^`{}\x7f-\uffff]/,
  userinfo: /[\x00-\x20"#<>?^`{}/:;=@[\\\]|\x7f-\uffff]/,
};

function encodeBytes(bytes) {
  let out = "";
  for (let i = 0; i < bytes.length; ++i) out += "%" + (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16).toUpperCase();
  return out;
}

function encode(text, name) {
  const set = sets[name];
  if (match(set, text) === null) return text;
  let out = "";
  for (let i = 0; i < text.length; ++i) {
    // Both halves of a character beyond 16 bits.
    const c = text.codePointAt(i) > 0xffff ? text[i] + text[++i] : text[i];
    out += match(set, c) === null ? c : encodeBytes(utf8Encode(c));
  }
  return out;
}

function hexDigit(byte) {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function decodePercent(text) {
  if (!text.includes("%")) return text;
  const bytes = utf8Encode(text);
  let length = 0;
  for (let i = 0; i < bytes.length; ++i) {
    const high = bytes[i] === 0x25 && i + 2 < bytes.length ? hexDigit(bytes[i + 1]) : -1;
    const low = high < 0 ? -1 : hexDigit(bytes[i + 2]);
    bytes[length++] = low < 0 ? bytes[i] : high * 16 + low;
    if (low >= 0) i += 2;
  }
  return utf8Decode(bytes.subarray(0, length), false);
}

// --- hosts ---

/// Punycode (RFC 3492) of one label with characters outside ASCII.
function punycode(label) {
  const points = [];
  for (let i = 0; i < label.length; ++i) {
    points.push(label.codePointAt(i));
    if (label.codePointAt(i) > 0xffff) ++i;
  }
  let out = points.filter((p) => p < 128).map((p) => String.fromCharCode(p)).join("");
  let done = out.length;
  const basic = done;
  if (done > 0) out += "-";
  let n = 128;
  let delta = 0;
  let bias = 72;
  while (done < points.length) {
    const next = points.reduce((least, p) => (p >= n && p < least ? p : least), Infinity);
    delta += (next - n) * (done + 1);
    n = next;
    for (let i = 0; i < points.length; ++i) {
      const p = points[i];
      if (p < n) ++delta;
      if (p !== n) continue;
      let q = delta;
      for (let k = 36; ; k += 36) {
        const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
        const digit = q < t ? q : t + ((q - t) % (36 - t));
        out += String.fromCharCode(digit + (digit < 26 ? 97 : 22));
        if (q < t) break;
        q = Math.floor((q - t) / (36 - t));
      }
      let k = 0;
      delta = Math.floor(delta / (done === basic ? 700 : 2));
      delta += Math.floor(delta / (done + 1));
      for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
      bias = k + Math.floor((36 * delta) / (delta + 38));
      delta = 0;
      ++done;
    }
    ++delta;
    ++n;
  }
  return "xn--" + out;
}

function parseIpv4Number(text) {
  if (text === "") return NaN;
  if (match(/^0[xX][0-9A-Fa-f]*$/, text)) return text.length === 2 ? 0 : parseInt(text.slice(2), 16);
  if (match(/^0[0-7]+$/, text)) return parseInt(text, 8);
  return match(/^(0|[1-9][0-9]*)$/, text) ? Number(text) : NaN;
}

/// The dotted text; null when the host is no address; undefined when it looks like one but is wrong.
function parseIpv4(host) {
  const parts = host.split(".");
  if (parts.at(-1) === "" && parts.length > 1) parts.pop();
  const last = parts.at(-1);
  if (!match(/^([0-9]+|0[xX][0-9A-Fa-f]*)$/, last)) return null;
  const numbers = parts.map(parseIpv4Number);
  if (parts.length > 4 || numbers.some(Number.isNaN) || numbers.slice(0, -1).some((n) => n > 255)) return undefined;
  if (numbers.at(-1) >= 256 ** (5 - numbers.length)) return undefined;
  let address = numbers.at(-1);
  numbers.slice(0, -1).forEach((n, i) => (address += n * 256 ** (3 - i)));
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/// The text of an address in brackets, shortened; undefined when it is wrong.
function parseIpv6(text) {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const pieces = (half, isLast) => {
    if (half === "") return [];
    const out = [];
    const groups = half.split(":");
    for (let i = 0; i < groups.length; ++i) {
      if (isLast && i === groups.length - 1 && match(/^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}$/, groups[i])) {
        const bytes = groups[i].split(".").map(Number);
        if (bytes.some((b) => b > 255)) return undefined;
        out.push(bytes[0] * 256 + bytes[1], bytes[2] * 256 + bytes[3]);
      } else if (match(/^[0-9A-Fa-f]{1,4}$/, groups[i])) out.push(parseInt(groups[i], 16));
      else return undefined;
    }
    return out;
  };
  const head = pieces(halves[0], halves.length === 1);
  const tail = halves.length === 2 ? pieces(halves[1], true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = head.concat(Array(Math.max(missing, 0)).fill(0), tail);
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; ++i) {
    let length = 0;
    while (i + length < 8 && all[i + length] === 0) ++length;
    if (length > best.length) best = { at: i, length };
  }
  const hex = (list) => list.map((n) => n.toString(16)).join(":");
  if (best.at < 0) return `[${hex(all)}]`;
  return `[${hex(all.slice(0, best.at))}::${hex(all.slice(best.at + best.length))}]`;
}

/// The host as it is written in a URL; undefined when it is wrong.
function parseHost(text, special) {
  if (text.startsWith("[")) return text.endsWith("]") ? parseIpv6(text.slice(1, -1)) : undefined;
  if (!special) return match(/[\x00\t\n\r #/:<>?@[\\\]^|]/, text) ? undefined : encode(text, "control");
  const labels = decodePercent(text).normalize("NFC").toLowerCase().split("\u3002").join(".").split("\uFF0E").join(".").split("\uFF61").join(".").split(".");
  const ascii = labels.map((label) => (match(/[^\x00-\x7f]/, label) ? punycode(label) : label)).join(".");
  if (ascii === "" || match(/[\x00-\x20#%/:<>?@[\\\]^|\x7f]/, ascii)) return undefined;
  const address = parseIpv4(ascii);
  return address === null ? ascii : address;
}

// --- the whole ---

const isSlash = (url, c) => c === "/" || (c === "\\" && isSpecial(url.scheme));
const isDrive = (text) => text.length === 2 && match(/^[A-Za-z][:|]$/, text) !== null;
const isWrittenDrive = (text) => isDrive(text) && text[1] === ":";
const startsWithDrive = (text) => isDrive(text.slice(0, 2)) && (text.length === 2 || "/\\?#".includes(text[2]));

/// Where the part of `text` from `at` on ends: before a slash, for setters also before "?" and "#".
function partEnd(url, text, at, more = "") {
  while (at < text.length && !isSlash(url, text[at]) && !more.includes(text[at])) ++at;
  return at;
}

/// Takes the digits at the start of `text` as the port; false when there are too many or none.
function setPort(url, text) {
  let end = 0;
  while (end < text.length && text[end] >= "0" && text[end] <= "9") ++end;
  const port = Number(text.slice(0, end));
  if (end === 0 || port > 65535) return false;
  url.port = String(port) === defaultPorts[url.scheme] ? "" : String(port);
  return true;
}

const canHavePort = (url) => url.host !== null && url.host !== "" && url.scheme !== "file:";

/// The two parts of "name:port"; port is null when there is no colon outside brackets.
function splitPort(text) {
  let inside = false;
  for (let i = 0; i < text.length; ++i) {
    if (text[i] === "[") inside = true;
    if (text[i] === "]") inside = false;
    if (text[i] === ":" && !inside) return { name: text.slice(0, i), port: text.slice(i + 1) };
  }
  return { name: text, port: null };
}

function setFileHost(url, text) {
  const host = text === "" ? "" : parseHost(text, true);
  if (host === undefined) return false;
  url.host = host === "localhost" ? "" : host;
  return true;
}

/// What URL.host and URL.hostname do with a text: as much of it as is a host (and, with `withPort`, a port).
function setHost(url, text, withPort) {
  text = text.slice(0, partEnd(url, text, 0, "?#"));
  if (url.scheme === "file:") return void setFileHost(url, text);
  const { name, port } = splitPort(text);
  if (port !== null && (name === "" || !withPort)) return;
  if (name === "" && (isSpecial(url.scheme) || url.username || url.password || url.port)) return;
  const host = name === "" ? "" : parseHost(name, isSpecial(url.scheme));
  if (host === undefined) return;
  url.host = host;
  if (port !== null) setPort(url, port);
}

/// What URL.protocol does: the scheme changes unless the rest of the URL does not fit it.
function setScheme(url, text) {
  const found = match(/^([A-Za-z][A-Za-z0-9+.-]*)(:|$)/, text);
  if (found === null) return;
  const scheme = lowerCase(found[1]) + ":";
  if (isSpecial(scheme) !== isSpecial(url.scheme)) return;
  if (scheme === "file:" && (url.username || url.password || url.port)) return;
  if (url.scheme === "file:" && url.host === "") return;
  url.scheme = scheme;
  if (url.port === defaultPorts[scheme]) url.port = "";
}

function setAuthority(url, text) {
  const at = text.lastIndexOf("@");
  if (at >= 0) {
    if (at === text.length - 1) return false;
    const info = text.slice(0, at);
    const colon = info.indexOf(":");
    url.username = encode(colon < 0 ? info : info.slice(0, colon), "userinfo");
    url.password = colon < 0 ? "" : encode(info.slice(colon + 1), "userinfo");
  }
  const { name, port } = splitPort(text.slice(at + 1));
  if (name === "" && (isSpecial(url.scheme) || port !== null)) return false;
  const host = name === "" ? "" : parseHost(name, isSpecial(url.scheme));
  if (host === undefined) return false;
  url.host = host;
  return port === null || port === "" || (setPort(url, port) && match(/^[0-9]+$/, port) !== null);
}

function shorten(url) {
  if (url.scheme === "file:" && url.path.length === 1 && isWrittenDrive(url.path[0])) return;
  url.path.pop();
}

/// Adds the segments of `text` to `url.path`, with "." and ".." carried out.
function addPath(url, text) {
  for (let from = 0; ; ) {
    const end = partEnd(url, text, from);
    const segment = text.slice(from, end);
    const last = end === text.length;
    const plain = segment.length > 6 ? "" : segment.toLowerCase().split("%2e").join(".");
    if (plain === "..") {
      shorten(url);
      if (last) url.path.push("");
    } else if (plain === ".") {
      if (last) url.path.push("");
    } else if (url.scheme === "file:" && url.path.length === 0 && isDrive(segment)) url.path.push(segment[0] + ":");
    else url.path.push(encode(segment, "path"));
    if (last) return;
    from = end + 1;
  }
}

function setPath(url, text) {
  url.path = [];
  if (text !== "" || isSpecial(url.scheme)) addPath(url, text !== "" && isSlash(url, text[0]) ? text.slice(1) : text);
  else if (url.host === null) url.path.push("");
}

function setQuery(url, text) {
  url.query = text === null ? null : encode(text, isSpecial(url.scheme) ? "specialQuery" : "query");
}

/// What is before and after the first `mark`; after is null when there is none.
function splitAt(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? { before: text, after: null } : { before: text.slice(0, at), after: text.slice(at + 1) };
}

function skipSlashes(url, text) {
  let at = 0;
  while (at < text.length && isSlash(url, text[at])) ++at;
  return text.slice(at);
}

/// After "//": authority, then path.
function parseAuthorityAndPath(url, text) {
  const end = partEnd(url, text, 0);
  if (!setAuthority(url, text.slice(0, end))) return null;
  setPath(url, text.slice(end));
  return url;
}

/// Takes over what stands before the path of `base`, and its path up to where `text` goes on.
function continuePath(url, text, query, base) {
  url.path = base.path.slice();
  setQuery(url, query);
  if (text === "") {
    if (query === null) url.query = base.query;
    return url;
  }
  if (url.scheme === "file:" && startsWithDrive(text)) url.path = [];
  else shorten(url);
  addPath(url, text);
  return url;
}

function parseRelative(url, text, query, base) {
  if (text.length > 1 && isSlash(url, text[0]) && isSlash(url, text[1])) {
    setQuery(url, query);
    return parseAuthorityAndPath(url, isSpecial(url.scheme) ? skipSlashes(url, text) : text.slice(2));
  }
  url.username = base.username;
  url.password = base.password;
  url.host = base.host;
  url.port = base.port;
  if (text === "" || !isSlash(url, text[0])) return continuePath(url, text, query, base);
  setQuery(url, query);
  setPath(url, text);
  return url;
}

function parseFile(url, text, query, base) {
  url.host = "";
  if (text === "" || !isSlash(url, text[0])) {
    if (base === null) {
      setQuery(url, query);
      setPath(url, text);
      return url;
    }
    url.host = base.host;
    return continuePath(url, text, query, base);
  }
  setQuery(url, query);
  if (text.length > 1 && isSlash(url, text[1])) {
    const end = partEnd(url, text, 2);
    const host = text.slice(2, end);
    if (isDrive(host)) setPath(url, text.slice(1));
    else if (setFileHost(url, host)) setPath(url, text.slice(end));
    else return null;
    return url;
  }
  url.path = [];
  if (base !== null) {
    url.host = base.host;
    if (!startsWithDrive(text.slice(1)) && base.path.length > 0 && isWrittenDrive(base.path[0])) url.path.push(base.path[0]);
  }
  addPath(url, text.slice(1));
  return url;
}

/// Without tabs and line ends, which URLs may have anywhere.
function cleaned(text) {
  return match(/[\t\n\r]/, text) === null ? text : text.split("\t").join("").split("\n").join("").split("\r").join("");
}

const blanks = Array.from({ length: 33 }, (_, i) => String.fromCharCode(i)).join("");

/// The record of `input`, relative to the record `base` (or null); null when it is no URL.
function parse(input, base) {
  const { before, after } = splitAt(cleaned(trim(input, blanks)), "#");
  const fragment = after === null ? null : encode(after, "fragment");
  const url = { scheme: "", username: "", password: "", host: null, port: "", path: [], query: null, fragment };
  const found = match(/^[A-Za-z][A-Za-z0-9+.-]*:/, before);
  if (found === null) {
    if (base === null) return null;
    if (typeof base.path === "string") return before === "" && fragment !== null ? Object.assign({}, base, { fragment }) : null;
    url.scheme = base.scheme;
    const { before: text, after: query } = splitAt(before, "?");
    return base.scheme === "file:" ? parseFile(url, text, query, base) : parseRelative(url, text, query, base);
  }
  url.scheme = lowerCase(found[0]);
  const { before: rest, after: query } = splitAt(before.slice(found[0].length), "?");
  if (url.scheme === "file:") return parseFile(url, rest, query, base !== null && base.scheme === "file:" ? base : null);
  if (isSpecial(url.scheme)) {
    if (base !== null && base.scheme === url.scheme && !rest.startsWith("//")) return parseRelative(url, rest, query, base);
    setQuery(url, query);
    return parseAuthorityAndPath(url, skipSlashes(url, rest));
  }
  setQuery(url, query);
  if (rest.startsWith("//")) return parseAuthorityAndPath(url, rest.slice(2));
  if (rest.startsWith("/")) setPath(url, rest);
  else {
    // A blank before "?" or "#" must not get lost when they go.
    const follows = rest.endsWith(" ") && (query !== null || fragment !== null);
    url.path = encode(follows ? rest.slice(0, -1) : rest, "control") + (follows ? "%20" : "");
  }
  return url;
}

/// A list of segments has a slash before each.
function pathText(url) {
  if (typeof url.path === "string") return url.path;
  return url.path.length > 0 ? "/" + url.path.join("/") : "";
}

function toText(url) {
  let out = url.scheme;
  if (url.host !== null) {
    out += "//";
    if (url.username || url.password) out += url.username + (url.password ? ":" + url.password : "") + "@";
    out += url.host + (url.port ? ":" + url.port : "");
  } else if (Array.isArray(url.path) && url.path.length > 1 && url.path[0] === "") out += "/.";
  out += pathText(url);
  if (url.query !== null) out += "?" + url.query;
  if (url.fragment !== null) out += "#" + url.fragment;
  return out;
}

shared.urls = {
  parse, toText, pathText, isSpecial, encode, decodePercent, encodeBytes, cleaned, canHavePort, setPort, setHost, setScheme,
  setPath, setQuery,
};
