// Bodies of blocking.hpp.
#pragma once

#include <hull/client/blocking.hpp>
#include <hull/client/signal_block.hpp>
#include <hull/net/give_up.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace hull::detail {

/// A call that a thread waits for.
struct blocking_call {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<result<value>> outcome;
  std::exception_ptr thrown;  ///< By a predicate; set before the outcome.

  // For the client's thread alone.
  boost::asio::cancellation_signal stop;
  subscription watching;

  void finish(result<value> r) {
    const std::lock_guard lock(mutex);
    if (!outcome) outcome.emplace(std::move(r));
    done.notify_all();
  }
};

/// The thread, its loop and the client that lives there. The thread keeps it alive, too.
class blocking_core : public std::enable_shared_from_this<blocking_core> {
 public:
  using call_ptr = std::shared_ptr<blocking_call>;
  using beginning = std::function<void(client&, const call_ptr&)>;

  blocking_core(std::string url, client_options options)
      : log_(options.log), client_(context_.get_executor(), std::move(url), std::move(options)) {}

  void start();
  void close();
  void end();
  /// Runs this on the client's thread, after what was posted before; false when everything is over.
  bool post(std::function<void(client&)> f);
  result<value> wait(time_limit limit, const beginning& begin);
  void follow(const call_ptr& call, std::string path, value args, std::function<bool(const value&)> predicate);

 private:
  void run();
  bool is_own_thread() const noexcept { return own_id_ == std::this_thread::get_id(); }
  void drop(const call_ptr& call);
  static error closed() { return {errc::closed, "The client was closed.", {}, {}}; }

  log_sink log_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  client client_;               ///< Made before the thread starts, then used by it alone.
  std::set<call_ptr> follows_;  ///< Of the client's thread: a client that is closed does not tell its watchers.
  std::mutex mutex_;
  bool is_closed_ = false;
  std::atomic<std::thread::id> own_id_{};
  std::thread thread_;
};

HULL_INLINE void blocking_core::start() {
  const signal_block quiet;
  thread_ = std::thread([self = shared_from_this()] { self->run(); });
}

HULL_INLINE void blocking_core::run() {
  own_id_ = std::this_thread::get_id();
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {
      // Of a callback; there is nobody else whom it could reach.
      if (log_) log_(log_level::error, std::string("A callback of a blocking_client threw: ") + e.what());
    } catch (...) {
      if (log_) log_(log_level::error, "A callback of a blocking_client threw something unknown.");
    }
  }
}

HULL_INLINE bool blocking_core::post(std::function<void(client&)> f) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return false;
  boost::asio::post(context_, [self = shared_from_this(), f = std::move(f)] { f(self->client_); });
  return true;
}

HULL_INLINE void blocking_core::close() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_closed_, true)) return;
  boost::asio::post(context_, [self = shared_from_this()] {
    self->client_.close();  // Ends all calls but those that follow a query.
    for (const auto& call : std::exchange(self->follows_, {})) {
      call->watching.reset();
      call->finish(closed());
    }
    self->work_.reset();
  });
}

HULL_INLINE void blocking_core::end() {
  close();
  if (is_own_thread())
    thread_.detach();  // It cannot wait for itself; it ends when the callback has returned.
  else
    thread_.join();
}

HULL_INLINE result<value> blocking_core::wait(time_limit limit, const beginning& begin) {
  if (is_own_thread())
    return error{errc::bad_argument,
                 "A blocking_client was called inside one of its own callbacks, where the call would wait for itself. "
                 "Call it from another thread, or use hull::client.",
                 {},
                 {}};
  constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);  // Longer limits overflow the clock.
  const auto start = std::chrono::steady_clock::now();
  const auto call = std::make_shared<blocking_call>();
  if (!post([begin, call](client& c) { begin(c, call); })) return closed();
  std::unique_lock lock(call->mutex);
  const auto is_done = [&] { return call->outcome.has_value(); };
  if (!limit) {
    call->done.wait(lock, is_done);
  } else if (!call->done.wait_until(lock, start + std::min(*limit, longest), is_done)) {
    lock.unlock();
    post([self = shared_from_this(), call](client&) {
      net::give_up(call->stop);
      self->drop(call);
    });
    return error{errc::timed_out, "No answer within " + std::to_string(limit->count()) + " ms.", {}, {}};
  }
  if (call->thrown) std::rethrow_exception(call->thrown);
  return std::move(*call->outcome);
}

HULL_INLINE void blocking_core::drop(const call_ptr& call) {
  call->watching.reset();
  follows_.erase(call);
}

HULL_INLINE void blocking_core::follow(const call_ptr& call, std::string path, value args,
                                       std::function<bool(const value&)> predicate) {
  follows_.insert(call);
  watch query = client_.watch_query(std::move(path), std::move(args));
  call->watching = query.on_change([this, call, predicate = std::move(predicate)](const query_state_ptr& state) {
    const call_ptr kept = call;  // Dropping it ends this callback's own life.
    try {
      if (state->failure && state->state == query_state::status::error)
        kept->finish(*state->failure);
      else if (const value* now = state->current(); now && predicate(*now))
        kept->finish(*now);
      else
        return;
    } catch (...) {
      kept->thrown = std::current_exception();
      kept->finish(value());
    }
    drop(kept);
  });
}

}  // namespace hull::detail

namespace hull {

HULL_INLINE blocking_client::blocking_client(std::string url, client_options options)
    : core_(std::make_shared<detail::blocking_core>(std::move(url), std::move(options))) {
  core_->start();
}

HULL_INLINE blocking_client::~blocking_client() { core_->end(); }

HULL_INLINE void blocking_client::close() { core_->close(); }

HULL_INLINE result<value> blocking_client::query(std::string path, value args, time_limit limit) {
  return core_->wait(limit, [=](client& c, const std::shared_ptr<detail::blocking_call>& call) {
    c.query(path, args, boost::asio::bind_cancellation_slot(call->stop.slot(), [call](result<value> r) {
              call->finish(std::move(r));
            }));
  });
}

HULL_INLINE result<value> blocking_client::mutation(std::string path, value args, time_limit limit) {
  return mutation(std::move(path), std::move(args), mutation_options{}, limit);
}

HULL_INLINE result<value> blocking_client::mutation(std::string path, value args, mutation_options options,
                                                    time_limit limit) {
  return core_->wait(limit, [=](client& c, const std::shared_ptr<detail::blocking_call>& call) {
    c.mutation(path, args, options, boost::asio::bind_cancellation_slot(call->stop.slot(), [call](result<value> r) {
                 call->finish(std::move(r));
               }));
  });
}

HULL_INLINE result<value> blocking_client::action(std::string path, value args, time_limit limit) {
  return core_->wait(limit, [=](client& c, const std::shared_ptr<detail::blocking_call>& call) {
    c.action(path, args, boost::asio::bind_cancellation_slot(call->stop.slot(), [call](result<value> r) {
               call->finish(std::move(r));
             }));
  });
}

HULL_INLINE result<value> blocking_client::wait_for(std::string path, value args,
                                                    std::function<bool(const value&)> predicate, time_limit limit) {
  return core_->wait(limit, [=, core = core_.get()](client&, const std::shared_ptr<detail::blocking_call>& call) {
    core->follow(call, path, args, predicate);
  });
}

HULL_INLINE void blocking_client::set_auth(token_source source, std::function<void(bool)> on_change) {
  core_->post([=](client& c) { c.set_auth(source, on_change); });
}

HULL_INLINE void blocking_client::set_auth(std::string token) {
  core_->post([=](client& c) { c.set_auth(token); });
}

HULL_INLINE void blocking_client::set_admin_auth(std::string admin_key, std::optional<value> acting_as) {
  core_->post([=](client& c) { c.set_admin_auth(admin_key, acting_as); });
}

HULL_INLINE void blocking_client::clear_auth() {
  core_->post([](client& c) { c.clear_auth(); });
}

HULL_INLINE void blocking_client::reconnect_now() {
  core_->post([](client& c) { c.reconnect_now(); });
}

HULL_INLINE result<connection_state> blocking_client::state() {
  const auto seen = std::make_shared<connection_state>();
  const auto waited = core_->wait({}, [seen](client& c, const std::shared_ptr<detail::blocking_call>& call) {
    *seen = c.state();
    call->finish(value());
  });
  if (waited.has_error()) return waited.error();
  return std::move(*seen);
}

}  // namespace hull
