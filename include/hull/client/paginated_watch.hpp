// A live, paginated list, seen from one place.
#pragma once

#include <hull/client/subscription.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/sync/paging.hpp>
#include <hull/value/value.hpp>

#include <functional>
#include <memory>
#include <string>

namespace hull {

namespace detail {
class client_core;
class pages_core;
}  // namespace detail

struct pages_options {
  double initial_items = 20;     ///< Rows of the first page.
  bool keep_previous = false;    ///< While other arguments load, the rows of the earlier ones stay (is_previous).
  bool queue_load_more = false;  ///< load_more() while a page loads is remembered instead of refused.
};

/// Owns the live queries of a list's pages: they end with it. Move-only; use on the client's home executor. It may
/// outlive the client, and may be destroyed inside its own callback.
class paginated_watch {
 public:
  paginated_watch() = default;

  /// What is known now. Never null, never blocks. Bad arguments show as an error with errc::bad_argument.
  paginated_state_ptr current() const;
  /// Asks for about this many rows more. False when nothing can be asked for now: a page is loading (see
  /// pages_options::queue_load_more), everything is there, or the list failed.
  bool load_more(double items);
  /// Starts over with the first page.
  void reset();
  /// Lists with other arguments, or nothing at all. Equal arguments change nothing.
  void set_args(value args);
  void skip();

  /// Calls back when the list changed, at most once per commit, after all plain watches of that commit. What is
  /// known already is delivered once, soon after (never inside this call).
  [[nodiscard]] subscription on_change(std::function<void(const paginated_state_ptr&)> callback);

 private:
  friend class client;
  explicit paginated_watch(std::shared_ptr<detail::pages_core> core) : core_(std::move(core)) {}
  std::shared_ptr<detail::pages_core> core_;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/client.hpp>  // Bodies follow when both classes are known.
#endif
