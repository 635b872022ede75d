// Writes modules and our own program below one folder.
#include "node/module_folders.hpp"

#include "node/scripts.hpp"

#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace hull::backend::node {
namespace {

namespace fs = std::filesystem;

failure cannot_write(const fs::path& path) {
  return internal_failure("The file " + path.string() + " for Node.js could not be written. Is the disk full?");
}

outcome<void> write(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (error || !file) return cannot_write(path);
  return {};
}

}  // namespace

outcome<std::unique_ptr<module_folders>> module_folders::open(const fs::path& root,
                                                              std::unique_ptr<package_folders> packages) {
  std::error_code error;
  fs::remove_all(root, error);
  fs::create_directories(root, error);
  std::unique_ptr<module_folders> made(new module_folders(fs::weakly_canonical(root, error), std::move(packages)));
  for (const script& s : all_scripts())
    if (auto done = write(made->root_ / "program" / s.name, s.source); !done) return done.error();
  return made;
}

module_folders::~module_folders() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

outcome<fs::path> module_folders::folder_of(const runtime::module_set& modules) {
  std::string key;
  for (const auto& [path, module] : modules.all())
    if (module.node) key += path + ' ' + module.sha256 + '\n';
  key += list_of(modules.packages());
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = written_.find(key); at != written_.end()) return at->second;
  }
  fs::path installed;
  if (!modules.packages().empty()) {
    // Not under our lock: npm takes its time, and other deployments' modules need none of it.
    auto folder = packages_->folder_of(modules.packages());
    if (!folder) return folder;
    installed = *std::move(folder);
  }
  const std::lock_guard lock(mutex_);
  if (const auto at = written_.find(key); at != written_.end()) return at->second;
  const fs::path folder = root_ / "modules" / std::to_string(written_.size() + 1);
  if (auto done = write(folder / "package.json", "{\"type\":\"module\"}\n"); !done) return done.error();
  for (const auto& [path, module] : modules.all()) {
    if (!module.node) continue;
    if (auto done = write(folder / path, module.source); !done) return done.error();
  }
  if (!installed.empty()) {
    std::error_code error;
    fs::create_directory_symlink(installed / "node_modules", folder / "node_modules", error);
    if (error) return cannot_write(folder / "node_modules");
  }
  written_.emplace(std::move(key), folder);
  return folder;
}

}  // namespace hull::backend::node
