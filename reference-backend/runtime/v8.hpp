// V8's headers, checked to be the version we link, and the few conversions that every file here needs.
#pragma once

#include <libplatform/libplatform.h>
#include <v8.h>

#include <string>
#include <string_view>

static_assert(V8_MAJOR_VERSION == 10 && V8_MINOR_VERSION == 2, "these are not the headers of Debian's libnode-dev");

namespace hull::backend::runtime {

inline v8::Local<v8::String> js_string(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal, static_cast<int>(text.size()))
      .FromMaybe(v8::String::Empty(isolate));
}

/// A property name or another text that is used again and again.
inline v8::Local<v8::String> js_name(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kInternalized, static_cast<int>(text.size()))
      .ToLocalChecked();
}

/// A string as UTF-8; half surrogate pairs become U+FFFD.
inline std::string utf8_text(v8::Isolate* isolate, v8::Local<v8::String> s) {
  std::string out(static_cast<std::size_t>(s->Utf8Length(isolate)), '\0');
  const int written = s->WriteUtf8(isolate, out.data(), static_cast<int>(out.size()), nullptr,
                                   v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
  out.resize(static_cast<std::size_t>(written));
  return out;
}

/// The value as text when it is a string; otherwise nothing is converted and the text is empty.
inline std::string utf8_text(v8::Isolate* isolate, v8::Local<v8::Value> v) {
  return v->IsString() ? utf8_text(isolate, v.As<v8::String>()) : std::string();
}

inline void throw_error(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::Error(js_string(isolate, message)));
}
inline void throw_type_error(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::TypeError(js_string(isolate, message)));
}

}  // namespace hull::backend::runtime
