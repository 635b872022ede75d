// Files, locks and folders of a POSIX system: all that the offline room asks of it.
#pragma once

#include <hull/config.hpp>
#include <hull/offline/file_system.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>
#endif

namespace hull::offline {

#if defined(__unix__) || defined(__APPLE__)
namespace detail {

HULL_INLINE error system_failure(const std::string& what, const std::string& path, int code) {
  return disk_error("cannot " + what + " " + path + ": " + std::generic_category().message(code));
}

/// Closes what it holds.
class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const noexcept { return number_; }

 private:
  int number_;
};

HULL_INLINE result<descriptor> open_any(const std::string& what, const std::string& path, int flags) {
  for (;;) {
    const int number = ::open(path.c_str(), flags | O_CLOEXEC, 0600);  // What a user does is the user's alone.
    if (number >= 0) return descriptor(number);
    if (errno != EINTR) return system_failure(what, path, errno);
  }
}

/// A regular file. A link is refused: rewriting would replace it, and whoever names the file itself would not meet
/// the lock. Nothing here waits for the other end of a pipe.
HULL_INLINE result<descriptor> open_file(const std::string& what, const std::string& path, int flags) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode))
    return disk_error("cannot " + what + " " + path + ": it is a symbolic link; name the file that it leads to");
  auto file = open_any(what, path, flags | O_NOFOLLOW | O_NONBLOCK);
  if (file.has_error()) return file;
  if (::fstat(file->get(), &about) != 0) return system_failure("examine", path, errno);
  if (!S_ISREG(about.st_mode)) return disk_error("cannot " + what + " " + path + ": it is no regular file");
  return file;
}

class posix_file final : public growing_file {
 public:
  posix_file(std::string path, descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  result<void> append(std::string_view text) override {
    while (!text.empty()) {
      const ssize_t written = ::write(file_.get(), text.data(), text.size());
      if (written > 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (written == 0 || errno != EINTR) {
        return system_failure("write", path_, written == 0 ? ENOSPC : errno);
      }
    }
    return {};
  }

  result<void> sync() override {
    for (;;) {
      if (flush() == 0) return {};
      if (errno != EINTR) return system_failure("make safe", path_, errno);
    }
  }

 private:
  int flush() {
#if defined(__APPLE__)
    // fsync leaves the text in the disk's own memory; some file systems know nothing better.
    return ::fcntl(file_.get(), F_FULLFSYNC) != -1 ? 0 : errno == EINTR ? -1 : ::fsync(file_.get());
#else
    return ::fdatasync(file_.get());
#endif
  }

  std::string path_;
  descriptor file_;
};

class posix_lock final : public file_lock {
 public:
  explicit posix_lock(descriptor file) : file_(std::move(file)) {}

 private:
  descriptor file_;  // The lock goes with it.
};

class posix_files final : public file_system {
 public:
  result<std::optional<std::string>> read(const std::string& path, std::uint64_t max_bytes) override {
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0 && errno == ENOENT) return std::optional<std::string>();
    auto file = open_file("open", path, O_RDONLY);
    if (file.has_error()) return file.error();
    if (::fstat(file->get(), &about) != 0) return system_failure("examine", path, errno);
    if (static_cast<std::uint64_t>(about.st_size) > max_bytes)
      return disk_error("cannot read " + path + ": it has " + std::to_string(about.st_size) + " bytes, more than the " +
                        std::to_string(max_bytes) + " allowed");
    std::string text(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
      const ssize_t got = ::read(file->get(), text.data() + have, text.size() - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_failure("read", path, errno);
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    return std::optional<std::string>(std::move(text));
  }

  result<std::unique_ptr<growing_file>> create(const std::string& path) override {
    return opened("create", path, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC);
  }
  result<std::unique_ptr<growing_file>> open(const std::string& path) override {
    return opened("open", path, O_WRONLY | O_APPEND);
  }

  result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_failure("rename " + from + " to", to, errno);
    return {};
  }

  result<void> sync_folder(const std::string& path) override {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    auto file = open_any("open the folder", folder, O_RDONLY);
    if (file.has_error()) return file.error();
    while (::fsync(file->get()) != 0) {
      if (errno == EINVAL) break;  // Some file systems have no use for this.
      if (errno != EINTR) return system_failure("make safe the folder", folder, errno);
    }
    return {};
  }

  result<std::unique_ptr<file_lock>> lock(const std::string& path, std::chrono::milliseconds wait) override {
    auto file = open_file("open", path, O_RDWR | O_CREAT);
    if (file.has_error()) return file.error();
    const auto end = std::chrono::steady_clock::now() + wait;
    while (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) return system_failure("lock", path, errno);
      if (std::chrono::steady_clock::now() >= end)
        return disk_error(path + " is locked: another process, or another part of this one, is using it");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return std::unique_ptr<file_lock>(std::make_unique<posix_lock>(std::move(*file)));
  }

 private:
  static result<std::unique_ptr<growing_file>> opened(const std::string& what, const std::string& path, int flags) {
    auto file = open_file(what, path, flags);
    if (file.has_error()) return file.error();
    return std::unique_ptr<growing_file>(std::make_unique<posix_file>(path, std::move(*file)));
  }
};

}  // namespace detail

HULL_INLINE std::shared_ptr<file_system> real_files() { return std::make_shared<detail::posix_files>(); }

#else
namespace detail {

class no_files final : public file_system {
 public:
  result<std::optional<std::string>> read(const std::string&, std::uint64_t) override { return why(); }
  result<std::unique_ptr<growing_file>> create(const std::string&) override { return why(); }
  result<std::unique_ptr<growing_file>> open(const std::string&) override { return why(); }
  result<void> rename(const std::string&, const std::string&) override { return why(); }
  result<void> sync_folder(const std::string&) override { return why(); }
  result<std::unique_ptr<file_lock>> lock(const std::string&, std::chrono::milliseconds) override { return why(); }

 private:
  static error why() {
    return disk_error("file_outbox and file_result_store need a POSIX system, or a file_system of yours");
  }
};

}  // namespace detail

HULL_INLINE std::shared_ptr<file_system> real_files() { return std::make_shared<detail::no_files>(); }
#endif

}  // namespace hull::offline
