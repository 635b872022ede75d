// Cutting of UTF-8 text to a number of bytes without breaking a character.
#pragma once

#include <cstddef>
#include <string>

namespace hull::backend::runtime {

inline void cut_utf8(std::string& text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
}

}  // namespace hull::backend::runtime
