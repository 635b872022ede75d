// Bodies of http.hpp.
#pragma once

#include <hull/net/http.hpp>

#include <algorithm>
#include <cctype>

namespace hull::net {

HULL_INLINE const std::string* http_response::header(std::string_view name) const noexcept {
  const auto same = [&](const std::string& other) {
    return std::equal(name.begin(), name.end(), other.begin(), other.end(), [](unsigned char a, unsigned char b) {
      return std::tolower(a) == std::tolower(b);
    });
  };
  for (const auto& [other, text] : headers)
    if (same(other)) return &text;
  return nullptr;
}

}  // namespace hull::net
