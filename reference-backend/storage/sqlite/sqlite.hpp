// Storage in a SQLite file: WAL, synchronous=FULL, one writer connection and a few readers.
#pragma once

#include "storage/persistence.hpp"

#include <filesystem>

namespace hull::backend::storage {

struct sqlite_options {
  std::size_t idle_readers = 8;  ///< Reader connections kept open between reads.
  /// How much of the document versions is kept decoded, in bytes of their JSON text.
  std::size_t decoded_bytes = 16u << 20;
  /// Takes the 16 MB for the write-ahead log after the first commit, and not commit by commit, which makes the first
  /// few hundred of them slow.
  bool room_for_log = false;
};

/// Opens or creates the store in `folder` and locks the folder: a second process, or a second open of the same
/// folder, fails with code "DataFolderInUse".
outcome<std::unique_ptr<persistence>> open_sqlite(const std::filesystem::path& folder,
                                                  const sqlite_options& options = {});

}  // namespace hull::backend::storage
