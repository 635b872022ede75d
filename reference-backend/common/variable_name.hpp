// Names of environment variables.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hull::backend {

inline constexpr std::size_t max_variable_name = 256;

/// Letters, digits and underscores, not a digit first, at most 256.
inline bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto letter_or_digit = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= max_variable_name && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), letter_or_digit);
}

}  // namespace hull::backend
