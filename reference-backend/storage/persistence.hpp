// What the database asks of a storage engine: append versions of documents and index entries at one time, read an
// index as it was at a time. Engines know nothing of tables, schemas or conflicts.
#pragma once

#include "common/failure.hpp"
#include "common/ids.hpp"

#include <hull/value/value.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hull::backend::storage {

using timestamp = std::uint64_t;
using index_number = std::uint64_t;

/// One index entry of a document version: put `key` in front of the document, or take it away.
struct index_change {
  index_number index = 0;
  std::string key;
  bool live = true;       ///< False: the key leads nowhere from this commit on.
  bool replaces = false;  ///< The key led to an older version of the document until now.
};

/// A new version of one document, or its deletion.
struct document_change {
  internal_id table{};
  internal_id id{};
  std::optional<value> document;  ///< Nothing: deleted.
  std::vector<index_change> entries;
};

/// All that one transaction wrote.
struct commit_record {
  timestamp ts = 0;
  std::vector<document_change> documents;
};

struct scan_request {
  index_number index = 0;
  std::string start;               ///< First key.
  std::optional<std::string> end;  ///< First key that is no longer part; nothing: to the end of the index.
  bool descending = false;
  timestamp at = 0;  ///< The snapshot: versions after it do not exist.
  std::size_t limit = SIZE_MAX;
};

struct index_row {
  std::string key;
  timestamp ts = 0;  ///< Of the commit that wrote this version.
  value document;
};

/// Safe from any thread. One `write` at a time is the caller's business; reads run beside it.
class persistence {
 public:
  virtual ~persistence() = default;

  /// Writes all records or none, durably: when this returns, they survive a power cut. Timestamps rise from record
  /// to record and from call to call. A failure with code "OutcomeUnknown" may have written them or not.
  virtual outcome<void> write(std::span<const commit_record> records) = 0;

  /// Up to `limit` live rows in key order. Costs what it returns (plus the dead versions in between), so a caller
  /// that wants more goes on behind the last key.
  virtual outcome<std::vector<index_row>> scan(const scan_request& request) = 0;

  /// How many live rows the whole index has at `at`. Looks at each of its entries, and at no document.
  virtual outcome<std::uint64_t> count(index_number index, timestamp at) = 0;

  /// Adds an entry to `target` for each row that `source` has at `at`, under `key_of(document)` and with the time of
  /// the row's own version: writers that already maintain `target` win over it. Repeating it changes nothing.
  virtual outcome<void> fill_index(index_number source, index_number target, timestamp at,
                                   const std::function<std::string(const value&)>& key_of) = 0;

  /// Forgets versions that no snapshot at or after `before` can see, about `budget` of them. Returns how many it looked
  /// at; fewer than `budget` means done.
  virtual outcome<std::size_t> prune(timestamp before, std::size_t budget) = 0;

  /// The numbers of all indexes that have entries, ascending.
  virtual outcome<std::vector<index_number>> indexes() = 0;
  /// Removes all trace of an index that nobody reads or writes any more, about `budget` entries of it. As prune.
  virtual outcome<std::size_t> drop_index(index_number index, std::size_t budget) = 0;

  /// Small facts that belong to no document.
  virtual outcome<std::optional<std::string>> global(const std::string& name) = 0;
  virtual outcome<void> set_global(const std::string& name, const std::string& text) = 0;

  /// The time of the newest record; 0 for a fresh store.
  virtual outcome<timestamp> max_ts() = 0;
};

}  // namespace hull::backend::storage
