// Something on top of a client that is made of several queries and shows them as one: a list of pages, a group.
#pragma once

#include <hull/sync/query_key.hpp>

namespace hull::detail {

/// A commit first brings every view up to date, then calls the watches, then lets the views speak: whoever looks at
/// a view from any callback sees all of the commit.
class view {
 public:
  view() = default;
  view(const view&) = delete;
  view& operator=(const view&) = delete;
  virtual ~view() = default;

  /// This query of the view changed. Calls nobody.
  virtual void touch(const sync::query_key& query) = 0;
  /// All of the commit has been touched. Calls nobody; may watch and unwatch queries.
  virtual void settle() = 0;
  /// Now its own callbacks may run.
  virtual void tell() = 0;

  bool is_touched = false;  ///< Part of the commit that is being delivered.
};

}  // namespace hull::detail
