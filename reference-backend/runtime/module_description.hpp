// What a push learned of a file: the JSON that describe_module.js and its kin write.
#pragma once

#include "runtime/runtime.hpp"

#include <hull/value/json.hpp>

namespace hull::backend::runtime {

/// How failures for which the file is to blame are worded.
struct description_texts {
  std::string error_code;   ///< Short code of the failure.
  std::string error_start;  ///< What the text starts with when something was thrown.
};

/// The failure for a file that threw, with what it logged before.
failure description_failed(const description_texts& texts, const js_error& thrown,
                           const std::vector<log_line>& log_lines);

/// The value of {"found": ...}; or the failure, with the text of {"refused": "why"}.
outcome<value> read_description(const description_texts& texts, std::string_view json);

/// The description of a module with the "origin" of each function and route replaced by its "pos" in the sources.
value with_source_positions(const value& described, const std::string& path, const module_set& modules);

/// Plain JSON, in which names may be anything and {"$integer": ...} is just an object.
json_options plain_json_options();

}  // namespace hull::backend::runtime
