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

/// How a list is loaded.
struct pages_options {
  /// Rows of the first page. A page that grows beyond twice this many is split. Deployments refuse 0.
  double initial_items = 20;
  /// While other arguments load, and after a reset, the earlier rows stay (paginated_state::is_previous).
  bool keep_previous = false;
  /// load_more() while a page loads is remembered instead of refused; of several the last one counts.
  bool queue_load_more = false;
};

/// Owns the live queries of a list's pages: they end with it. Move-only; use on the client's home executor. It may
/// outlive the client, and may be destroyed inside its own callback.
///
/// A list that failed heals by itself when the page that failed gives a result; its rows stay until then. When the
/// deployment refuses a cursor because the query changed, the list starts over.
class paginated_watch {
 public:
  paginated_watch() = default;
  /// The list goes on unchanged; its subscriptions stay.
  paginated_watch(paginated_watch&&) noexcept = default;
  /// The list that was here ends.
  paginated_watch& operator=(paginated_watch&&) noexcept = default;

  /// What is known now. Never null, never blocks. Bad arguments show as an error with errc::bad_argument. In any
  /// callback it already shows all of the commit that is being delivered.
  paginated_state_ptr current() const;
  /// Asks for about this many rows more. False when nothing can be asked for now: a page is loading (see
  /// pages_options::queue_load_more), everything is there, the list failed, or `items` is no positive number.
  bool load_more(double items);
  /// Starts over with the first page.
  void reset();
  /// Lists with other arguments. Equal arguments change nothing.
  void set_args(value args);
  /// Lists nothing, and asks the deployment for nothing, until set_args.
  void skip();

  /// Calls back when the list changed: at most once per commit, after all plain watches of that commit, and inside
  /// load_more, reset, set_args and skip. What is known already is delivered once, soon after (never inside this
  /// call). Going stale alone is no change, as with watch.
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
