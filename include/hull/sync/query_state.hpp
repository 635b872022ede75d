// What a watcher of a query sees.
#pragma once

#include <hull/error.hpp>
#include <hull/rare.hpp>
#include <hull/value/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull {

/// State of one live query. Immutable; a new commit makes a new one.
struct query_state {
  /// `loading`: nothing is known yet. `ready`: `last_value` is the result. `error`: the query failed, see `failure`.
  enum class status { loading, ready, error };
  status state = status::loading;  ///< Which of the members below count.
  bool is_optimistic = false;  ///< An optimistic layer shaped the value.
  /// Shown from before a reconnect, not confirmed since. Going stale and being confirmed with an equal value are
  /// no commits: read `watch::current()` again when the connection state changes.
  bool is_stale = false;
  /// From a result_store: the deployment has not spoken of this query yet. Its first word is a commit, even when it
  /// says the same. Implies is_stale.
  bool is_last_known = false;
  std::optional<value> last_value;  ///< The newest good value; stays beside an error.
  rare<hull::error> failure;        ///< Set when `state` is error.
  std::vector<std::string> log_lines;  ///< What the function logged, "[LEVEL] text"; empty in production.

  /// The value to show; null while loading or failed. Lives as long as this state.
  const value* current() const noexcept { return state == status::ready && last_value ? &*last_value : nullptr; }
};

using query_state_ptr = std::shared_ptr<const query_state>;

}  // namespace hull
