// Keeps a second process away from a data folder. The kernel lets go of it when the process dies, however it dies.
#pragma once

#include "common/failure.hpp"

#include <filesystem>
#include <utility>

namespace hull::backend::storage::sqlite {

class folder_lock {
 public:
  static outcome<folder_lock> take(const std::filesystem::path& folder);
  folder_lock(folder_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  folder_lock& operator=(folder_lock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~folder_lock();

 private:
  explicit folder_lock(int file) noexcept : file_(file) {}
  int file_;
};

}  // namespace hull::backend::storage::sqlite
