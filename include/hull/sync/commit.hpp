// One batch of changed queries: the only way in which results reach observers.
#pragma once

#include <hull/config.hpp>
#include <hull/sync/query_table.hpp>

#include <vector>

namespace hull::sync {

/// Queries whose state changed together. Observers see all of it or nothing.
struct commit {
  struct change {
    query_key query;
    query_state_ptr state;  ///< Never null.
    watcher_tag watcher = no_watcher;
  };
  std::vector<change> changed;
};

/// Shared state of a query about which nothing is known.
const query_state_ptr& loading_state();

/// Collects the queries that a step of the engine touched and, at its end, which of them really look different.
class change_set {
 public:
  void touch(query_record& record);
  /// What watchers shall see, newest layer first, else the server's word; marks results from an earlier epoch.
  static query_state_ptr present(const query_record& record, std::uint32_t epoch);
  /// Ends the step: updates what is shown and forgets records that nobody needs any more.
  commit take(query_table& table, std::uint32_t epoch);

 private:
  std::vector<query_record*> touched_;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/commit.ipp>
#endif
