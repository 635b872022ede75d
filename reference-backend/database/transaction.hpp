// One serializable transaction: reads of a snapshot, noted as index intervals, and buffered writes.
#pragma once

#include "common/failure.hpp"
#include "database/read_set.hpp"
#include "database/types.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::database {

class database;
struct table_declaration;
struct transaction_state;
class table_numbers;

/// Who is looking. User code sees user tables (and the two virtual system tables through `db.system`);
/// the backend itself sees everything.
enum class access : std::uint8_t { user, user_system, backend };

/// Arguments of one `paginate()`.
struct page_request {
  std::optional<std::string> cursor;  ///< Opaque text from an earlier page; absent for the first.
  std::optional<std::string> end_cursor;
  std::uint32_t page_size = 0;
  std::optional<std::uint64_t> maximum_rows_read;
  std::optional<std::uint64_t> maximum_bytes_read;
};

struct page_result {
  std::vector<value> page;
  bool is_done = false;
  std::string continue_cursor;
  std::optional<std::string> split_cursor;
  std::optional<std::string> page_status;  ///< "SplitRecommended" or "SplitRequired".
};

/// Use from one thread at a time. Dropping it without a commit discards its writes.
class transaction {
 public:
  transaction(transaction&&) noexcept;
  transaction& operator=(transaction&&) noexcept;
  ~transaction();

  timestamp begin_ts() const noexcept;
  bool has_writes() const noexcept;

  // Documents. `table`, when given, must be the table of the id. Failures carry the texts of the runtime
  // specification (section 2.4) and are catchable in JavaScript.
  outcome<std::optional<value>> get(access who, std::string_view id, std::optional<std::string_view> table);
  outcome<std::string> insert(access who, std::string_view table, const value& fields);
  /// Shallow merge; a field whose patch is {"$undefined": null} is removed. Returns the new document.
  outcome<value> patch(access who, std::string_view id, std::optional<std::string_view> table, const value& patch);
  outcome<value> replace(access who, std::string_view id, std::optional<std::string_view> table, const value& fields);
  /// Returns the document that was there.
  outcome<value> remove(access who, std::string_view id, std::optional<std::string_view> table);
  outcome<std::optional<std::string>> normalize_id(std::string_view table, std::string_view id);

  // Queries. `query` is the expression of section 2.7 of the runtime specification, read with
  // json_options::any_names. A stream pulls one document at a time and records just what it consumed.
  outcome<std::uint32_t> open_query(access who, const value& query);
  outcome<std::optional<value>> next(std::uint32_t query);  ///< Nothing: exhausted, and closed.
  bool close_query(std::uint32_t query);
  /// `journal` is the one of an earlier run of the same query; the new one replaces it in `journal_out()`.
  outcome<page_result> paginate(access who, const value& query, const page_request& page,
                                const std::optional<std::string>& journal);
  /// The end cursor to pin the page on the next run; nothing when no page was read.
  const std::optional<std::string>& journal_out() const noexcept;

  /// How many documents the table has. Depends on all of them, and is charged for none.
  outcome<std::uint64_t> count(access who, std::string_view table);

  /// For the backend's own tables: all rows of `table` whose index `index` starts with `equals`, in index order.
  outcome<std::vector<value>> lookup(std::string_view table, std::string_view index, const std::vector<value>& equals,
                                     std::size_t limit = SIZE_MAX);
  /// The last of these rows.
  outcome<std::optional<value>> last(std::string_view table, std::string_view index, const std::vector<value>& equals);
  /// The read of such a lookup without looking, for who knows that there are no such rows at begin_ts().
  outcome<void> note_lookup(std::string_view table, std::string_view index, const std::vector<value>& equals);

  // Nested calls (section 5.2): writes of a failed inner call are rolled back, its reads stay.
  /// `budget`: what the inner call may use; it has no more than its caller has left in any case.
  void begin_nested(const transaction_budget& budget = {});
  void commit_nested();
  void rollback_nested();

  /// Counts a function that was scheduled against the limits.
  outcome<void> note_scheduled(std::size_t args_bytes);
  /// Makes sure that a table of the backend's own (named "_...") exists. The common ones of system_tables() always do.
  outcome<void> declare_table(const table_declaration& table);
  /// The tables as this transaction sees them, to check values with `v.id` in their validators.
  const table_numbers& tables() const noexcept;

  biggest_writes biggest() const;       ///< Of user tables; what was rolled back counts.
  transaction_metrics metrics() const;  ///< What was used so far, for the limits and for getTransactionMetrics.

  /// Depends on `reads` as if it had read them itself: the caller knows what stands there.
  void depend_on(const read_set& reads);
  /// What this transaction has read. Valid until the next operation.
  const read_set& reads() const noexcept;
  /// Takes the reads of a finished query run, to subscribe to them.
  std::shared_ptr<const read_set> take_reads();

 private:
  friend class database;
  explicit transaction(std::unique_ptr<transaction_state> state) noexcept;
  std::unique_ptr<transaction_state> state_;
};

}  // namespace hull::backend::database
