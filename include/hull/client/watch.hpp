// A live query, seen from one place.
#pragma once

#include <hull/client/subscription.hpp>
#include <hull/config.hpp>
#include <hull/sync/query_key.hpp>
#include <hull/sync/query_state.hpp>
#include <hull/value/value.hpp>

#include <functional>
#include <memory>
#include <string>

namespace hull {

namespace detail {
class client_core;
}

/// Cheap handle: path and arguments of one query of one client. The query is live while at least one subscription
/// of any watch of it exists. Use on the client's home executor.
class watch {
 public:
  /// What is known now; `loading` when nobody subscribes. Never null, never blocks. A bad path or bad arguments show
  /// as an error with errc::bad_argument.
  query_state_ptr current() const;

  /// Calls back after every commit that changed this query, on the home executor. A value that is already known is
  /// delivered once, soon after (never inside this call).
  [[nodiscard]] subscription on_change(std::function<void(const query_state_ptr&)> callback);

  const std::string& path() const noexcept { return path_; }
  const value& args() const noexcept { return args_; }

 private:
  friend class client;
  watch(std::weak_ptr<detail::client_core> core, std::string path, value args);
  std::weak_ptr<detail::client_core> core_;
  std::string path_;
  value args_;
  sync::query_key key_;
  query_state_ptr refused_;  ///< Why this query can never run; null when it can.
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/client.hpp>  // Bodies follow when both classes are known.
#endif
