// A live query whose values are C++ objects.
#pragma once

#include <hull/client/typed_result.hpp>
#include <hull/client/watch.hpp>
#include <hull/value/convert.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace hull {

/// As query_state, with the value converted. Immutable.
template <class Result>
struct typed_state {
  /// As in query_state; a value that does not fit makes it error.
  query_state::status state = query_state::status::loading;
  std::shared_ptr<const Result> last_value;  ///< The newest value that fits; stays beside an error. Null before one.
  /// Set when `state` is error. errc::bad_value: the result does not fit its C++ type; the message says where.
  std::optional<hull::error> failure;
  query_state_ptr raw;  ///< What was converted, with log lines, is_optimistic and is_stale. Never null.

  /// The value to show, null while loading or failed. Lives as long as this state.
  const Result* current() const noexcept { return state == query_state::status::ready ? last_value.get() : nullptr; }
};

template <class Result>
using typed_state_ptr = std::shared_ptr<const typed_state<Result>>;

namespace detail {

/// Converts each state once, and a value that several states share once.
template <class Result>
class typed_view {
 public:
  explicit typed_view(std::string path) : path_(std::move(path)) {}

  const typed_state_ptr<Result>& of(const query_state_ptr& raw) {
    if (shown_ && shown_->raw == raw) return shown_;
    auto next = std::make_shared<typed_state<Result>>();
    next->raw = raw;
    next->state = raw->state;
    next->failure = raw->failure;
    if (raw->last_value) {
      convert(*raw->last_value);
      next->last_value = value_;
      if (flaw_ && next->state == query_state::status::ready) {
        next->state = query_state::status::error;
        next->failure = flaw_;
      }
    } else {
      source_.reset();
      value_.reset();
    }
    return shown_ = std::move(next);
  }

 private:
  void convert(const value& from) {
    if (source_ && source_->same_as(from)) return;
    source_ = from;
    flaw_.reset();
    auto read = from_value<Result>(from);
    if (read.has_value()) {
      value_ = std::make_shared<const Result>(std::move(*read));
    } else {
      flaw_ = with_prefix(read.error(), "The result of ", path_);
    }
  }

  std::string path_;
  typed_state_ptr<Result> shown_;
  std::optional<value> source_;
  std::shared_ptr<const Result> value_;
  std::optional<error> flaw_;  ///< Why source_ could not be converted; value_ is then an earlier one.
};

}  // namespace detail

/// As hull::watch. Copies, and what subscribed through them, share one conversion per value. Use it on the client's
/// home executor.
template <class Result>
class typed_watch {
 public:
  /// Gives a type to a watch that has none.
  explicit typed_watch(watch untyped)
      : watch_(std::move(untyped)), view_(std::make_shared<detail::typed_view<Result>>(watch_.path())) {}

  /// What is known now; never null, never blocks.
  typed_state_ptr<Result> current() const { return view_->of(watch_.current()); }

  /// As watch::on_change.
  [[nodiscard]] subscription on_change(std::function<void(const typed_state_ptr<Result>&)> callback) {
    return watch_.on_change([view = view_, callback = std::move(callback)](const query_state_ptr& raw) {
      const typed_state_ptr<Result> state = view->of(raw);  // A copy: the callback may look at a newer one.
      callback(state);
    });
  }

  /// The watch underneath: path, arguments and unconverted states.
  const watch& untyped() const noexcept { return watch_; }

 private:
  watch watch_;
  std::shared_ptr<detail::typed_view<Result>> view_;
};

}  // namespace hull
