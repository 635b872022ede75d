// crypto: random bytes and UUIDs from the execution's own generator. `subtle` is in units of its own.
const { randomFill } = host;
const { shared } = host;
const { notImplemented } = shared;
const { DOMException } = shared;
const hex = Array.from({ length: 256 }, (_, i) => (i < 16 ? "0" : "") + i.toString(16));
let building = true;

class Crypto {
  constructor() {
    if (!building) notImplemented("constructor", "Crypto");
  }
  get subtle() {
    return shared.need("subtle").subtle;
  }
  getRandomValues(view) {
    shared.requireArguments(1, arguments.length, "Crypto.getRandomValues");
    if (!ArrayBuffer.isView(view) || view instanceof DataView || view instanceof Float32Array || view instanceof Float64Array)
      throw new DOMException("The argument must be an integer typed array", "TypeMismatchError");
    if (view.byteLength > 65536)
      throw new DOMException(`The requested length of ${view.byteLength} bytes exceeds 65536`, "QuotaExceededError");
    randomFill(view);
    return view;
  }
  randomUUID() {
    const b = new Uint8Array(16);
    randomFill(b);
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    let out = "";
    for (let i = 0; i < 16; ++i) out += (i === 4 || i === 6 || i === 8 || i === 10 ? "-" : "") + hex[b[i]];
    return out;
  }
}

shared.tag(Crypto);
const crypto = new Crypto();
building = false;
Object.defineProperty(globalThis, "crypto", { get: () => crypto, configurable: true, enumerable: true });
Object.defineProperty(globalThis, "Crypto", { value: Crypto, writable: false, configurable: true, enumerable: false });
