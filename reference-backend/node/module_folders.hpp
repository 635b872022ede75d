// The modules for Node.js of a push as files, because Node.js imports files.
#pragma once

#include "runtime/runtime.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace hull::backend::node {

class module_folders {
 public:
  /// What is in the folder goes.
  static outcome<std::unique_ptr<module_folders>> open(const std::filesystem::path& root);
  ~module_folders();

  const std::filesystem::path& root() const noexcept { return root_; }
  std::filesystem::path program() const { return root_ / "program" / "main.mjs"; }

  /// The folder with the modules for Node.js of this set, written when it is not there yet. Sets whose modules for
  /// Node.js are the same share one.
  outcome<std::filesystem::path> folder_of(const runtime::module_set& modules);

 private:
  explicit module_folders(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path root_;
  std::mutex mutex_;
  std::map<std::string, std::filesystem::path> written_;  ///< By the digests of all modules.
};

}  // namespace hull::backend::node
