// Bodies of document.hpp.
#include "database/document.hpp"

#include <hull/value/limits.hpp>

#include <algorithm>
#include <string>

namespace hull::backend::database {
namespace {

constexpr std::size_t max_top_level_name = 64;

outcome<void> check_field_name(std::string_view name) {
  const value_limits limits;
  if (name.size() > limits.max_field_name)
    return bad_request("InvalidFieldName", "Field name is too long (" + std::to_string(name.size()) +
                                               " > maximum length " + std::to_string(limits.max_field_name) + ")");
  if (!name.empty() && name.front() == '$')
    return bad_request("InvalidFieldName",
                       "Field name " + std::string(name) + " starts with a '$', which is reserved.");
  for (const char c : name)
    if (c < 0x20 || c > 0x7e)
      return bad_request("InvalidFieldName", "Field name " + std::string(name) +
                                                 " has invalid character. Field names can only contain non-control "
                                                 "ASCII characters");
  return {};
}

outcome<void> too_nested(std::size_t limit) {
  return bad_request("TooNestedError", "Value is too nested (maximum nesting depth " + std::to_string(limit) + ")");
}

}  // namespace

std::size_t convex_size(const value& v) {
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
    case kind::array: {
      std::size_t total = 2;
      for (const value& item : v.as_array()) total += convex_size(item);
      return total;
    }
    case kind::object: {
      std::size_t total = 2;
      for (const auto& [name, field] : v.as_object()) total += name.size() + 1 + convex_size(field);
      return total;
    }
  }
  return 0;
}

std::size_t nesting(const value& v) {
  std::size_t deepest = 0;
  if (const auto* items = v.if_array()) {
    for (const value& item : *items) deepest = std::max(deepest, nesting(item));
    return deepest + 1;
  }
  if (const auto* fields = v.if_object()) {
    for (const auto& [name, field] : *fields) deepest = std::max(deepest, nesting(field));
    return deepest + 1;
  }
  return 0;
}

bool is_identifier(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); }) &&
         std::any_of(name.begin(), name.end(), [](char c) { return c != '_'; });
}

outcome<void> check_value(const value& v, std::size_t max_nesting) {
  const value_limits limits;
  if (const auto* items = v.if_array()) {
    if (max_nesting == 0) return too_nested(limits.max_nesting);
    if (items->size() > limits.max_array_length)
      return bad_request("ArrayTooLong", "Array length is too long (" + std::to_string(items->size()) +
                                             " > maximum length " + std::to_string(limits.max_array_length) + ")");
    for (const value& item : *items)
      if (auto ok = check_value(item, max_nesting - 1); !ok) return ok;
  } else if (const auto* fields = v.if_object()) {
    if (max_nesting == 0) return too_nested(limits.max_nesting);
    if (fields->size() > limits.max_object_fields)
      return bad_request("TooManyFields", "Object has too many fields (" + std::to_string(fields->size()) +
                                              " > maximum number " + std::to_string(limits.max_object_fields) + ")");
    for (const auto& [name, field] : *fields) {
      if (auto ok = check_field_name(name); !ok) return ok;
      if (auto ok = check_value(field, max_nesting - 1); !ok) return ok;
    }
  }
  return {};
}

outcome<void> check_document(const value& document) {
  if (const std::size_t depth = nesting(document); depth > max_document_nesting)
    return bad_request("TooNestedError", "Document is too nested (nested " + std::to_string(depth) +
                                             " levels deep > maximum nesting " + std::to_string(max_document_nesting) +
                                             ")");
  for (const auto& [name, field] : document.as_object()) {
    if (name == "_id" || name == "_creationTime") continue;
    if (!name.empty() && name.front() == '_')
      return bad_request("InvalidFieldName", "Field name " + name +
                                                 " starts with an underscore, which is only allowed for system fields "
                                                 "like '_id'");
    if (name.empty()) return bad_request("InvalidFieldName", "Field names of a document cannot be empty.");
    if (name.size() > max_top_level_name)
      return bad_request("InvalidFieldName", "Field name is too long (" + std::to_string(name.size()) +
                                                 " > maximum length " + std::to_string(max_top_level_name) + ")");
  }
  if (auto ok = check_value(document, value_limits{}.max_nesting); !ok) return ok;
  if (const std::size_t size = convex_size(document); size > max_document_bytes)
    return bad_request("ValueTooLargeError", "Value is too large (" + std::to_string(size) + " > maximum size " +
                                                 std::to_string(max_document_bytes) + ")");
  return {};
}

}  // namespace hull::backend::database
