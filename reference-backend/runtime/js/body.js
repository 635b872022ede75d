// Bodies of requests and responses: from what a body is made, and the ways to read it, once.
const { shared, requireOperation, utf8Decode } = host;
const { need, URLSearchParams } = shared;
const { isReadable, stateOf } = need("readable_stream");
const { Blob, blobOf, isBlob, collect, streamOf, joined, withoutMark } = need("blob");
const { FormData, isFormData } = need("form_data");
const { mimeOf, mimeText } = need("headers");
const { tee } = need("readable_tee");

/// A body: bytes that are known (`blob`) or a stream; both once somebody asked for the stream of known bytes.
class Body {
  used = false;
  constructor(blob, stream) {
    this.blob = blob;
    this.stream = stream;
  }
  /// Undefined when it is not known before the end.
  get size() {
    return this.blob ? this.blob.size : undefined;
  }
  get isUsed() {
    return this.used || (this.stream !== null && stateOf(this.stream).disturbed);
  }
  get unusable() {
    return this.isUsed || (this.stream !== null && this.stream.locked);
  }
  open() {
    if (this.stream === null) this.stream = streamOf(this.blob);
    return this.stream;
  }
  async bytes() {
    if (this.unusable) throw new TypeError("The body was read already");
    if (this.stream === null && !this.blob.open) {
      this.used = true;
      return joined(this.blob.pieces);
    }
    const stream = this.open();
    this.used = true;
    return collect(stream);
  }
  /// The same body for another owner; this one counts as read.
  copyAndUse() {
    const other = new Body(this.blob, this.stream === null ? null : this.stream.pipeThrough(new (need("transform_stream").TransformStream)()));
    this.used = true;
    return other;
  }
  copy() {
    if (this.stream === null && !this.blob.open) return new Body(this.blob, null);
    const branches = tee(this.open(), true);
    this.stream = branches[0];
    return new Body(this.blob && { size: this.blob.size, open: true }, branches[1]);
  }
}

/// {body, type} of what a program gives as a body; `owner` is the class for which it is.
function bodyFrom(value, owner) {
  if (value === undefined || value === null) return { body: null, type: undefined };
  if (isReadable(value)) {
    if (value.locked || stateOf(value).disturbed) throw new TypeError("The stream of the body is locked or was read already");
    return { body: new Body(undefined, value), type: undefined };
  }
  if (isBlob(value)) return { body: new Body(blobOf(value), null), type: value.type || undefined };
  if (isFormData(value)) {
    const { blob, type } = need("multipart").encode(value);
    return { body: new Body(blobOf(blob), null), type };
  }
  const known = (part, type) => ({ body: new Body(blobOf(new Blob([part])), null), type });
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return known(value, undefined);
  if (value instanceof URLSearchParams) return known(value.toString(), "application/x-www-form-urlencoded;charset=UTF-8");
  if (typeof value === "object" && !(value instanceof String) && typeof value[Symbol.toPrimitive] !== "function")
    if (value.toString === Object.prototype.toString || typeof value.toString !== "function") shared.notImplemented("this type of body", owner);
  return known(String(value), "text/plain;charset=UTF-8");
}

async function formFrom(bytes, contentType) {
  const mime = mimeOf(contentType ?? "");
  if (mime?.essence === "application/x-www-form-urlencoded") {
    const form = new FormData();
    new URLSearchParams("?" + utf8Decode(await bytes(), false)).forEach((value, name) => form.append(name, value));
    return form;
  }
  const boundary = mime?.parameters.get("boundary");
  if (mime?.essence !== "multipart/form-data" || !boundary)
    throw new TypeError(`formData() needs a Content-Type of multipart/form-data or application/x-www-form-urlencoded`);
  requireOperation("formData");
  return need("multipart").decode(await bytes(), boundary);
}

/// Adds body, bodyUsed and the reading methods; `bodyOf` gives the Body of an object, or null.
function addBody(prototype, bodyOf) {
  const read = (self) => {
    const body = bodyOf(self);
    return body === null ? Promise.resolve(new Uint8Array(0)) : body.bytes();
  };
  const text = async (self) => withoutMark(utf8Decode(await read(self), false));
  const methods = {
    async arrayBuffer() {
      return (await read(this)).buffer;
    },
    async blob() {
      const type = mimeText(this.headers.get("content-type") ?? "");
      return new Blob([await read(this)], { type });
    },
    async bytes() {
      return read(this);
    },
    async formData() {
      return formFrom(() => read(this), this.headers.get("content-type"));
    },
    async json() {
      return JSON.parse(await text(this));
    },
    async text() {
      return text(this);
    },
  };
  for (const name of Object.keys(methods)) shared.hide(prototype, name, methods[name]);
  Object.defineProperty(prototype, "body", {
    get() {
      return bodyOf(this)?.open() ?? null;
    },
    configurable: true,
    enumerable: true,
  });
  Object.defineProperty(prototype, "bodyUsed", {
    get() {
      return bodyOf(this)?.isUsed ?? false;
    },
    configurable: true,
    enumerable: true,
  });
}

return { Body, bodyFrom, addBody };
