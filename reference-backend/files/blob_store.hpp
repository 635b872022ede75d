// Where the bytes of files are kept, by key. What they are is written in the database, not here.
#pragma once

#include "common/failure.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hull::backend::files {

/// One blob that is being written. Dropped without `commit`, it was never there. One thread at a time.
class blob_writer {
 public:
  virtual ~blob_writer() = default;
  virtual outcome<void> write(std::string_view data) = 0;
  /// When this returns, the blob is there, whole, and survives a crash.
  virtual outcome<void> commit() = 0;
};

/// One blob that is being read; stays readable when the blob is removed meanwhile. One thread at a time.
class blob_reader {
 public:
  virtual ~blob_reader() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills `out` from the offset on; less than its size only at the end of the blob.
  virtual outcome<std::size_t> read(std::uint64_t offset, std::span<char> out) = 0;
};

/// Safe from any thread. Keys are lower-case letters, digits and dashes.
class blob_store {
 public:
  virtual ~blob_store() = default;
  virtual outcome<std::unique_ptr<blob_writer>> create(const std::string& key) = 0;
  /// Null when there is no such blob.
  virtual outcome<std::unique_ptr<blob_reader>> open(const std::string& key) = 0;
  /// A blob that is not there counts as removed.
  virtual outcome<void> remove(const std::string& key) = 0;
  /// Calls `visit` for each blob that was there when it was called.
  virtual outcome<void> for_each_key(const std::function<void(const std::string&)>& visit) = 0;
};

}  // namespace hull::backend::files
