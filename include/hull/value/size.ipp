// Bodies of size.hpp.
#pragma once

namespace hull {
namespace detail {

inline std::size_t fields_size(const object& fields) noexcept {
  std::size_t total = 2;
  for (const auto& [name, field] : fields) total += name.size() + 1 + value_size(field);
  return total;
}

}  // namespace detail

inline std::size_t value_size(const value& v) noexcept {
  switch (v.kind()) {
    case kind::null:
    case kind::boolean:
      return 1;
    case kind::int64:
    case kind::float64:
      return 9;
    case kind::string:
      return 2 + v.as_string().size();
    case kind::bytes:
      return 2 + v.as_bytes().size();
    case kind::object:
      return detail::fields_size(v.as_object());
    case kind::array:
      break;
  }
  std::size_t total = 2;
  for (const auto& item : v.as_array()) total += value_size(item);
  return total;
}

inline std::size_t document_size(const object& fields, std::optional<std::size_t> id_length) noexcept {
  constexpr std::size_t id_field = 38;    // "_id", a zero, a string of 32 characters
  constexpr std::size_t time_field = 23;  // "_creationTime", a zero, a Float64
  std::size_t total = detail::fields_size(fields);
  if (!fields.contains("_id")) total += id_length ? 6 + *id_length : id_field;
  if (!fields.contains("_creationTime")) total += time_field;
  return total;
}

}  // namespace hull
