// The rows of `_file_storage`: what files there are, in a transaction's view.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "files/upload.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::files {

struct file_row {
  std::string id;           ///< Id<"_storage">
  std::string storage_id;   ///< UUID; the file's URL has it.
  std::string storage_key;  ///< Of the blob.
  sha256_digest sha256{};
  std::uint64_t size = 0;
  std::optional<std::string> content_type;
};

/// `storage_id` as functions give it: an id of `_storage`, or the UUID. `method` is the name that users know. Failures:
/// InvalidArgument for ids of other tables, InvalidStorageId.
outcome<std::optional<file_row>> find_file(database::transaction& tx, std::string_view storage_id,
                                           std::string_view method);
outcome<std::optional<file_row>> find_file_by_uuid(database::transaction& tx, const std::string& uuid);
outcome<std::vector<file_row>> all_files(database::transaction& tx);

/// Returns the id of the new row.
outcome<std::string> insert_file(database::transaction& tx, const std::string& uuid, const stored_blob& blob,
                                 const std::optional<std::string>& content_type);
outcome<void> remove_file(database::transaction& tx, const file_row& file);

}  // namespace hull::backend::files
