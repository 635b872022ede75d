// Bodies of types.hpp.
#pragma once

#include <hull/value/base64.hpp>

#include <array>

namespace hull::protocol {

inline std::string encode_timestamp(timestamp ts) {
  std::array<std::uint8_t, 8> eight;
  for (auto& b : eight) {
    b = static_cast<std::uint8_t>(ts);
    ts >>= 8;
  }
  return encode_base64(eight);
}

inline std::optional<timestamp> decode_timestamp(std::string_view text) {
  const auto data = decode_base64(text);
  if (!data || data->size() != 8) return std::nullopt;
  timestamp ts = 0;
  for (int i = 7; i >= 0; --i) ts = ts << 8 | (*data)[static_cast<std::size_t>(i)];
  return ts;
}

}  // namespace hull::protocol
