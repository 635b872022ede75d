// Fields of the backend's own rows and messages.
#pragma once

#include <hull/value/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hull::backend {

/// Empty when the field is absent or no text.
inline std::string text_of(const value& row, std::string_view name) {
  const value* field = row.find(name);
  return field != nullptr && field->is_string() ? field->as_string() : std::string();
}

inline value text_or_null(const std::optional<std::string>& text) { return text ? value(*text) : value(); }

}  // namespace hull::backend
