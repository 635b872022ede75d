// multipart/form-data, written and read (RFC 7578). What is read is bounded: it is in memory as a whole.
const { need, lowerCase } = host.shared;
const { utf8Encode, utf8Decode, randomFill } = host;
const { FormData, entriesOf } = need("form_data");
const { Blob, File, joined, withoutMark } = need("blob");
const { splitParameters } = need("headers");

const maxBytes = 20 * 1024 * 1024;
const maxParts = 10000;
const maxHeadBytes = 16384;

const quoted = (text) => text.replace(/\r\n|\r|\n/g, "\r\n").replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
const fileName = (text) => text.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");

function newBoundary() {
  const random = new Uint8Array(12);
  randomFill(random);
  let text = "----hullformdata";
  for (const b of random) text += (b < 16 ? "0" : "") + b.toString(16);
  return text;
}

/// {blob, type} of a form.
function encode(form) {
  const boundary = newBoundary();
  const parts = [];
  for (const [name, value] of entriesOf(form)) {
    const start = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"`;
    if (typeof value === "string") parts.push(`${start}\r\n\r\n${value.replace(/\r\n|\r|\n/g, "\r\n")}\r\n`);
    else {
      const type = value.type || "application/octet-stream";
      parts.push(`${start}; filename="${fileName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, "\r\n");
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { blob: new Blob(parts), type: `multipart/form-data; boundary=${boundary}` };
}

/// Position of `pattern` in `bytes` from `at`; -1 when it is not there.
function find(bytes, pattern, at) {
  const first = pattern[0];
  for (;;) {
    at = bytes.indexOf(first, at);
    if (at < 0 || at + pattern.length > bytes.length) return -1;
    let i = 1;
    while (i < pattern.length && bytes[at + i] === pattern[i]) ++i;
    if (i === pattern.length) return at;
    ++at;
  }
}

const invalid = (why) => new TypeError(`The body is no valid multipart/form-data: ${why}`);
const lineBreak = utf8Encode("\r\n");
const headEnd = utf8Encode("\r\n\r\n");

/// Header fields of a part, by name in lower case.
function headOf(text) {
  const fields = new Map();
  for (const line of text.split("\r\n")) {
    const at = line.indexOf(":");
    if (at <= 0) throw invalid("a header of a part is broken");
    fields.set(lowerCase(line.slice(0, at).trim()), line.slice(at + 1).trim());
  }
  return fields;
}

function dispositionOf(text) {
  const [kind, ...parameters] = splitParameters(text ?? "");
  if (lowerCase(kind.trim()) !== "form-data") throw invalid("a part is no form-data");
  const found = {};
  for (const parameter of parameters) {
    const at = parameter.indexOf("=");
    if (at < 0) continue;
    const name = lowerCase(parameter.slice(0, at).trim());
    let value = parameter.slice(at + 1).trim();
    if (value.startsWith('"')) value = value.slice(1, value.endsWith('"') && value.length > 1 ? -1 : undefined);
    value = value.replace(/%0A/gi, "\n").replace(/%0D/gi, "\r").replace(/%22|\\"/g, '"');
    if (name === "name" || name === "filename") found[name] = value;
  }
  if (found.name === undefined) throw invalid("a part has no name");
  return found;
}

function decode(bytes, boundary) {
  if (bytes.length > maxBytes) throw invalid(`it has more than ${maxBytes} bytes`);
  const form = new FormData();
  const dashes = utf8Encode("--" + boundary);
  const between = joined([lineBreak, dashes]);
  let at = find(bytes, dashes, 0);
  if (at < 0 || (at > 0 && (bytes[at - 2] !== 13 || bytes[at - 1] !== 10))) throw invalid("the boundary is missing");
  at += dashes.length;
  for (let count = 0; ; ++count) {
    if (bytes[at] === 45 && bytes[at + 1] === 45) return form;
    while (bytes[at] === 32 || bytes[at] === 9) ++at;
    if (bytes[at] !== 13 || bytes[at + 1] !== 10) throw invalid("a boundary is broken");
    if (count === maxParts) throw invalid(`it has more than ${maxParts} parts`);
    at += 2;
    const bodyAt = find(bytes, headEnd, at);
    if (bodyAt < 0 || bodyAt - at > maxHeadBytes) throw invalid("the headers of a part do not end");
    const head = headOf(utf8Decode(bytes.subarray(at, bodyAt), false));
    const end = find(bytes, between, bodyAt + 2);
    if (end < 0) throw invalid("a part does not end");
    const { name, filename } = dispositionOf(head.get("content-disposition"));
    const body = bytes.subarray(Math.min(bodyAt + 4, end), end);
    if (filename === undefined) form.append(name, withoutMark(utf8Decode(body, false)));
    else form.append(name, new File([body], filename, { type: head.get("content-type") ?? "text/plain" }));
    at = end + between.length;
  }
}

return { encode, decode, maxBytes };
