// Numbers as little-endian bytes, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hull::offline {

template <class Unsigned>
void append_number(std::string& out, Unsigned n) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) out += static_cast<char>(static_cast<unsigned char>(n >> (8 * i)));
}

/// `bytes` must be long enough.
template <class Unsigned>
Unsigned number_at(std::string_view bytes, std::size_t at) {
  Unsigned n = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i)
    n |= static_cast<Unsigned>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return n;
}

}  // namespace hull::offline
