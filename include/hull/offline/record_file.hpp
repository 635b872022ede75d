// One file of records that is written here: appended to, and rewritten as a whole when too much of it is waste.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/offline/file_system.hpp>
#include <hull/offline/record_format.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hull::offline {

/// Trusts nothing after a failure: a file whose end is uncertain is `!is_sound()`, takes no more records, and is
/// replaced by the next `rewrite`.
class record_file {
 public:
  /// `kind` has kind_length bytes and lives as long as the program.
  record_file(std::shared_ptr<file_system> files, std::string path, std::string_view kind)
      : files_(std::move(files)), path_(std::move(path)), kind_(kind) {}

  /// Replaces the file by one with these records. When it returns without error they survive a power cut; before,
  /// the old file does.
  result<void> rewrite(const std::vector<std::string>& texts);
  /// Goes on at the end of an existing file of this salt and size.
  result<void> continue_at(std::uint64_t salt, std::uint64_t size);
  /// Survives the process, but no power cut before the next `sync`.
  result<void> append(std::string_view text);
  result<void> sync();
  /// Lets go of the file, which takes no more records before the next `rewrite` or `continue_at`.
  void close() noexcept;

  /// A file that is rewritten has another salt than before.
  void start_salt(std::uint64_t salt) noexcept { salt_ = salt; }
  bool is_sound() const noexcept { return file_ != nullptr && is_sound_; }
  std::uint64_t size() const noexcept { return size_; }
  const std::string& path() const noexcept { return path_; }

 private:
  std::shared_ptr<file_system> files_;
  std::string path_;
  std::string_view kind_;
  result<std::unique_ptr<growing_file>> write_new(const std::vector<std::string>& texts, std::uint64_t salt,
                                                  std::uint64_t size);
  std::unique_ptr<growing_file> file_;
  std::uint64_t salt_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t safe_ = 0;  ///< Bytes known to survive a power cut.
  bool is_sound_ = false;
};

}  // namespace hull::offline

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/offline/record_file.ipp>
#endif
