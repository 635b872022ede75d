// Several live queries under names of one's own, as one thing: what a screen shows.
#pragma once

#include <hull/client/subscription.hpp>
#include <hull/config.hpp>
#include <hull/sync/query_state.hpp>
#include <hull/value/value.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hull {

namespace detail {
class group_core;
}

/// What is asked for under one name.
struct group_query {
  std::string path;       ///< "messages:list".
  value args = object{};  ///< Must be an object.
  bool skip = false;  ///< Ask for nothing; shows as `loading` also when a value is known.
  /// When this name had another query before, show its value until there is a result for this one.
  bool keep_previous = false;
};
/// By name.
using group_queries = std::map<std::string, group_query, std::less<>>;

/// What one name shows.
struct group_result {
  query_state_ptr state;     ///< Never null. A bad path or bad arguments show as an error with errc::bad_argument.
  bool is_previous = false;  ///< With keep_previous: the state is that of the query before.
};

/// Owns the live queries of a group: they end with it. Names with equal queries share one subscription, also with
/// watches elsewhere. Move-only; use on the client's home executor. It may outlive the client, and may be destroyed
/// inside its own callback.
class watch_group {
 public:
  watch_group() = default;
  /// The group goes on unchanged; its subscriptions stay.
  watch_group(watch_group&&) noexcept = default;
  /// The group that was here ends.
  watch_group& operator=(watch_group&&) noexcept = default;

  /// The group is these queries from now on. What was asked for before and is still wanted stays as it is, equal
  /// arguments in another object too; new queries begin before old ones end. Calls nobody about it: read `current`.
  void set_queries(group_queries queries);

  /// What this name shows now: `loading` for a name that is not in the group. In any callback it already shows all of
  /// the commit that is being delivered.
  group_result current(std::string_view name) const;
  /// The same for all names.
  std::map<std::string, group_result, std::less<>> results() const;

  /// Calls back with the names whose results changed: once per commit, after all plain watches of that commit. What
  /// is known already is delivered once, soon after (never inside this call).
  [[nodiscard]] subscription on_change(std::function<void(const std::vector<std::string>& changed)> callback);

 private:
  friend class client;
  explicit watch_group(std::shared_ptr<detail::group_core> core) : core_(std::move(core)) {}
  std::shared_ptr<detail::group_core> core_;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/client.hpp>  // Bodies follow when both classes are known.
#endif
