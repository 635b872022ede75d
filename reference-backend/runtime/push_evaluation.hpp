// What a push asks about its files: the functions, routes and crons of a module; the schema, the definition and the
// auth config that a file exports.
#pragma once

#include "runtime/execution.hpp"

namespace hull::backend::runtime {

struct push_question {
  execution_setup setup;
  std::string path;         ///< The module to load.
  std::string error_code;   ///< Short code of the failure when the file is at fault.
  std::string error_start;  ///< What the text of such a failure starts with.
};

/// Loads the module and describes it, as `setup.where` says what it is.
outcome<value> answer_push_question(isolate_box& box, clock& wall, const push_question& q);

}  // namespace hull::backend::runtime
