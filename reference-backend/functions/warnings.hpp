// Lines in the log of a function that came close to a limit, as the hosted service writes them.
#pragma once

#include "functions/run.hpp"

#include <chrono>

namespace hull::backend::functions {

/// What a function, with all that it called, has used.
struct run_extent {
  runtime::function_kind kind;
  const value& args;
  std::size_t args_json_bytes = 0;
  const value* result = nullptr;  ///< Null when it has none.
  std::size_t result_json_bytes = 0;
  std::chrono::microseconds took{0};
  std::chrono::milliseconds may_take{0};
  const database::transaction* tx = nullptr;  ///< Null for actions.
};

/// One line for each limit of which more than four fifths are used, and which is kept.
std::vector<runtime::log_line> limit_warnings(const run_extent& run, std::int64_t now_ms);

}  // namespace hull::backend::functions
