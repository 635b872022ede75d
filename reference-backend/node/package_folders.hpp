// The packages that modules for Node.js import without having them in their bundle, installed by npm.
#pragma once

#include "runtime/runtime.hpp"

#include <chrono>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace hull::backend::node {

/// One folder for each set of packages, complete or not there. The newest few are kept, over starts too: a set that has
/// gone is installed again when it is needed.
class package_folders {
 public:
  /// `npm`: a path, or a name to look for in PATH. Touches nothing before the first use.
  package_folders(std::filesystem::path root, std::string npm, std::chrono::milliseconds install_within)
      : root_(std::move(root)), npm_(std::move(npm)), install_within_(install_within) {}

  /// The folder whose `node_modules` has these packages and what they need. Safe from any thread; one installs, others
  /// wait. Fails with what npm said.
  outcome<std::filesystem::path> folder_of(const std::vector<runtime::npm_package>& packages);

 private:
  outcome<void> install(const std::vector<runtime::npm_package>& packages, const std::filesystem::path& into);
  void note_use(const std::string& name);
  void remove_old();

  const std::filesystem::path root_;
  const std::string npm_;
  const std::chrono::milliseconds install_within_;
  std::mutex mutex_;
  std::deque<std::string> used_;  ///< Names of folders, the last used first.
  int attempts_ = 0;
};

}  // namespace hull::backend::node
