// TextEncoderStream and TextDecoderStream.
const { need } = host.shared;
const { TextDecoder } = host.shared;
const { TransformStream } = need("transform_stream");
const { utf8Encode } = host;

class TextEncoderStream {
  #pending = ""; // the first half of a surrogate pair whose second half comes with the next chunk
  #transform = new TransformStream({
    transform: (chunk, controller) => {
      const text = this.#pending + String(chunk);
      const cut = /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
      this.#pending = text.slice(cut);
      if (cut > 0) controller.enqueue(utf8Encode(text.slice(0, cut)));
    },
    flush: (controller) => {
      if (this.#pending !== "") controller.enqueue(utf8Encode(this.#pending));
    },
  });
  get encoding() {
    return "utf-8";
  }
  get readable() {
    return this.#transform.readable;
  }
  get writable() {
    return this.#transform.writable;
  }
}

class TextDecoderStream {
  #decoder;
  #transform = new TransformStream({
    transform: (chunk, controller) => this.#give(this.#decoder.decode(chunk, { stream: true }), controller),
    flush: (controller) => this.#give(this.#decoder.decode(), controller),
  });
  constructor(label = "utf-8", options = {}) {
    this.#decoder = new TextDecoder(label, options);
  }
  #give(text, controller) {
    if (text !== "") controller.enqueue(text);
  }
  get encoding() {
    return this.#decoder.encoding;
  }
  get fatal() {
    return this.#decoder.fatal;
  }
  get ignoreBOM() {
    return this.#decoder.ignoreBOM;
  }
  get readable() {
    return this.#transform.readable;
  }
  get writable() {
    return this.#transform.writable;
  }
}

for (const type of [TextEncoderStream, TextDecoderStream])
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });

return { TextEncoderStream, TextDecoderStream };
