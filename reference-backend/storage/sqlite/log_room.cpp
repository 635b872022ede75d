// Body of log_room.hpp.
#include "storage/sqlite/log_room.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hull::backend::storage::sqlite {

void make_room(const std::filesystem::path& log, std::size_t bytes) {
  const int file = ::open(log.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  struct stat now {};
  if (::fstat(file, &now) == 0) {
    static constexpr std::array<char, 64 * 1024> zeros{};
    auto end = static_cast<std::size_t>(now.st_size);
    while (end < bytes) {
      const ssize_t written =
          ::pwrite(file, zeros.data(), std::min(zeros.size(), bytes - end), static_cast<off_t>(end));
      if (written <= 0) break;
      end += static_cast<std::size_t>(written);
    }
    // Onto the disk from now on, so that the first commit need not wait for it. What cannot be had is given back; if
    // that fails, too, zeros do no harm.
    if (end >= bytes)
      (void)::sync_file_range(file, now.st_size, 0, SYNC_FILE_RANGE_WRITE);
    else
      (void)!::ftruncate(file, now.st_size);
  }
  ::close(file);
}

}  // namespace hull::backend::storage::sqlite
