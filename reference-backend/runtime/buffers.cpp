// ArrayBuffers by way of the isolate's allocator, which knows the budget.
#include "runtime/buffers.hpp"

#include <cstring>

namespace hull::backend::runtime {

v8::MaybeLocal<v8::ArrayBuffer> new_buffer(v8::Isolate* isolate, std::string_view bytes) {
  if (bytes.empty()) return v8::ArrayBuffer::New(isolate, 0);
  v8::ArrayBuffer::Allocator* allocator = isolate->GetArrayBufferAllocator();
  void* data = allocator->AllocateUninitialized(bytes.size());
  if (data == nullptr) {
    isolate->ThrowException(v8::Exception::RangeError(js_name(isolate, "Array buffer allocation failed")));
    return {};
  }
  std::memcpy(data, bytes.data(), bytes.size());
  const auto release = [](void* what, std::size_t length, void* owner) {
    static_cast<v8::ArrayBuffer::Allocator*>(owner)->Free(what, length);
  };
  return v8::ArrayBuffer::New(isolate, v8::ArrayBuffer::NewBackingStore(data, bytes.size(), release, allocator));
}

v8::MaybeLocal<v8::Uint8Array> new_bytes(v8::Isolate* isolate, std::string_view bytes) {
  v8::Local<v8::ArrayBuffer> buffer;
  if (!new_buffer(isolate, bytes).ToLocal(&buffer)) return {};
  return v8::Uint8Array::New(buffer, 0, bytes.size());
}

std::string bytes_of(v8::Local<v8::Value> value) {
  if (value->IsArrayBufferView()) {
    const auto view = value.As<v8::ArrayBufferView>();
    std::string bytes(view->ByteLength(), '\0');
    view->CopyContents(bytes.data(), bytes.size());
    return bytes;
  }
  if (!value->IsArrayBuffer()) return {};
  const auto store = value.As<v8::ArrayBuffer>()->GetBackingStore();
  return std::string(static_cast<const char*>(store->Data()), store->ByteLength());
}

}  // namespace hull::backend::runtime
