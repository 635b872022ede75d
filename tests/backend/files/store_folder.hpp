// A folder for one test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace hull::backend::files::test {

struct store_folder {
  std::filesystem::path path;
  store_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hull-files-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~store_folder() { std::filesystem::remove_all(path); }
  store_folder(const store_folder&) = delete;
  store_folder& operator=(const store_folder&) = delete;

  /// Files below the folder, folders not counted.
  std::size_t count() const {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) n += entry.is_regular_file() ? 1 : 0;
    return n;
  }
};

}  // namespace hull::backend::files::test
