// The inside of a transaction: snapshot, pending writes, reads, open queries.
#pragma once

#include "common/clock.hpp"
#include "common/random.hpp"
#include "database/catalog.hpp"
#include "database/cursor.hpp"
#include "database/limits.hpp"
#include "database/overlay.hpp"
#include "database/query_plan.hpp"
#include "database/system_tables.hpp"
#include "database/transaction.hpp"
#include "database/write_log.hpp"
#include "storage/persistence.hpp"

#include <deque>
#include <map>
#include <memory>

namespace hull::backend::database {

/// What all transactions of a database share. Outlives them.
struct services {
  storage::persistence& storage;
  clock& time;
  random_source& random;
  cursor_sealer cursors;
};

/// A query that is being read.
struct query_stream {
  query_plan plan;
  std::vector<std::uint64_t> taken;  ///< By operator: what a limit let through so far.
  interval rest;                     ///< Not yet yielded.
  interval to_fetch;                 ///< Not yet asked of storage.
  std::deque<storage::index_row> fetched;
  std::size_t next_batch = 16;
  bool drained = false;  ///< Storage has no more.
  std::uint64_t rows_read = 0, bytes_read = 0;

  explicit query_stream(query_plan p);
};

struct scanned_row {
  std::string key;
  value document;
};

/// A written document that holds the placeholder for the commit's time: its keys are known when that is.
struct unresolved_document {
  std::size_t place = 0;        ///< In the record's documents.
  std::size_t first_write = 0;  ///< Of its index entries in the log.
  std::optional<value> before;
  std::vector<std::shared_ptr<const index_info>> indexes;
};

/// What the committer needs of a finished transaction.
struct commit_request {
  timestamp begin_ts = 0;
  std::shared_ptr<const catalog> base, tables;
  std::shared_ptr<const read_set> reads;
  storage::commit_record record;  ///< Without its time.
  log_entry log;                  ///< Without its time.
  std::vector<unresolved_document> unresolved;

  /// The transaction is committed at `ts`.
  void set_time(timestamp ts);
};

struct transaction_state {
  transaction_state(services& s, timestamp ts, std::shared_ptr<const catalog> c)
      : shared(s), begin_ts(ts), base(c), tables(std::move(c)) {}

  // Documents, without access rules (transaction_state.cpp).
  outcome<std::optional<value>> read_document(const table_info& table, const document_id& id, bool charged);
  /// A row as the view shows it.
  outcome<value> show(std::string_view view, const value& row);
  /// `before` is what read_document gave.
  outcome<void> write_document(const table_info& table, const document_id& id, std::optional<value> before,
                               std::optional<value> after);
  /// Adds `_id` and `_creationTime`.
  outcome<std::string> insert_document(const table_info& table, object fields);
  outcome<const table_info*> create_table(std::string_view name, std::uint32_t number);
  outcome<void> create_index(const table_info& table, std::string_view name, const value& specification,
                             index_info::state where, bool staged);
  document_id index_row_id(const index_info& index) const;
  outcome<void> enforce_schema(const table_info& table, const value& document);
  /// Lets a later creation of the table invalidate what was read.
  void note_absent_table(std::string_view name);
  commit_request finish(std::string write_source) &&;

  // Queries (transaction_query.cpp).
  outcome<query_plan> plan(access who, const value& query);
  /// Null: there is no such table, which is noted.
  outcome<const index_info*> lookup_index(std::string_view table, std::string_view index);
  /// The next row of the range, recorded and charged; nothing: the range is exhausted.
  outcome<std::optional<scanned_row>> pull(query_stream& q);
  /// The next row that passes the operators. `stop`, when given, ends the search between rows.
  outcome<std::optional<scanned_row>> advance(query_stream& q, const std::function<bool()>& stop = {});

  struct savepoint {
    std::size_t mark = 0;
    std::shared_ptr<const catalog> tables;
    bool paginated = false;
    transaction_metrics before;
  };

  services& shared;
  const timestamp begin_ts;
  const std::shared_ptr<const catalog> base;
  std::shared_ptr<const catalog> tables;
  overlay pending;
  read_set reads;
  usage used;
  std::map<std::uint32_t, query_stream> streams;
  std::uint32_t next_stream = 1;
  std::vector<savepoint> savepoints;
  bool paginated = false;  ///< By the function that is running now.
  std::optional<std::string> journal;
  std::int64_t last_creation_ns = 0;

 private:
  outcome<void> fetch(query_stream& q);
  double next_creation_time();
};

}  // namespace hull::backend::database
