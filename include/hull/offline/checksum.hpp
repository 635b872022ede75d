// CRC-32 (the polynomial of Ethernet and zip). It finds every damage of up to 32 bits in a row, which no general hash
// of this size promises, and it needs no library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hull::offline {

namespace detail {
constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1u) != 0 ? (c >> 1) ^ 0xEDB88320u : c >> 1;
    table[i] = c;
  }
  return table;
}
inline constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();
}  // namespace detail

/// Pass the result of one call as `before` of the next to sum up text that comes in pieces.
constexpr std::uint32_t crc32(std::string_view text, std::uint32_t before = 0) noexcept {
  std::uint32_t c = ~before;
  for (const char byte : text) c = detail::crc_table[(c ^ static_cast<unsigned char>(byte)) & 0xFFu] ^ (c >> 8);
  return ~c;
}

}  // namespace hull::offline
