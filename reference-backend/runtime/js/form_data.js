// FormData: names with texts or files.
const { need } = host.shared;
const { File, isBlob } = need("blob");

let entriesOf, isFormData;

function entry(name, value, filename) {
  if (!isBlob(value)) {
    if (filename !== undefined) throw new TypeError("Only a Blob can have a file name");
    return [String(name).toWellFormed(), String(value).toWellFormed()];
  }
  let file = value;
  if (!(value instanceof File) || filename !== undefined) {
    const shown = filename === undefined ? (value instanceof File ? value.name : "blob") : String(filename);
    file = new File([value], shown, { type: value.type, lastModified: value instanceof File ? value.lastModified : undefined });
  }
  return [String(name).toWellFormed(), file];
}

class FormData {
  #entries = [];
  static {
    entriesOf = (form) => form.#entries;
    isFormData = (value) => typeof value === "object" && value !== null && #entries in value;
  }
  constructor(form) {
    if (form !== undefined) throw new TypeError("FormData takes no argument here");
  }
  append(name, value, filename) {
    if (arguments.length < 2) throw new TypeError("FormData.append needs a name and a value");
    this.#entries.push(entry(name, value, filename));
  }
  delete(name) {
    this.#entries = this.#entries.filter((e) => e[0] !== String(name));
  }
  get(name) {
    return this.#entries.find((e) => e[0] === String(name))?.[1] ?? null;
  }
  getAll(name) {
    return this.#entries.filter((e) => e[0] === String(name)).map((e) => e[1]);
  }
  has(name) {
    return this.#entries.some((e) => e[0] === String(name));
  }
  set(name, value, filename) {
    if (arguments.length < 2) throw new TypeError("FormData.set needs a name and a value");
    const made = entry(name, value, filename);
    const at = this.#entries.findIndex((e) => e[0] === made[0]);
    if (at < 0) this.#entries.push(made);
    else {
      this.#entries[at] = made;
      this.#entries = this.#entries.filter((e, i) => i <= at || e[0] !== made[0]);
    }
  }
  forEach(callback, self) {
    for (const [name, value] of this.entries()) callback.call(self, value, name, this);
  }
  *entries() {
    for (let i = 0; i < this.#entries.length; ++i) yield [...this.#entries[i]];
  }
  *keys() {
    for (let i = 0; i < this.#entries.length; ++i) yield this.#entries[i][0];
  }
  *values() {
    for (let i = 0; i < this.#entries.length; ++i) yield this.#entries[i][1];
  }
  [Symbol.iterator]() {
    return this.entries();
  }
  inspect() {
    return `FormData ${host.shared.inspect(this.#entries)}`;
  }
}
Object.defineProperty(FormData.prototype, Symbol.toStringTag, { value: "FormData", configurable: true });

return { FormData, entriesOf, isFormData };
