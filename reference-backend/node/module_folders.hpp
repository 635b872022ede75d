// The modules for Node.js of a push as files, because Node.js imports files.
#pragma once

#include "node/package_folders.hpp"
#include "runtime/runtime.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace hull::backend::node {

class module_folders {
 public:
  /// What is in the folder goes.
  static outcome<std::unique_ptr<module_folders>> open(const std::filesystem::path& root,
                                                       std::unique_ptr<package_folders> packages);
  ~module_folders();

  const std::filesystem::path& root() const noexcept { return root_; }
  std::filesystem::path program() const { return root_ / "program" / "main.mjs"; }

  /// The folder with the modules for Node.js of this set, written when it is not there yet; their packages are installed
  /// when they are not. Sets whose modules for Node.js and packages are the same share one.
  outcome<std::filesystem::path> folder_of(const runtime::module_set& modules);

 private:
  module_folders(std::filesystem::path root, std::unique_ptr<package_folders> packages)
      : root_(std::move(root)), packages_(std::move(packages)) {}

  const std::filesystem::path root_;
  const std::unique_ptr<package_folders> packages_;
  std::mutex mutex_;
  std::map<std::string, std::filesystem::path> written_;  ///< By the digests of all modules, and the packages.
};

}  // namespace hull::backend::node
