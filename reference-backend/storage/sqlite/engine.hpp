// The SQLite engine: its layout, and the class that read.cpp and write.cpp implement.
//
// Layout. A document version is a row of `documents`, numbered in the order of writing, so that writes append. An
// index entry is a row (index, key, time) -> document number, clustered in that order: reading an index at a snapshot
// walks keys in order and takes, for each, the newest version that is old enough. A key with many dead versions
// costs one extra seek, never a walk over all of them. Compared with a table of current rows plus a history this
// needs no undo and no copying when a row changes, and readers of any snapshot go the same way. `garbage` notes the
// entries that newer ones replaced, so that pruning finds them without a search.
#pragma once

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/folder_lock.hpp"
#include "storage/sqlite/sqlite.hpp"

#include <mutex>
#include <unordered_map>

namespace hull::backend::storage::sqlite {

/// Document versions never change, so decoded ones may be kept. Forgets the older half when full.
class document_cache {
 public:
  /// `capacity`: in bytes of their JSON text, which decoded take some three times as much.
  explicit document_cache(std::size_t capacity) : capacity_(capacity) {}
  std::optional<value> find(std::uint64_t document);
  void put(std::uint64_t document, value v, std::size_t json_bytes);

 private:
  struct kept {
    value document;
    std::size_t bytes = 0;
  };
  using generation = std::unordered_map<std::uint64_t, kept>;
  /// What is too old, for the caller to free when the lock is gone.
  generation add(std::uint64_t document, kept k);

  std::mutex mutex_;
  const std::size_t capacity_;
  generation young_, old_;
  std::size_t young_bytes_ = 0;
};

class engine final : public persistence {
 public:
  static outcome<std::unique_ptr<persistence>> open(const std::filesystem::path& folder, const sqlite_options& options);

  outcome<void> write(std::span<const commit_record> records) override;
  outcome<std::vector<index_row>> scan(const scan_request& request) override;
  outcome<std::uint64_t> count(index_number index, timestamp at) override;
  outcome<void> fill_index(index_number source, index_number target, timestamp at,
                           const std::function<std::string(const value&)>& key_of) override;
  outcome<std::size_t> prune(timestamp before, std::size_t budget) override;
  outcome<std::vector<index_number>> indexes() override;
  outcome<std::size_t> drop_index(index_number index, std::size_t budget) override;
  outcome<std::optional<std::string>> global(const std::string& name) override;
  outcome<void> set_global(const std::string& name, const std::string& text) override;
  outcome<timestamp> max_ts() override;

 private:
  struct found_row {
    std::string key;
    timestamp ts = 0;
    std::uint64_t document = 0;
    value content;
  };
  struct entry_version {
    timestamp ts = 0;
    std::optional<std::uint64_t> document;
  };

  engine(folder_lock lock, std::filesystem::path file, const sqlite_options& options);
  outcome<std::unique_ptr<connection>> borrow_reader();
  void give_back(std::unique_ptr<connection> reader);
  /// Runs `body(connection&)` on a reader.
  template <class Body>
  auto with_reader(Body body) -> decltype(body(std::declval<connection&>()));
  /// Runs `body()` between BEGIN and COMMIT of the writer; the caller holds writer_mutex_.
  template <class Body>
  outcome<void> in_transaction(Body body);

  outcome<std::vector<found_row>> find_rows(connection& c, const scan_request& request);
  outcome<std::optional<entry_version>> newest_version(connection& c, index_number index, const std::string& key,
                                                       timestamp at);
  outcome<value> load_document(connection& c, std::uint64_t document);
  /// Notes in `sizes` how long the text of each document is.
  outcome<void> append(const commit_record& record, std::vector<std::size_t>& sizes);
  outcome<void> prune_documents(std::span<const std::uint64_t> numbers);
  outcome<std::size_t> prune_deletions(timestamp before, std::size_t budget);
  outcome<void> add_entry(index_number index, std::string_view key, timestamp ts,
                          std::optional<std::uint64_t> document);

  folder_lock lock_;
  std::filesystem::path file_;
  sqlite_options options_;
  document_cache cache_;

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<connection>> idle_readers_;

  std::mutex writer_mutex_;
  std::unique_ptr<connection> writer_;
  std::uint64_t next_document_ = 1;
  bool log_wants_room_ = false;
};

template <class Body>
auto engine::with_reader(Body body) -> decltype(body(std::declval<connection&>())) {
  auto reader = borrow_reader();
  if (!reader) return reader.error();
  auto result = body(**reader);
  give_back(std::move(*reader));
  return result;
}

template <class Body>
outcome<void> engine::in_transaction(Body body) {
  auto begun = writer_->execute("BEGIN IMMEDIATE");
  if (!begun) return begun;
  // However the body ends: the writer must not stay inside of a transaction.
  struct rollback {
    connection* writer;
    ~rollback() {
      if (writer) (void)writer->execute("ROLLBACK");
    }
  } otherwise{writer_.get()};
  if (outcome<void> done = body(); !done) return done;
  if (auto committed = writer_->execute("COMMIT"); !committed) {
    failure f = committed.error();
    f.code = "OutcomeUnknown";
    return f;
  }
  otherwise.writer = nullptr;
  return {};
}

}  // namespace hull::backend::storage::sqlite
