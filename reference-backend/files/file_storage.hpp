// File storage of a deployment: URLs and rows for functions, uploads and downloads for the edges.
#pragma once

#include "common/clock.hpp"
#include "database/database.hpp"
#include "files/blob_store.hpp"
#include "files/metadata.hpp"
#include "files/upload.hpp"
#include "files/upload_token.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::files {

struct open_file {
  file_row row;
  std::unique_ptr<blob_reader> content;
};

/// It goes back to whoever asks for the file as a header.
inline constexpr std::size_t max_content_type = 1024;
inline bool is_content_type(std::string_view text) {
  return text.size() <= max_content_type &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
}

/// Safe from any thread.
class file_storage {
 public:
  /// `blobs` null: this backend keeps no files, and says so when asked. `origin`: how clients reach the API.
  file_storage(database::database& db, std::shared_ptr<blob_store> blobs, const upload_key& key, std::string origin,
               clock& time, random_source& random);

  // For functions.
  std::string url_of(const file_row& file) const;
  outcome<std::string> make_upload_url() const;
  /// After a commit that removed rows: removes their blobs, except for rows that are there after all. What a crash
  /// leaves, `remove_orphans` finds.
  void remove_blobs(const std::vector<file_row>& removed);

  // For uploads and downloads.
  outcome<void> check_token(std::string_view token) const;
  outcome<upload> begin_upload();
  /// The id of the file, which is there for good when this returns. Blocks. Failures: Sha256Mismatch.
  outcome<std::string> finish_upload(upload&& from, const std::optional<sha256_digest>& expected,
                                     const std::optional<std::string>& content_type);
  /// Failures: StorageFileNotFound.
  outcome<open_file> open(const std::string& uuid);
  /// As above, for a storage id as functions give it. Nothing when there is no such file.
  outcome<std::optional<open_file>> open_for_function(std::string_view storage_id, std::string_view method);

  /// Removes blobs without a row; returns how many. Not while uploads are on their way.
  outcome<std::size_t> remove_orphans();

 private:
  outcome<void> must_keep_files() const;
  std::uint64_t now_seconds() const;

  database::database& db_;
  const std::shared_ptr<blob_store> blobs_;
  const upload_key key_;
  const std::string origin_;
  clock& time_;
  random_source& random_;
};

}  // namespace hull::backend::files
