// Base64 through OpenSSL: the alphabet with '+' and '/', padded; decoding takes the URL-safe one too.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hull {

inline std::string encode_base64(std::span<const std::uint8_t> data) {
  std::string out(4 * ((data.size() + 2) / 3) + 1, '\0');  // EVP writes a terminating zero.
  const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data.data(),
                                static_cast<int>(data.size()));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

/// Nothing when the length is no multiple of four, a character is foreign, or padding stands elsewhere than at
/// the end.
inline std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return std::vector<std::uint8_t>{};
  std::string plain(text);
  std::size_t padding = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    char& c = plain[i];
    if (c == '-') c = '+';
    if (c == '_') c = '/';
    const bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (c == '=') {
      if (i + 2 < plain.size()) return std::nullopt;
      ++padding;
    } else if (!digit || padding != 0) {
      return std::nullopt;
    }
  }
  std::vector<std::uint8_t> out(plain.size() / 4 * 3);
  if (EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(plain.data()),
                      static_cast<int>(plain.size())) < 0)
    return std::nullopt;
  out.resize(out.size() - padding);
  return out;
}

}  // namespace hull
