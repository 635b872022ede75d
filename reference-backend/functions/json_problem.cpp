// Reads the text once more, with limits that only keep the reader itself from harm.
#include "functions/json_problem.hpp"

#include "database/document.hpp"

#include <hull/value/json.hpp>

namespace hull::backend::functions {
namespace {

value_limits wide() {
  value_limits limits;
  limits.max_nesting = 2000;
  limits.max_array_length = limits.max_object_fields = limits.max_values;
  limits.max_field_name = 1u << 20;
  return limits;
}

/// "Invalid JSON at offset 7: x" says where in a text that the author of the function never sees.
std::string without_offset(const std::string& why) {
  if (!why.starts_with("Invalid JSON at offset ")) return why;
  const auto colon = why.find(": ");
  return colon == std::string::npos ? why : why.substr(colon + 2);
}

}  // namespace

json_problem problem_of(std::string_view json, const std::string& why) {
  if (!read_json(json, {.limits = wide(), .any_names = true, .plain = true})) return {false, why};
  // Where it is only too large, the database has the words for it.
  if (const auto read = read_json(json, {.limits = wide(), .any_names = true, .plain = false}))
    if (const auto checked = database::check_value(*read, value_limits{}.max_nesting); !checked)
      return {true, checked.error().message};
  return {true, without_offset(why)};
}

}  // namespace hull::backend::functions
