// Taking URLs apart by the rules of the WHATWG URL standard. A parsed URL is a record
// {scheme, username, password, host, port, path, query, fragment}: host, query and fragment are null when absent,
// path is a list of segments, or a string where the scheme has no hierarchy ("mailto:").
const { shared } = host;
const { utf8Encode, utf8Decode } = host;

const defaultPorts = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21", "file:": "" };
const isSpecial = (scheme) => Object.hasOwn(defaultPorts, scheme);

const sets = {
  control: /[\x00-\x1f\x7f-\uffff]/u,
  fragment: /[\x00-\x20"<>`\x7f-\uffff]/u,
  query: /[\x00-\x20"#<>\x7f-\uffff]/u,
  specialQuery: /[\x00-\x20"#<>'\x7f-\uffff]/u,
  path: /[\x00-\x20"#<>?^`{}\x7f-\uffff]/u,
  userinfo: /[\x00-\x20"#<>?^`{}/:;=@[\\\]|\x7f-\uffff]/u,
};

function encodeBytes(bytes) {
  let out = "";
  for (const b of bytes) out += "%" + (b < 16 ? "0" : "") + b.toString(16).toUpperCase();
  return out;
}

function encode(text, set) {
  let out = "";
  for (const c of text) out += c.codePointAt(0) > 0xffff || sets[set].test(c) ? encodeBytes(utf8Encode(c)) : c;
  return out;
}

function decodePercent(text) {
  const bytes = utf8Encode(text);
  const out = [];
  for (let i = 0; i < bytes.length; ++i) {
    const pair = String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0);
    if (bytes[i] === 0x25 && /^[0-9A-Fa-f]{2}$/.test(pair)) {
      out.push(parseInt(pair, 16));
      i += 2;
    } else out.push(bytes[i]);
  }
  return utf8Decode(new Uint8Array(out), false);
}

// --- hosts ---

/// Punycode (RFC 3492) of one label with characters outside ASCII.
function punycode(label) {
  const points = Array.from(label, (c) => c.codePointAt(0));
  let out = points.filter((p) => p < 128).map((p) => String.fromCharCode(p)).join("");
  let done = out.length;
  const basic = done;
  if (done > 0) out += "-";
  let n = 128;
  let delta = 0;
  let bias = 72;
  while (done < points.length) {
    const next = Math.min(...points.filter((p) => p >= n));
    delta += (next - n) * (done + 1);
    n = next;
    for (const p of points) {
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
  if (/^0[xX][0-9A-Fa-f]*$/.test(text)) return text.length === 2 ? 0 : parseInt(text.slice(2), 16);
  if (/^0[0-7]+$/.test(text)) return parseInt(text, 8);
  return /^[0-9]+$/.test(text) && !/^0./.test(text) ? Number(text) : NaN;
}

/// The dotted text; null when the host is no address; undefined when it looks like one but is wrong.
function parseIpv4(host) {
  const parts = host.split(".");
  if (parts.at(-1) === "" && parts.length > 1) parts.pop();
  const last = parts.at(-1);
  if (!/^[0-9]+$/.test(last) && !/^0[xX][0-9A-Fa-f]*$/.test(last)) return null;
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
  const pieces = (half) => {
    if (half === "") return [];
    const out = [];
    const groups = half.split(":");
    for (let i = 0; i < groups.length; ++i) {
      if (i === groups.length - 1 && /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(groups[i])) {
        const bytes = groups[i].split(".").map(Number);
        if (bytes.some((b) => b > 255)) return undefined;
        out.push(bytes[0] * 256 + bytes[1], bytes[2] * 256 + bytes[3]);
      } else if (/^[0-9A-Fa-f]{1,4}$/.test(groups[i])) out.push(parseInt(groups[i], 16));
      else return undefined;
    }
    return out;
  };
  const head = pieces(halves[0]);
  const tail = halves.length === 2 ? pieces(halves[1]) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array(Math.max(missing, 0)).fill(0), ...tail];
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
  if (!special) return /[\x00\t\n\r #/:<>?@[\\\]^|]/.test(text) ? undefined : encode(text, "control");
  const labels = decodePercent(text).normalize("NFC").toLowerCase().replace(/[\u3002\uFF0E\uFF61]/g, ".").split(".");
  const ascii = labels.map((label) => (/^[\x00-\x7f]*$/.test(label) ? label : punycode(label))).join(".");
  if (ascii === "" || /[\x00-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(ascii)) return undefined;
  const address = parseIpv4(ascii);
  return address === null ? ascii : address;
}

// --- the whole ---

function setPort(url, text) {
  if (!/^[0-9]*$/.test(text) || Number(text) > 65535) return false;
  url.port = text === "" || String(Number(text)) === defaultPorts[url.scheme] ? "" : String(Number(text));
  return true;
}

function setHostAndPort(url, text) {
  const special = isSpecial(url.scheme);
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (name === undefined) return false;
  if (name === "" && ((special && url.scheme !== "file:") || port !== undefined)) return false;
  const parsed = name === "" ? "" : parseHost(name, special);
  if (parsed === undefined || !setPort(url, port ?? "")) return false;
  url.host = url.scheme === "file:" && parsed === "localhost" ? "" : parsed;
  return true;
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
  return setHostAndPort(url, text.slice(at + 1));
}

/// Adds the segments of `text` to `url.path`, with "." and ".." carried out.
function addPath(url, text) {
  const segments = text.split(isSpecial(url.scheme) ? /[/\\]/ : "/");
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    const plain = segment.replace(/%2e/gi, ".");
    if (plain === "..") {
      url.path.pop();
      if (last) url.path.push("");
    } else if (plain === ".") {
      if (last) url.path.push("");
    } else url.path.push(encode(segment, "path"));
  });
}

function setPath(url, text) {
  const special = isSpecial(url.scheme);
  url.path = [];
  if (text === "" && !special) return;
  addPath(url, /^\//.test(text) || (special && /^\\/.test(text)) ? text.slice(1) : text);
}

function setQuery(url, text) {
  url.query = text === null ? null : encode(text, isSpecial(url.scheme) ? "specialQuery" : "query");
}

function splitAt(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

const slash = (url, text) => /^\//.test(text) || (isSpecial(url.scheme) && /^\\/.test(text));

/// After "//": authority, then path.
function parseAuthorityAndPath(url, text) {
  const end = text.search(isSpecial(url.scheme) ? /[/\\]/ : /\//);
  const [authority, path] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end)];
  if (!setAuthority(url, authority)) return null;
  setPath(url, path);
  return url;
}

function parseRelative(url, text, query, base) {
  if (slash(url, text) && slash(url, text.slice(1))) {
    setQuery(url, query);
    const rest = isSpecial(url.scheme) && url.scheme !== "file:" ? text.replace(/^[/\\]+/, "") : text.slice(2);
    return parseAuthorityAndPath(url, rest);
  }
  for (const part of ["username", "password", "host", "port"]) url[part] = base[part];
  setQuery(url, query);
  if (slash(url, text)) setPath(url, text);
  else {
    url.path = [...base.path];
    if (text === "") {
      if (query === null) url.query = base.query;
    } else {
      url.path.pop();
      addPath(url, text);
    }
  }
  return url;
}

/// The record of `input`, relative to the record `base` (or null); null when it is no URL.
function parse(input, base) {
  const cleaned = input.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, "").replace(/[\t\n\r]/g, "");
  const [beforeFragment, fragmentText] = splitAt(cleaned, "#");
  const fragment = fragmentText === null ? null : encode(fragmentText, "fragment");
  const url = { scheme: "", username: "", password: "", host: null, port: "", path: [], query: null, fragment };
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(beforeFragment)?.[0];
  if (scheme === undefined) {
    if (base === null) return null;
    if (typeof base.path === "string") return beforeFragment === "" ? { ...base, fragment } : null;
    url.scheme = base.scheme;
    const [text, query] = splitAt(beforeFragment, "?");
    return parseRelative(url, text, query, base);
  }
  url.scheme = scheme.toLowerCase();
  const [rest, query] = splitAt(beforeFragment.slice(scheme.length), "?");
  if (url.scheme === "file:") {
    const root = base?.scheme === "file:" ? base : { username: "", password: "", host: "", port: "", path: [], query: null };
    return parseRelative(url, rest, query, root);
  }
  if (isSpecial(url.scheme)) {
    if (base?.scheme === url.scheme && !/^[/\\]{2}/.test(rest)) return parseRelative(url, rest, query, base);
    setQuery(url, query);
    return parseAuthorityAndPath(url, rest.replace(/^[/\\]+/, ""));
  }
  setQuery(url, query);
  if (rest.startsWith("//")) return parseAuthorityAndPath(url, rest.slice(2));
  if (rest.startsWith("/")) setPath(url, rest);
  else url.path = encode(rest, "control");
  return url;
}

function pathText(url) {
  return typeof url.path === "string" ? url.path : url.path.length || isSpecial(url.scheme) ? "/" + url.path.join("/") : "";
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

shared.urls = { parse, toText, pathText, isSpecial, encode, decodePercent, encodeBytes, setPort, setHostAndPort, setPath, setQuery };
