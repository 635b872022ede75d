// Letters of names in protocols, where only those of ASCII have two cases.
#pragma once

#include <string>
#include <string_view>

namespace hull::backend {

inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// `prefix` is given in lower case.
inline bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  return lower_case(text.substr(0, prefix.size())) == prefix;
}

}  // namespace hull::backend
