// Actions of "use node" modules: one supervised process of Node.js, started when it is first needed and again when it
// has ended.
#pragma once

#include "common/clock.hpp"
#include "runtime/node_executor.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace hull::backend::node {

struct executor_options {
  std::string program = "node";                   ///< A path, or a name to look for in PATH. Node.js 18 or newer.
  std::filesystem::path folder;                   ///< Ours alone: modules are written there; emptied at start and end.
  std::string npm = "npm";                        ///< Installs the packages that are not in the bundle. As `program`.
  std::filesystem::path packages_folder;          ///< Ours alone: installed packages, kept from start to start.
  /// How long npm may take; the CLI waits 300 s for an answer to a push.
  std::chrono::milliseconds install_within{240'000};
  std::size_t max_actions = 64;                   ///< At once.
  std::chrono::milliseconds patience{10'000};     ///< How long an action waits for its turn when there are more.
  std::chrono::milliseconds time_limit{600'000};  ///< Of an action, waiting included.
  /// How much longer a process may stand still before it is ended with all that runs in it.
  std::chrono::milliseconds grace{5'000};
};

/// Starts nothing yet.
outcome<std::shared_ptr<runtime::node_executor>> make_node_executor(const executor_options& options);

}  // namespace hull::backend::node
