// An advisory lock on the file "lock" in the folder.
#include "storage/sqlite/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hull::backend::storage::sqlite {

outcome<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  const std::filesystem::path name = folder / "lock";
  const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return internal_failure("cannot open " + name.string() + ": " + std::strerror(errno));
  folder_lock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return failure{blame::server,
                   "DataFolderInUse",
                   "the data folder " + folder.string() + " is in use by another backend; stop that one first",
                   {}};
  return lock;
}

folder_lock::~folder_lock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace hull::backend::storage::sqlite
