// Room for SQLite's write-ahead log before it is needed.
#pragma once

#include <cstddef>
#include <filesystem>

namespace hull::backend::storage::sqlite {

/// Frames in the log after which SQLite copies them into the database and starts the log from its beginning again.
constexpr std::size_t checkpoint_frames = 4000;
/// So large the log becomes in the end: its header, and a header of 24 bytes for each page of 4,096.
constexpr std::size_t full_log_bytes = 32 + checkpoint_frames * (24 + 4096);

/// Makes `log` at least `bytes` large, with zeros, which SQLite takes for the end of the log. Making a commit durable
/// costs several times as much while it makes the file larger. Call while nobody writes. Without room on the disk the
/// log stays as it is.
void make_room(const std::filesystem::path& log, std::size_t bytes);

}  // namespace hull::backend::storage::sqlite
