// The text of a value in a log line: as the hosted service prints values, each string in single quotes, objects over
// several lines with two spaces of indentation, five levels deep.
const maxDepth = 5;
const maxString = 32768;
const { getPrototypeOf, getOwnPropertySymbols, keys, prototype: objectPrototype } = Object;
const { toString: tagOf, propertyIsEnumerable: isListed } = objectPrototype;
const { isArray } = Array;
const symbolText = Symbol.prototype.toString;

const escapes = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "'": "\\'", "\\": "\\\\" };

function quote(text) {
  const code = (c) => "\\x" + (c.charCodeAt(0) < 16 ? "0" : "") + c.charCodeAt(0).toString(16).toUpperCase();
  return "'" + text.replace(/[\x00-\x1f'\\]/g, (c) => escapes[c] ?? code(c)) + "'";
}

function stringText(text, style) {
  if (!style.lines || text.length <= maxString) return quote(text);
  const rest = text.length - maxString;
  return quote(text.slice(0, maxString)) + `... ${rest} more character${rest > 1 ? "s" : ""}`;
}

/// `style.lines`: containers go over several lines.
function inspect(value, style, depth, path) {
  switch (typeof value) {
    case "string":
      return stringText(value, style);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return value + "n";
    case "symbol":
      return symbolText.call(value);
    case "undefined":
    case "boolean":
      return String(value);
  }
  if (value === null) return "null";
  if (depth >= maxDepth && typeof value === "object") return isArray(value) ? "[Array]" : "[Object]";
  if (path.includes(value)) return "[Circular]";
  const inner = [...path, value];
  const show = (v) => inspect(v, style, depth + 1, inner);
  const around = { open: "\n" + "  ".repeat(depth + 1), close: "\n" + "  ".repeat(depth) };
  const joined = (items) => (items.length === 0 ? "" : around.open + items.join("," + around.open) + around.close);

  if (typeof value === "function") {
    const name = typeof value.name === "string" ? value.name : "";
    const fields = fieldsOf(value, show);
    return `[Function${name ? ": " + name : " (anonymous)"}]` + (fields.length ? ` { ${fields.join(", ")} }` : "");
  }
  if (isArray(value)) {
    if (value.length === 0) return "[]";
    const items = [];
    for (let i = 0; i < value.length; ++i) items.push(i in value ? show(value[i]) : "");
    items.push(...fieldsOf(value, show));
    const flat = !style.lines || items.every((item) => !item.includes("\n"));
    return flat ? `[ ${items.join(", ")} ]` : `[${joined(items)}]`;
  }
  if (value instanceof Error) {
    const fields = fieldsOf(value, show);
    if ("cause" in value && !isListed.call(value, "cause")) fields.unshift("[cause]: " + show(value.cause));
    return fields.length === 0 ? `[${String(value)}]` : `{ [${String(value)}] ${fields.join(", ")} }`;
  }
  if (typeof value.inspect === "function") return String(value.inspect());
  if (value instanceof Map) {
    const items = [];
    Map.prototype.forEach.call(value, (v, k) => items.push(inspect(k, { lines: false }, depth + 1, inner) + " => " + show(v)));
    return `Map (${items.length}) {${style.lines ? joined(items) : items.join(", ")}}`;
  }
  if (value instanceof Set) {
    const items = [];
    Set.prototype.forEach.call(value, (v) => items.push(show(v)));
    return `Set (${items.length}) {${style.lines ? joined(items) : items.join(", ")}}`;
  }
  for (const kind of ["WeakMap", "WeakSet", "WeakRef"])
    if (typeof globalThis[kind] === "function" && value instanceof globalThis[kind]) return kind + " { ? }";
  const tag = tagOf.call(value);
  if (/^\[object (Number|String|Boolean|BigInt|Symbol)\]$/.test(tag) && typeof value.valueOf() !== "object")
    return `Object(${show(value.valueOf())})`;
  if (tag === "[object Date]" || tag === "[object RegExp]") return String(value);

  const fields = fieldsOf(value, show);
  const start = prefixOf(value, tag);
  if (fields.length === 0) return start + "{}";
  return style.lines ? `${start}{${joined(fields)}}` : `${start}{ ${fields.join(", ")} }`;
}

/// "name: value" for each own field that is listed, of arrays only those beside the elements.
function fieldsOf(object, show) {
  const fields = [];
  for (const key of keys(object)) {
    if (isArray(object) && String(Number(key)) === key && Number(key) < object.length) continue;
    fields.push((/[^\w$]/.test(key) ? quote(key) : key) + ": " + show(object[key]));
  }
  for (const key of getOwnPropertySymbols(object))
    if (isListed.call(object, key)) fields.push(`[${symbolText.call(key)}]: ${show(object[key])}`);
  return fields;
}

/// "Foo ", "Foo [Tag] ", "[Object: null prototype] " or nothing.
function prefixOf(object, tag) {
  const prototype = getPrototypeOf(object);
  if (prototype === objectPrototype) return "";
  const bare = !(object instanceof Object);
  const marks = [];
  if (Symbol.toStringTag in object) marks.push(tag.slice(8, -1));
  else if (bare) marks.push("Object");
  if (bare) marks.push("null prototype");
  const name = typeof object.constructor === "function" ? object.constructor.name : "";
  return (name ? name + " " : "") + (marks.length ? `[${marks.join(": ")}] ` : "");
}

host.shared.inspect = (value) => inspect(value, { lines: true }, 0, []);
