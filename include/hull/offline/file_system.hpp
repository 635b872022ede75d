// What the stores ask of a disk: files that grow at their end, are replaced as a whole, and say when they are safe.
// An interface, so that tests can cut the power at any byte.
#pragma once

#include <hull/error.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hull::offline {

/// A file open for appending.
class growing_file {
 public:
  virtual ~growing_file() = default;
  /// After a failure the end of the file may hold a part of the text.
  virtual result<void> append(std::string_view text) = 0;
  /// Returns when all that was appended survives a power cut. After a failure nothing appended since the last
  /// success can be relied upon, and trying again proves nothing.
  virtual result<void> sync() = 0;
};

/// Held until destroyed, or until the process ends in whatever way.
class file_lock {
 public:
  virtual ~file_lock() = default;
};

class file_system {
 public:
  virtual ~file_system() = default;
  /// The whole file; nothing when there is none. Fails for one that is longer than `max_bytes`.
  virtual result<std::optional<std::string>> read(const std::string& path, std::uint64_t max_bytes) = 0;
  /// An empty file, whatever was there.
  virtual result<std::unique_ptr<growing_file>> create(const std::string& path) = 0;
  /// The end of an existing file.
  virtual result<std::unique_ptr<growing_file>> open(const std::string& path) = 0;
  /// Replaces `to` at once: a reader finds the old file or the new one. The name is safe after `sync_folder`.
  virtual result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual result<void> sync_folder(const std::string& path_of_a_file_in_it) = 0;
  /// Makes the file if need be. Fails when another process, or another lock of this one, holds it for all of `wait`.
  virtual result<std::unique_ptr<file_lock>> lock(const std::string& path, std::chrono::milliseconds wait) = 0;
};

/// The files of this machine. On systems without POSIX every function fails with a text that says so.
std::shared_ptr<file_system> real_files();

/// The one place that says which code a failure of the disk carries.
inline error disk_error(std::string text) { return error{errc::bad_argument, std::move(text), {}, {}}; }

}  // namespace hull::offline

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/offline/posix_files.ipp>
#endif
