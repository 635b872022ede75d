// FormData: names with texts or files.
const { need, textOf, tag, requireArguments, addIteration } = host.shared;
const { File, isBlob } = need("blob");

let entriesOf, isFormData;

function entry(name, value, filename) {
  if (!isBlob(value)) {
    if (filename !== undefined) throw new TypeError("Only a Blob can have a file name");
    return [textOf(name), textOf(value)];
  }
  let file = value;
  if (!(value instanceof File) || filename !== undefined) {
    const shown = filename === undefined ? (value instanceof File ? value.name : "blob") : textOf(filename);
    file = new File([value], shown, { type: value.type, lastModified: value instanceof File ? value.lastModified : undefined });
  }
  return [textOf(name), file];
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
    requireArguments(2, arguments.length, "FormData.append");
    this.#entries.push(entry(name, value, filename));
  }
  delete(name) {
    requireArguments(1, arguments.length, "FormData.delete");
    const text = textOf(name);
    this.#entries = this.#entries.filter((e) => e[0] !== text);
  }
  get(name) {
    requireArguments(1, arguments.length, "FormData.get");
    const text = textOf(name);
    return this.#entries.find((e) => e[0] === text)?.[1] ?? null;
  }
  getAll(name) {
    requireArguments(1, arguments.length, "FormData.getAll");
    const text = textOf(name);
    return this.#entries.filter((e) => e[0] === text).map((e) => e[1]);
  }
  has(name) {
    requireArguments(1, arguments.length, "FormData.has");
    const text = textOf(name);
    return this.#entries.some((e) => e[0] === text);
  }
  set(name, value, filename) {
    requireArguments(2, arguments.length, "FormData.set");
    const made = entry(name, value, filename);
    const at = this.#entries.findIndex((e) => e[0] === made[0]);
    if (at < 0) this.#entries.push(made);
    else {
      this.#entries[at] = made;
      this.#entries = this.#entries.filter((e, i) => i <= at || e[0] !== made[0]);
    }
  }
  inspect() {
    return `FormData ${host.shared.inspect(this.#entries)}`;
  }
}
tag(FormData);
addIteration(FormData, entriesOf);

return { FormData, entriesOf, isFormData };
