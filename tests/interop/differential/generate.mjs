// Programs from a seed.

// A small generator of numbers (splitmix32): the same seed is the same program everywhere.
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const below = (n) => next() % n;
  return {
    below,
    one: (list) => list[below(list.length)],
    happens: (percent) => below(100) < percent,
    some: (most, make) => Array.from({ length: below(most + 1) }, make),
  };
}

// Few distinct ones, so that values meet; each at a border of the order.
const scalars = [
  null, 0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 5e-324, 2 ** 53,
  true, false, "", "a", "b", "ab", "a\0", "ä", "￿", "😀", "Z",
  new Uint8Array([]).buffer, new Uint8Array([0]).buffer, new Uint8Array([0, 255]).buffer, new Uint8Array([1]).buffer,
];

function value(r, depth = 0) {
  if (depth < 2 && r.happens(12)) return r.some(3, () => value(r, depth + 1));
  if (depth < 2 && r.happens(12))
    return Object.fromEntries(r.some(3, () => [r.one(["x", "y", "", "long name"]), value(r, depth + 1)]));
  return r.one(scalars);
}

// The peer passes on only what plain JSON can say.
const thrown = [null, 0, -1.5, true, "", "ä", [], [1, "a"], {}, { code: "x", list: [null] }];

const looseFields = ["a", "b", "c", "o"];
function looseField(r, name = r.one(looseFields)) {
  if (name === "o" && r.happens(80)) return [name, { x: value(r, 2) }];
  return [name, value(r)];
}

function strictFields(r, docs) {
  const fields = [
    ["n", r.one([0, 1, 2.5, -3])],
    ["s", r.one(["", "a", "b", "ä"])],
    ["list", r.some(3, () => r.one(["red", "green", 1, 2]))],
  ];
  if (r.happens(40)) fields.push(["maybe", r.one([null, 1n, true])]);
  if (r.happens(30) && docs.length) fields.push(["other", { doc: r.one(docs) }]);
  // Now and then something that the schema forbids.
  if (r.happens(15)) fields.push(r.one([["n", "text"], ["maybe", "text"], ["extra", 1], ["list", ["blue"]], ["s", null]]));
  if (r.happens(5)) fields.shift();
  return fields;
}

const comparisons = ["eq", "neq", "lt", "lte", "gt", "gte"];
function filter(r, table, depth = 0) {
  if (depth < 2 && r.happens(40)) {
    const kind = r.one(["and", "or", "not"]);
    const inner = () => filter(r, table, depth + 1);
    return kind === "not" ? [kind, inner()] : [kind, ...r.some(3, inner)];
  }
  // The peer compares with JavaScript's own < and >: numbers of one kind are where both agree (see README.md).
  if (r.happens(50)) return [r.one(["eq", "neq"]), ["field", r.one(["a", "b", "o.x", "n", "s", "maybe"])], ["literal", value(r)]];
  const number = () => (r.happens(60) ? ["field", "n"] : ["literal", r.one([0, 1, 2.5, -3, 7])]);
  const sum = () => {
    if (!r.happens(30)) return number();
    const result = [r.one(["add", "sub", "mul"]), number(), number()];
    // Zero times a negative number is -0, which JavaScript's <= takes for equal to 0; to add 0 makes it 0.
    return result[0] === "mul" ? ["add", result, ["literal", 0]] : result;
  };
  return [r.one(comparisons), sum(), sum()];
}

const indexes = {
  loose: { by_creation_time: ["_creationTime"], by_a: ["a"], by_a_b: ["a", "b"], by_inner: ["o.x"] },
  strict: { by_creation_time: ["_creationTime"], by_s: ["s"], by_list: ["list"] },
};

function reading(r, allowPage) {
  const table = r.one(["loose", "loose", "strict"]);
  const step = { op: "read", table, end: r.one(["collect", "collect", "first", "unique", "take", "some"]) };
  if (allowPage && r.happens(40)) step.end = "page";
  if (step.end === "take" || step.end === "some") step.count = r.below(5) + (step.end === "some" ? 1 : 0);
  if (step.end === "page") step.count = 1 + r.below(4);
  if (r.happens(70)) {
    step.index = r.one(Object.keys(indexes[table]));
    step.range = range(r, table, step.index);
  }
  if (r.happens(60)) step.order = r.one(["asc", "desc"]);
  if (r.happens(35)) step.filter = filter(r, table);
  return step;
}

function range(r, table, index) {
  const fields = indexes[table][index];
  if (index === "by_creation_time") return r.happens(50) ? [[r.one(["gt", "gte"]), "_creationTime", 0]] : [];
  const bound = () => (r.happens(10) ? [] : [value(r)]);
  const list = [];
  const equal = r.below(fields.length + 1);
  for (let i = 0; i < equal; ++i) list.push(["eq", fields[i], ...bound()]);
  if (equal < fields.length && r.happens(60)) {
    if (r.happens(70)) list.push([r.one(["gt", "gte"]), fields[equal], ...bound()]);
    if (r.happens(50)) list.push([r.one(["lt", "lte"]), fields[equal], ...bound()]);
  }
  // A range that the rules forbid.
  if (r.happens(4)) list.push(["eq", r.one(["a", "b", "c"]), 1]);
  return list;
}

class Program {
  constructor(seed) {
    this.r = chance(seed);
    this.docs = [];
    this.next = 0;
  }

  insert() {
    const { r } = this;
    const table = r.one(["loose", "loose", "strict"]);
    const n = this.next++;
    const fields = table === "strict" ? strictFields(r, this.docs.filter((d) => this.tables[d] === "loose")) : this.loose();
    (this.tables ??= {})[n] = table;
    this.docs.push(n);
    return { op: "insert", table, n, fields: table === "loose" ? [...fields, ["n", n]] : fields };
  }

  loose() {
    const names = looseFields.filter(() => this.r.happens(70));
    return names.map((name) => looseField(this.r, name));
  }

  write() {
    const { r } = this;
    if (!this.docs.length || r.happens(45)) return this.insert();
    const doc = r.one(this.docs);
    const strict = this.tables[doc] === "strict";
    const kind = r.one(["patch", "patch", "replace", "delete"]);
    if (kind === "delete") return { op: "delete", doc };
    if (kind === "replace") {
      const fields = strict ? strictFields(r, []) : [...this.loose(), ["n", doc]];
      return { op: "replace", doc, fields };
    }
    const fields = strict
      ? [r.one([["s", r.one(["c", "d", 5])], ["maybe"], ["maybe", 2n], ["n", 9], ["s"]])]
      : r.some(2, () => (r.happens(25) ? [r.one(looseFields)] : looseField(r)));
    return { op: "patch", doc, fields };
  }

  // One transaction's worth of steps. `depth`: how many callers it has.
  steps(count, mayWrite, depth = 0) {
    const { r } = this;
    if (depth === 0) this.paged = false;
    const list = [];
    for (let i = 0; i < count; ++i) {
      let step;
      if (depth < 2 && mayWrite && r.happens(12)) {
        step = { op: "nested", steps: this.steps(1 + r.below(4), true, depth + 1), guarded: r.happens(85) };
      } else if (depth < 2 && r.happens(5)) {
        step = { op: "look", steps: this.steps(1 + r.below(2), false, depth + 1) };
      } else if (mayWrite && r.happens(55)) {
        step = this.write();
      } else if (this.docs.length && r.happens(20)) {
        step = { op: "get", doc: r.one(this.docs) };
      } else if (r.happens(8)) {
        step = { op: "together", steps: Array.from({ length: 3 }, () => reading(r, false)) };
      } else {
        step = reading(r, !this.paged);
        this.paged ||= step.end === "page";
      }
      step.guarded ??= r.happens(60);
      list.push(step);
    }
    if (mayWrite && r.happens(depth ? 25 : 6)) list.push({ op: "throw", data: r.one(thrown), guarded: false });
    return list;
  }
}

// A program is a list of calls; each is a transaction, and each sees what those before it have left.
export function generate(seed) {
  const p = new Program(seed);
  const calls = [{ kind: "change", steps: [{ op: "clear", guarded: false }, ...Array.from({ length: 3 + p.r.below(5) }, () => ({ ...p.insert(), guarded: true }))] }];
  for (let i = p.r.below(3); i >= 0; --i) calls.push({ kind: "change", steps: p.steps(2 + p.r.below(5), true) });
  calls.push({ kind: "look", steps: p.steps(3 + p.r.below(4), false) });
  if (p.r.happens(50)) calls.push({ kind: "pages", steps: [{ ...reading(p.r, false), end: "page", count: 1 + p.r.below(3) }] });
  return calls;
}
