// Base64 and hexadecimal: in JavaScript they would take seconds, and many times the memory, for a few megabytes.
#include "common/encoding.hpp"
#include "runtime/bindings.hpp"
#include "runtime/buffers.hpp"

#include <hull/value/base64.hpp>

#include <array>
#include <optional>
#include <string>

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;

std::span<const std::uint8_t> octets(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// One character for each byte; nothing when a character needs more.
std::optional<std::string> latin1_of(v8::Isolate* isolate, v8::Local<v8::Value> v) {
  if (!v->IsString()) return std::nullopt;
  const auto text = v.As<v8::String>();
  if (!text->ContainsOnlyOneByte()) return std::nullopt;
  std::string out(static_cast<std::size_t>(text->Length()), '\0');
  text->WriteOneByte(isolate, reinterpret_cast<std::uint8_t*>(out.data()), 0, -1, v8::String::NO_NULL_TERMINATION);
  return out;
}

void return_latin1(call info, const std::string& text) {
  v8::Local<v8::String> made;
  if (v8::String::NewFromOneByte(info.GetIsolate(), reinterpret_cast<const std::uint8_t*>(text.data()),
                                 v8::NewStringType::kNormal, static_cast<int>(text.size()))
          .ToLocal(&made))
    return info.GetReturnValue().Set(made);
  info.GetIsolate()->ThrowException(v8::Exception::RangeError(js_string(info.GetIsolate(), "Invalid string length")));
}

void return_bytes(call info, const std::string& bytes) {
  v8::Local<v8::Uint8Array> made;
  if (new_bytes(info.GetIsolate(), bytes).ToLocal(&made)) info.GetReturnValue().Set(made);
}

constexpr std::array<std::int8_t, 256> make_digits() {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  const char* const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 64; ++i) digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return digits;
}
constexpr std::array<std::int8_t, 256> digits = make_digits();

/// "Forgiving-base64 decode" of the Infra standard: white space and padding may be left out, spare bits are dropped.
std::optional<std::string> forgiving_decode(const std::string& text) {
  std::string plain;
  plain.reserve(text.size());
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\n' && c != '\f' && c != '\r') plain += c;
  if (plain.size() % 4 == 0)
    for (int i = 0; i < 2 && plain.ends_with('='); ++i) plain.pop_back();
  if (plain.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(plain.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : plain) {
    const int digit = digits[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xff);
  }
  return out;
}

/// btoa(string): null for characters above 255.
void text_to_base64(call info) {
  const auto bytes = latin1_of(info.GetIsolate(), info[0]);
  if (!bytes) return info.GetReturnValue().SetNull();
  return_latin1(info, encode_base64(octets(*bytes)));
}

/// Null for what cannot be decoded.
template <auto Decode, void (*Give)(call, const std::string&)>
void from_text(call info) {
  const auto text = latin1_of(info.GetIsolate(), info[0]);
  const auto bytes = text ? Decode(*text) : std::nullopt;
  if (!bytes) return info.GetReturnValue().SetNull();
  Give(info, std::string(bytes->begin(), bytes->end()));
}

void bytes_to_base64(call info) { return_latin1(info, encode_base64(octets(bytes_of(info[0])))); }

void bytes_to_hex(call info) { return_latin1(info, encode_hex(octets(bytes_of(info[0])))); }

constexpr binding table[] = {
    {"textToBase64", text_to_base64},   {"base64ToText", from_text<forgiving_decode, return_latin1>},
    {"bytesToBase64", bytes_to_base64}, {"base64ToBytes", from_text<forgiving_decode, return_bytes>},
    {"bytesToHex", bytes_to_hex},       {"hexToBytes", from_text<decode_hex, return_bytes>},
};

}  // namespace

std::span<const binding> encoding_bindings() { return table; }

}  // namespace hull::backend::runtime
