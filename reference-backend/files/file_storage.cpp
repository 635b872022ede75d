// Bodies of file_storage.hpp. The order of steps keeps one promise: a row never lacks its blob.
#include "files/file_storage.hpp"

#include "common/log.hpp"
#include "files/uuid.hpp"

#include <set>
#include <utility>

namespace hull::backend::files {
namespace {

constexpr int insert_attempts = 8;

}  // namespace

file_storage::file_storage(database::database& db, std::shared_ptr<blob_store> blobs, const upload_key& key,
                           std::string origin, clock& time, random_source& random)
    : db_(db), blobs_(std::move(blobs)), key_(key), origin_(std::move(origin)), time_(time), random_(random) {}

outcome<void> file_storage::must_keep_files() const {
  if (blobs_) return {};
  return bad_request("FileStorageUnavailable", "This backend was started without a place for files.");
}

std::uint64_t file_storage::now_seconds() const { return static_cast<std::uint64_t>(time_.wall_ns() / 1'000'000'000); }

std::string file_storage::url_of(const file_row& file) const { return origin_ + "/api/storage/" + file.storage_id; }

outcome<std::string> file_storage::make_upload_url() const {
  if (auto ok = must_keep_files(); !ok) return ok.error();
  return origin_ + "/api/storage/upload?token=" + make_upload_token(key_, now_seconds());
}

void file_storage::remove_blobs(const std::vector<file_row>& removed) {
  if (removed.empty() || !blobs_) return;
  auto tx = db_.begin();
  for (const file_row& file : removed) {
    auto row = find_file_by_uuid(tx, file.storage_id);
    if (row && *row) continue;
    auto done = row ? blobs_->remove(file.storage_key) : outcome<void>(row.error());
    if (!done)
      write_log(severity::warning, "A deleted file stays on disk until the next start: " + done.error().message);
  }
}

outcome<void> file_storage::check_token(std::string_view token) const {
  return check_upload_token(key_, token, now_seconds());
}

outcome<upload> file_storage::begin_upload() {
  if (auto ok = must_keep_files(); !ok) return ok.error();
  std::string key = make_uuid(random_);
  auto writer = blobs_->create(key);
  if (!writer) return writer.error();
  return upload(std::move(key), *std::move(writer));
}

outcome<std::string> file_storage::finish_upload(upload&& from, const std::optional<sha256_digest>& expected,
                                                 const std::optional<std::string>& content_type) {
  if (content_type && !is_content_type(*content_type))
    return bad_request("InvalidContentType", "The content type of a file has at most " +
                                                 std::to_string(max_content_type) + " printable characters.");
  auto blob = from.finish(expected);
  if (!blob) return blob.error();
  const std::string uuid = make_uuid(random_);
  failure last = internal_failure("");
  for (int attempt = 0; attempt < insert_attempts; ++attempt) {
    auto tx = db_.begin();
    auto id = insert_file(tx, uuid, *blob, content_type);
    if (!id) {
      last = id.error();
      break;
    }
    auto committed = db_.commit(std::move(tx), "storage");
    if (committed) return id;
    last = committed.error();
    if (last.who != blame::conflict) break;
  }
  // Whether the row was written is unknown after a fault of the database; the next start knows.
  if (last.who != blame::server) (void)blobs_->remove(blob->key);
  return last;
}

outcome<open_file> file_storage::open(const std::string& uuid) {
  auto tx = db_.begin();
  auto row = find_file_by_uuid(tx, uuid);
  if (!row) return row.error();
  const failure missing{blame::not_found, "StorageFileNotFound", "File " + uuid + " not found", std::nullopt};
  if (!*row || !blobs_) return missing;
  auto content = blobs_->open((*row)->storage_key);
  if (!content) return content.error();
  if (!*content) return missing;  // deleted since the row was read
  return open_file{**std::move(row), *std::move(content)};
}

outcome<std::optional<open_file>> file_storage::open_for_function(std::string_view storage_id,
                                                                  std::string_view method) {
  if (auto ok = must_keep_files(); !ok) return ok.error();
  auto tx = db_.begin();
  auto row = find_file(tx, storage_id, method);
  if (!row) return row.error();
  if (!*row) return std::optional<open_file>();
  auto content = blobs_->open((*row)->storage_key);
  if (!content) return content.error();
  if (!*content) return std::optional<open_file>();
  return std::optional(open_file{**std::move(row), *std::move(content)});
}

outcome<std::size_t> file_storage::remove_orphans() {
  if (!blobs_) return std::size_t{0};
  auto tx = db_.begin();
  auto rows = all_files(tx);
  if (!rows) return rows.error();
  std::set<std::string> wanted;
  for (const file_row& row : *rows) wanted.insert(row.storage_key);
  std::size_t removed = 0;
  outcome<void> trouble;
  auto walked = blobs_->for_each_key([&](const std::string& key) {
    if (wanted.contains(key)) return;
    if (auto done = blobs_->remove(key); !done)
      trouble = done;
    else
      ++removed;
  });
  if (!walked) return walked.error();
  if (!trouble) return trouble.error();
  return removed;
}

}  // namespace hull::backend::files
