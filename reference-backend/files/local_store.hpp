// Blobs as files of one folder.
#pragma once

#include "files/blob_store.hpp"

#include <filesystem>

namespace hull::backend::files {

/// Makes the folder when it is missing, and throws away what a crash left half written. The caller sees to it that no
/// other process uses the folder.
outcome<std::unique_ptr<blob_store>> open_local_store(const std::filesystem::path& folder);

}  // namespace hull::backend::files
