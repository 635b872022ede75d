// Performance and its entries. Where time must not pass, now() stands still.
const { performanceNow, timeOrigin } = host;
const { notImplemented, EventTarget, DOMException, requireArguments, tag, clone } = host.shared;
let building = true;

class PerformanceEntry {
  #e;
  constructor(e) {
    if (!(e instanceof Entry)) throw new TypeError("Illegal constructor");
    this.#e = e;
  }
  get name() {
    return this.#e.name;
  }
  get entryType() {
    return this.#e.type;
  }
  get startTime() {
    return this.#e.start;
  }
  get duration() {
    return this.#e.duration;
  }
  get detail() {
    return this.#e.detail;
  }
  toJSON() {
    const { name, type, start, duration, detail } = this.#e;
    return { name, entryType: type, startTime: start, duration, detail };
  }
}

class Entry {
  constructor(name, type, start, duration, detail) {
    Object.assign(this, { name, type, start, duration, detail: detail === undefined ? null : clone(detail) });
  }
}

class PerformanceMark extends PerformanceEntry {
  constructor(name, options) {
    requireArguments(1, arguments.length, "PerformanceMark");
    const start = options?.startTime === undefined ? performanceNow() : Number(options.startTime);
    if (start < 0) throw new TypeError("The time of a mark must be 0 or more");
    super(new Entry(String(name), "mark", start, 0, options?.detail));
  }
}

class PerformanceMeasure extends PerformanceEntry {}

class Performance extends EventTarget {
  #entries = [];
  constructor() {
    if (!building) throw new TypeError("Illegal constructor");
    super();
  }
  now() {
    return performanceNow();
  }
  get timeOrigin() {
    return timeOrigin();
  }
  mark(name, options) {
    requireArguments(1, arguments.length, "Performance.mark");
    const mark = new PerformanceMark(name, options);
    this.#entries.push(mark);
    return mark;
  }
  #timeOf(mark) {
    if (typeof mark === "number") return mark;
    const found = this.getEntriesByName(String(mark), "mark").at(-1);
    if (!found) throw new DOMException(`The mark '${mark}' does not exist`, "SyntaxError");
    return found.startTime;
  }
  measure(name, from, to) {
    requireArguments(1, arguments.length, "Performance.measure");
    const options = typeof from === "object" && from !== null ? from : { start: from, end: to };
    const { detail, duration } = options;
    let end = options.end === undefined ? undefined : this.#timeOf(options.end);
    let start = options.start === undefined ? undefined : this.#timeOf(options.start);
    if (end === undefined) end = start !== undefined && duration !== undefined ? start + duration : performanceNow();
    if (start === undefined) start = duration !== undefined ? end - duration : 0;
    const measure = new PerformanceMeasure(new Entry(String(name), "measure", start, end - start, detail));
    this.#entries.push(measure);
    return measure;
  }
  #clear(type, name) {
    this.#entries = this.#entries.filter((e) => e.entryType !== type || (name !== undefined && e.name !== String(name)));
  }
  clearMarks(name) {
    this.#clear("mark", name);
  }
  clearMeasures(name) {
    this.#clear("measure", name);
  }
  getEntries() {
    return this.#entries.toSorted((a, b) => a.startTime - b.startTime);
  }
  getEntriesByName(name, type) {
    requireArguments(1, arguments.length, "Performance.getEntriesByName");
    return this.getEntries().filter((e) => e.name === String(name) && (type === undefined || e.entryType === type));
  }
  getEntriesByType(type) {
    requireArguments(1, arguments.length, "Performance.getEntriesByType");
    return this.getEntries().filter((e) => e.entryType === String(type));
  }
  toJSON() {
    return { timeOrigin: timeOrigin() };
  }
}
for (const name of ["timing", "navigation", "eventCounts"])
  Object.defineProperty(Performance.prototype, name, {
    get() {
      notImplemented(`get ${name}`, "Performance");
    },
    configurable: true,
    enumerable: true,
  });

const performance = new Performance();
building = false;

for (const type of [Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure]) tag(type);

return { Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, performance };
