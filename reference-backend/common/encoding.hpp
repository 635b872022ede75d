// Bytes as text: hexadecimal, and base32 in Crockford's lower-case alphabet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend {

std::string encode_hex(std::span<const std::uint8_t> data);
/// Nothing when the length is odd or a character is no hexadecimal digit; takes both cases.
std::optional<std::vector<std::uint8_t>> decode_hex(std::string_view text);

/// Five bits a character, most significant first, unpadded; the last character is filled with zero bits.
std::string encode_base32(std::span<const std::uint8_t> data);
/// Strict: lower case only. Left-over bits of the last character are dropped unchecked.
std::optional<std::vector<std::uint8_t>> decode_base32(std::string_view text);

/// Base64 in the URL-safe alphabet, unpadded.
std::string encode_base64url(std::span<const std::uint8_t> data);
std::optional<std::vector<std::uint8_t>> decode_base64url(std::string_view text);

}  // namespace hull::backend
