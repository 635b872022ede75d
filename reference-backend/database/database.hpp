// The transactional store: snapshots, optimistic commits, one committer, durable before it is acknowledged.
#pragma once

#include "common/clock.hpp"
#include "common/failure.hpp"
#include "common/random.hpp"
#include "database/transaction.hpp"
#include "database/types.hpp"
#include "database/write_log.hpp"
#include "storage/persistence.hpp"

#include <hull/value/value.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::database {

/// What a schema push would do to the indexes of a deployment, in the words of the push protocol
/// (snake_case keys: added_indexes, removed_indexes, enabled_indexes, disabled_indexes).
struct schema_submission {
  std::optional<std::string> schema_id;  ///< Nothing when no schema was pushed.
  value index_diff;
};

enum class schema_state { pending, validated, active, failed, overwritten };

struct schema_progress {
  schema_state state = schema_state::pending;
  std::string error;                      ///< For `failed`.
  std::optional<std::string> table_name;  ///< For `failed`: where the bad document is.
  std::uint32_t indexes_complete = 0;
  std::uint32_t indexes_total = 0;
};

/// Called between commits, one at a time, after a commit is durable and visible. Keep it short: note and hand over.
using commit_listener = std::function<void(timestamp)>;

struct schema;

/// Safe from any thread.
class database {
 public:
  /// Opens or initialises the store. `persistence` may be fresh.
  static outcome<std::unique_ptr<database>> open(std::unique_ptr<storage::persistence> persistence, clock& c,
                                                 random_source& r);
  ~database();  ///< Waits for commits in flight.

  /// Newest timestamp whose writes are visible and durable.
  timestamp latest_ts() const;

  transaction begin();
  /// A snapshot of the past; blame::overload with code "OutOfRetention" when it is too old.
  outcome<transaction> begin_at(timestamp ts);

  /// Commits and returns only when the writes are durable. A read-only transaction returns its begin_ts.
  /// Failures: blame::conflict (run again), or a deterministic one such as a schema violation.
  outcome<timestamp> commit(transaction tx, std::string write_source);
  /// The same for callers who do not wait. `tell` is called once, perhaps before this returns, from a thread on which
  /// others wait to commit: it must neither block nor throw. This thread may have to write for the others.
  void commit(transaction tx, std::string write_source, std::function<void(outcome<timestamp>)> tell);

  /// Returns when everybody who has called `commit` has an answer.
  void finish_commits();

  /// True when nothing that `reads` covers was written in (from, to]. False when it was, or when the log no
  /// longer reaches back to `from`.
  bool unchanged(const read_set& reads, timestamp from, timestamp to) const;

  /// Visits the writes of commits in (from, to], as far as the log reaches back (two minutes).
  void visit_writes(timestamp from, timestamp to, const std::function<void(const log_entry&)>& visit) const;
  /// Runs `task` on another thread, between commits.
  void post(std::function<void()> task);

  /// `f` is called once if it is not known any more what the store holds, after a commit that failed half-way: nothing
  /// can be committed then until the store is opened anew. Set before the first commit.
  void when_broken(std::function<void(const failure&)> f);

  /// Listeners run in the order of their registration; the returned function removes one.
  std::function<void()> on_commit(commit_listener listener);

  // Schema and indexes (storage specification, section 6). A schema is the JSON of a schema module, or null.
  /// Checks the schema, notes it as pending, creates missing tables, fills the new indexes and walks the documents.
  /// Returns when the schema is validated or failed. With `dry_run` no index is created.
  outcome<schema_submission> submit_schema(const value& schema, bool dry_run);
  /// What a push of `schema` (JSON, or null) would do to the indexes. Changes nothing.
  outcome<value> index_diff(const value& schema) const;
  outcome<schema_progress> schema_status(const std::string& schema_id);
  /// Inside the transaction of finish_push: makes the schema the active one, enables its indexes, drops removed ones.
  /// Returns the index diff. No schema id: the deployment has no schema from now on.
  outcome<value> activate_schema(transaction& tx, const std::optional<std::string>& schema_id);
  /// Takes up what an earlier process left undone: fills indexes, checks documents against a schema that is pending.
  outcome<void> resume_schema_change();
  /// The active schema as it was pushed, or null.
  value active_schema() const;

 private:
  struct impl;
  explicit database(std::unique_ptr<impl> i);
  /// Adds the old documents to new indexes, and marks those as filled.
  outcome<void> fill_indexes();
  /// Walks the documents if that schema is pending, and marks it as validated or failed.
  outcome<void> validate_schema(const std::string& schema_id, const schema& wanted);
  std::unique_ptr<impl> impl_;
};

}  // namespace hull::backend::database
