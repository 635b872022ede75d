// Bodies of encoding.hpp.
#include "common/encoding.hpp"

#include <hull/value/base64.hpp>

namespace hull::backend {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base32_digits = "0123456789abcdefghjkmnpqrstvwxyz";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string encode_hex(std::span<const std::uint8_t> data) {
  std::string out;
  out.reserve(data.size() * 2);
  for (const std::uint8_t byte : data) {
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
  return out;
}

std::optional<std::vector<std::uint8_t>> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::uint8_t> out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return out;
}

std::string encode_base32(std::span<const std::uint8_t> data) {
  std::string out;
  out.reserve((data.size() * 8 + 4) / 5);
  unsigned pending = 0;
  int bits = 0;
  for (const std::uint8_t byte : data) {
    pending = pending << 8 | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += base32_digits[pending >> bits & 31];
    }
    pending &= (1u << bits) - 1;
  }
  if (bits > 0) out += base32_digits[pending << (5 - bits) & 31];
  return out;
}

std::optional<std::vector<std::uint8_t>> decode_base32(std::string_view text) {
  std::vector<std::uint8_t> out;
  out.reserve(text.size() * 5 / 8);
  unsigned pending = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = base32_digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    pending = pending << 5 | static_cast<unsigned>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(pending >> bits));
      pending &= (1u << bits) - 1;
    }
  }
  return out;
}

std::string encode_base64url(std::span<const std::uint8_t> data) {
  std::string out = encode_base64(data);
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& c : out) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return out;
}

std::optional<std::vector<std::uint8_t>> decode_base64url(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded += '=';
  return decode_base64(padded);
}

}  // namespace hull::backend
