// ArrayBuffers for bytes of ours, within the budget of the isolate.
#pragma once

#include "runtime/v8.hpp"

namespace hull::backend::runtime {

/// Empty, with a RangeError thrown, when the budget is used up. (V8's own ArrayBuffer::New would end the process.)
v8::MaybeLocal<v8::ArrayBuffer> new_buffer(v8::Isolate* isolate, std::string_view bytes);
/// The same as a Uint8Array.
v8::MaybeLocal<v8::Uint8Array> new_bytes(v8::Isolate* isolate, std::string_view bytes);

/// A copy of the bytes of a typed array, a DataView or an ArrayBuffer; empty when the value is none of these.
std::string bytes_of(v8::Local<v8::Value> value);

}  // namespace hull::backend::runtime
