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

  std::string path() const;  ///< Canonical: "messages:list", "m:default".
  value args() const;        ///< Put together at each call.

 private:
  friend class client;
  /// A query that can never run.
  struct refusal {
    std::string path;
    value args;
    query_state_ptr why;
  };
  watch(std::weak_ptr<detail::client_core> core, std::string path, value args);
  void refuse(std::string path, value args, error why);
  std::weak_ptr<detail::client_core> core_;
  sync::query_key key_;                     ///< Unless it was refused.
  std::shared_ptr<const refusal> refused_;  ///< Null when the query can run.
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/client.hpp>  // Bodies follow when both classes are known.
#endif
