// Text and object conversions that are quicker or only possible natively.
#include "runtime/bindings.hpp"
#include "runtime/buffers.hpp"

#include <cstdlib>
#include <vector>

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;

/// utf8Encode(string): Uint8Array
void utf8_encode(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Uint8Array> bytes;
  if (new_bytes(isolate, utf8_text(isolate, info[0])).ToLocal(&bytes)) info.GetReturnValue().Set(bytes);
}

/// Length of the valid UTF-8 sequence at the start of the bytes; 0 when there is none.
std::size_t sequence_length(const std::uint8_t* p, std::size_t left) {
  const auto follows = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
    return i < left && p[i] >= low && p[i] <= high;
  };
  const std::uint8_t b = p[0];
  if (b < 0x80) return 1;
  if (b >= 0xC2 && b <= 0xDF) return follows(1) ? 2 : 0;
  if (b >= 0xE0 && b <= 0xEF) return follows(1, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (b >= 0xF0 && b <= 0xF4)
    return follows(1, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

/// utf8Decode(view, fatal): the text; null when fatal and the bytes are no UTF-8.
void utf8_decode(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsArrayBufferView()) return throw_type_error(isolate, "The argument is no typed array");
  const auto view = info[0].As<v8::ArrayBufferView>();
  std::vector<std::uint8_t> bytes(view->ByteLength());
  view->CopyContents(bytes.data(), bytes.size());
  if (info[1]->IsTrue()) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t length = sequence_length(bytes.data() + at, bytes.size() - at);
      if (length == 0) return info.GetReturnValue().SetNull();
      at += length;
    }
  }
  info.GetReturnValue().Set(
      js_string(isolate, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
}

/// Only what the serializer refuses goes through `refusal`: what a getter throws stays what it is.
class clone_delegate final : public v8::ValueSerializer::Delegate {
 public:
  clone_delegate(v8::Isolate* isolate, v8::Local<v8::Function> refusal) : isolate_(isolate), refusal_(refusal) {}
  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    v8::Local<v8::Value> argument = message;
    v8::Local<v8::Value> error;
    if (refusal_->Call(isolate_->GetCurrentContext(), v8::Undefined(isolate_), 1, &argument).ToLocal(&error))
      isolate_->ThrowException(error);
  }
  v8::Maybe<bool> WriteHostObject(v8::Isolate*, v8::Local<v8::Object>) override {
    ThrowDataCloneError(js_name(isolate_, "An object of the host could not be cloned."));
    return v8::Nothing<bool>();
  }
  v8::Maybe<std::uint32_t> GetSharedArrayBufferId(v8::Isolate*, v8::Local<v8::SharedArrayBuffer>) override {
    ThrowDataCloneError(js_name(isolate_, "#<SharedArrayBuffer> could not be cloned."));
    return v8::Nothing<std::uint32_t>();
  }

 private:
  v8::Isolate* isolate_;
  v8::Local<v8::Function> refusal_;
};

/// clone(value, refusal): a deep copy; what cannot be copied throws what `refusal` makes of the reason.
void clone(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (!info[1]->IsFunction()) return throw_type_error(isolate, "The second argument is no function");
  clone_delegate delegate(isolate, info[1].As<v8::Function>());
  v8::ValueSerializer writer(isolate, &delegate);
  writer.WriteHeader();
  if (!writer.WriteValue(context, info[0]).FromMaybe(false)) return;
  const auto [data, size] = writer.Release();
  v8::ValueDeserializer reader(isolate, data, size);
  v8::Local<v8::Value> copy;
  if (reader.ReadHeader(context).FromMaybe(false) && reader.ReadValue(context).ToLocal(&copy))
    info.GetReturnValue().Set(copy);
  std::free(data);
}

/// isError(value): whether it was made by Error or a class that extends it, whatever its prototype is now.
void is_error(call info) { info.GetReturnValue().Set(info[0]->IsNativeError()); }

constexpr binding table[] = {
    {"utf8Encode", utf8_encode},
    {"utf8Decode", utf8_decode},
    {"clone", clone},
    {"isError", is_error},
};

}  // namespace

std::span<const binding> data_bindings() { return table; }

}  // namespace hull::backend::runtime
