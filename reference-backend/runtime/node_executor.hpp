// How actions in modules for Node.js ("use node") run: outside, in a process of Node.js; whoever starts the runtime
// says by what.
#pragma once

#include "common/failure.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::runtime {

class module_set;
struct log_line;
struct run_request;

/// What a function in Node.js threw, or why it did not come to its end.
struct node_error {
  std::string message;                     ///< "boom"
  std::optional<std::string> name;         ///< "TypeError"; nothing for what the executor itself has to say.
  std::optional<std::string> frames_json;  ///< A JSON array of call sites; files are "convex:/a.js".
  std::optional<value> data;               ///< Payload of a ConvexError.
};

struct node_result {
  /// JSON text of the returned value, an error, or a failure of ours.
  std::optional<std::string> value_json;
  std::optional<node_error> thrown;
  std::optional<failure> failed;
  std::vector<log_line> log_lines;
};

/// Safe from any thread; each call blocks until there is a result.
class node_executor {
 public:
  virtual ~node_executor() = default;

  /// Runs an action of a module for Node.js; asks the request's host as the runtime would, on threads of its own.
  virtual node_result run(const run_request& request) = 0;

  /// Imports the module and gives its namespace and path to `describer`, the text of a function body that returns such
  /// a function. The result is the text that it returns.
  virtual node_result describe(const std::shared_ptr<const module_set>& modules, const std::string& path,
                               std::string_view describer, const std::map<std::string, std::string>& environment) = 0;
};

}  // namespace hull::backend::runtime
