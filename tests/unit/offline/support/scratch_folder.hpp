// A folder of this test's own on the real disk.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

namespace hull::test {

class scratch_folder {
 public:
  scratch_folder() : path_((std::filesystem::temp_directory_path() / "hull-offline-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no scratch folder");
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  /// False when no such file, with something in it, turns up.
  bool waits_for(const std::string& name) const {
    for (int i = 0; i < 1000; ++i) {
      std::error_code missing;
      if (std::filesystem::file_size(*this / name, missing) > 0 && !missing) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

 private:
  std::string path_;
};

}  // namespace hull::test
