// Bodies of uuid.hpp.
#include "files/uuid.hpp"

#include "common/encoding.hpp"

#include <array>

namespace hull::backend::files {

std::string make_uuid(random_source& random) {
  std::array<std::uint8_t, 16> data;
  random.fill(data);
  data[6] = static_cast<std::uint8_t>((data[6] & 0x0F) | 0x40);
  data[8] = static_cast<std::uint8_t>((data[8] & 0x3F) | 0x80);
  std::string text = encode_hex(data);
  for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

std::optional<std::string> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    char& c = out[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return std::nullopt;
      continue;
    }
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c + ('a' - 'A'));
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  return out;
}

}  // namespace hull::backend::files
