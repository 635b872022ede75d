// Results of queries, shared by everybody who asks the same: each runs once, and stays valid until something that it
// read is written. Knows no database and no runtime; both come in as functions.
#pragma once

#include "common/failure.hpp"
#include "functions/application.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace hull::backend::functions {

/// A finished run of a query with what the cache has to know about it.
struct query_run : query_outcome {
  std::string display;               ///< Text of the error for callers inside functions, without a request id.
  database::timestamp first_ts = 0;  ///< The snapshot of the run; `ts` is the newest one it was found valid for.
  std::int64_t wall_ns = 0;          ///< When it ran.
  bool observed_identity = false;
  bool observed_time = false;
};

/// What makes two calls the same call.
struct query_key {
  std::string path;      ///< Canonical.
  std::string args;      ///< Canonical JSON text.
  std::string identity;  ///< Canonical text of the caller; empty for nobody.
  std::string journal;
  bool internal_allowed = false;

  /// One text for all parts; the caller's identity only when asked for.
  std::string text(bool with_identity) const;
};

class query_cache {
 public:
  using run_pointer = std::shared_ptr<const query_run>;
  /// True when nothing that the run read changed in (from, to].
  using unchanged_check = std::function<bool(const query_run&, database::timestamp from, database::timestamp to)>;
  using runner = std::function<outcome<run_pointer>()>;

  query_cache(std::size_t max_bytes, unchanged_check unchanged);

  /// The result at `ts`, from the cache, from a run that is under way, or by calling `run`.
  outcome<run_pointer> get(const query_key& key, database::timestamp ts, std::int64_t now_ns, const runner& run);

  /// What can be known at once.
  struct glance {
    run_pointer run;         ///< The result, if the cache has it.
    bool under_way = false;  ///< It is being run for somebody else: `landed` will be called.
  };
  /// Called once by the thread that ran the query. Null: the result is of no use for this snapshot; call `get`.
  using landing = std::function<void(outcome<run_pointer>)>;
  glance look(const query_key& key, database::timestamp ts, std::int64_t now_ns, landing landed);

  std::size_t size_bytes() const;

 private:
  struct entry {
    run_pointer run;
    std::size_t bytes = 0;
    std::list<std::string>::iterator age;  ///< Position in `by_age_`, the freshest first.
  };
  struct flight {
    database::timestamp ts = 0;
    std::optional<outcome<run_pointer>> result;  ///< Set once it has landed.
    std::vector<landing> awaited_by;             ///< Who waits elsewhere.
  };

  /// The run as a result for `ts`, or null when it is none.
  run_pointer at(const run_pointer& run, database::timestamp ts, std::int64_t now_ns) const;
  /// `oldest`: what was last found valid before that time is left alone; to find out about it may take long.
  run_pointer find(const std::string& key, database::timestamp ts, std::int64_t now_ns, database::timestamp oldest);
  /// What is stored for this caller (`own`: the text of the key with the identity), or else for everybody.
  run_pointer find_for(const query_key& key, const std::string& own, database::timestamp ts, std::int64_t now_ns,
                       database::timestamp oldest = 0);
  void store(const std::string& key, run_pointer run);
  void erase(std::unordered_map<std::string, entry>::iterator position);
  outcome<run_pointer> fly(const query_key& key, database::timestamp ts, std::int64_t now_ns, const runner& run);
  outcome<run_pointer> land(const std::string& flight_key, const std::shared_ptr<flight>& mine,
                            outcome<run_pointer> result);

  const std::size_t max_bytes_;
  const unchanged_check unchanged_;

  mutable std::mutex mutex_;
  std::condition_variable landed_;
  std::unordered_map<std::string, entry> entries_;
  std::list<std::string> by_age_;
  std::unordered_map<std::string, std::shared_ptr<flight>> flights_;
  std::size_t bytes_ = 0;
};

}  // namespace hull::backend::functions
