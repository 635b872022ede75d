// What a watcher of a query sees.
#pragma once

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull {

/// State of one live query. Immutable; a new commit makes a new one.
struct query_state {
  enum class status { loading, ready, error };
  status state = status::loading;
  bool is_optimistic = false;               ///< An optimistic layer shaped the value.
  /// Shown from before a reconnect, not confirmed since. Going stale and being confirmed with an equal value are
  /// no commits: read `watch::current()` again when the connection state changes.
  bool is_stale = false;
  std::optional<value> last_value;          ///< The newest good value; stays beside an error.
  std::optional<hull::error> failure;       ///< Set when `state` is error.
  std::vector<std::string> log_lines;

  const value* current() const noexcept { return state == status::ready && last_value ? &*last_value : nullptr; }
};

using query_state_ptr = std::shared_ptr<const query_state>;

}  // namespace hull
