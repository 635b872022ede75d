// The body of start_push and evaluate_push, checked: what a project wants to become.
#pragma once

#include "common/failure.hpp"
#include "runtime/runtime.hpp"

#include <hull/value/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::deploy {

using module_map = std::map<std::string, runtime::module_source, std::less<>>;

/// A module that the CLI did not send again, because it believes that the deployment has it.
struct unchanged_module {
  std::string path;
  bool node = false;
  std::string sha256;
};

struct push_request {
  bool dry_run = false;
  bool for_codegen = false;
  std::string functions_directory = "convex/";
  std::string server_version;  ///< Version of the npm package that the modules were built with.
  std::optional<runtime::module_source> definition;
  std::optional<runtime::module_source> schema;
  std::vector<runtime::module_source> changed;
  std::vector<unchanged_module> unchanged;
  std::vector<runtime::npm_package> packages;  ///< Sorted, each name once.
  std::optional<std::string> node_version;     ///< "22", as convex.json asks; the backend runs the one it has.
};

/// Every failure of a push starts with this line; the CLI prints the message as it is.
failure push_failure(std::string code, const std::string& message);
failure push_failure(const failure& cause, std::string code);

/// Checks shapes, paths and bounds. What this version cannot run (components) is refused here.
outcome<push_request> parse_push(const value& body);

/// The complete set of modules: the changed ones, and the unchanged ones taken from `deployed`.
/// Unchanged modules that the deployment has not, or has otherwise, are failures of the code that the CLI knows, with
/// status 409: unlike after a 400, `convex dev` then looks at the deployment again and repeats the push by itself.
outcome<module_map> assemble_modules(const push_request& push, const module_map& deployed);

}  // namespace hull::backend::deploy
