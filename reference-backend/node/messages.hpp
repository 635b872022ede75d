// What the backend and the program in Node.js tell each other: one JSON object in each line.
#pragma once

#include "runtime/runtime.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::node {

/// A question with one answer; its number comes back with everything that belongs to it.
using question_id = std::uint64_t;

struct environment {
  runtime::environment_variables variables;
  std::uint64_t number = 0;  ///< Equal for equal variables: modules are evaluated anew when it changes.
};

/// Where a module is.
struct module_place {
  std::string folder;
  std::string path;  ///< "a.js"
};

std::string run_line(question_id id, const module_place& module, const environment& env, const std::string& function,
                     const std::string& args_json, double timeout_seconds);
std::string describe_line(question_id id, const module_place& module, const environment& env,
                          std::string_view describer);
/// The answer to a call of the program's.
std::string answer_line(question_id id, double call, const outcome<std::string>& answer);

struct message {
  enum class type { ready, call, log, done };
  type what = type::ready;
  std::string version;     ///< ready: "v20.1.0"
  question_id id = 0;      ///< Of all but ready.
  double call = 0;         ///< call: goes back with its answer
  std::string name;        ///< call: "1.0/actions/query"
  std::string args_json;   ///< call
  runtime::log_line line;  ///< log
  /// done: the text that was returned, or what was thrown.
  std::optional<std::string> value;
  runtime::node_error error;
  bool exiting = false;  ///< done: the process must not be given more to do
};

outcome<message> read_message(std::string_view line);

}  // namespace hull::backend::node
