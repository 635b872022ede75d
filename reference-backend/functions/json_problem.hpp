// Why a text is no Convex value: because it is no JSON at all, or because of what it says.
#pragma once

#include <string>
#include <string_view>

namespace hull::backend::functions {

struct json_problem {
  bool is_json = false;
  std::string cause;  ///< "Array length is too long (9000 > maximum length 8192)"
};

/// `json` is a text that read_json refused, with the text `why`.
json_problem problem_of(std::string_view json, const std::string& why);

}  // namespace hull::backend::functions
