// Files that actions store and load (`ctx.storage`), piece by piece; the host has them.
#pragma once

#include "common/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::runtime {

/// Dropped before `finish`, it leaves nothing.
class file_writer {
 public:
  virtual ~file_writer() = default;
  virtual outcome<void> write(std::string_view bytes) = 0;
  virtual outcome<std::string> finish() = 0;  ///< The id of the file.
};

class file_reader {
 public:
  virtual ~file_reader() = default;
  virtual std::uint64_t size() const = 0;
  virtual std::optional<std::string> content_type() const = 0;
  virtual outcome<std::string> read(std::uint64_t offset, std::size_t at_most) = 0;
};

/// What `storage.store(blob, {sha256})` says of the file.
struct file_to_store {
  std::optional<std::string> content_type;
  std::optional<std::string> sha256;  ///< As the function wrote it.
};

}  // namespace hull::backend::runtime
