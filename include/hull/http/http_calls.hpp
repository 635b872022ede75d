// Calls over HTTP as their home sees them: begun, cancelled, completed.
#pragma once

#include <hull/client/io_thread.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/http/http_flight.hpp>
#include <hull/http/http_options.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

namespace hull::detail {

/// Somebody who waits for an outcome, of whatever type.
class waiting_call {
 public:
  virtual ~waiting_call() = default;
  /// First home, never inside the call or the callback that is running; then wherever the handler wants to be.
  virtual void fail(const boost::asio::any_io_executor& home, error why) = 0;
  std::shared_ptr<http_flight> flight;           ///< Null before the I/O thread was asked for anything.
  std::shared_ptr<progress_relay> progress;      ///< May be null.
};

template <class T>
class waiting_call_for final : public waiting_call {
 public:
  using handler_type = boost::asio::any_completion_handler<void(result<T>)>;
  waiting_call_for(handler_type handler, const boost::asio::any_io_executor& home)
      : handler_(std::move(handler)),
        home_work_(home),
        work_(boost::asio::any_completion_executor(boost::asio::get_associated_executor(handler_, home))) {}
  void fail(const boost::asio::any_io_executor& home, error why) override { complete(home, std::move(why)); }
  void complete(const boost::asio::any_io_executor& home, result<T> outcome) {
    boost::asio::post(home, [handler = std::move(handler_), work = std::move(work_), outcome = std::move(outcome)]() mutable {
      const boost::asio::any_completion_executor executor = work.get_executor();
      boost::asio::dispatch(executor, [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
        if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
        std::move(handler)(std::move(outcome));
      });
    });
  }

 private:
  handler_type handler_;
  boost::asio::executor_work_guard<boost::asio::any_io_executor> home_work_;  ///< Where the outcome arrives first.
  boost::asio::executor_work_guard<boost::asio::any_completion_executor> work_;
};

class http_calls : public std::enable_shared_from_this<http_calls> {
 public:
  using call_id = std::uint64_t;
  http_calls(boost::asio::any_io_executor home, http_client_options options);
  virtual ~http_calls() = default;

  const http_client_options& options() const noexcept { return options_; }
  void close();
  bool is_closed() const noexcept { return is_closed_; }

  /// The handler's executor does not run out of work before the call is over. After close() the call fails at once.
  template <class T>
  call_id begin(typename waiting_call_for<T>::handler_type handler) {
    const call_id id = ++last_id_;
    if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
      slot.assign([weak = weak_from_this(), home = home_, id](boost::asio::cancellation_type kind) {
        if (kind == boost::asio::cancellation_type::none) return;
        boost::asio::dispatch(home, [weak, id] {
          if (const auto self = weak.lock()) self->fail(id, error{errc::cancelled, "The call was cancelled.", {}, {}});
        });
      });
    }
    calls_.emplace(id, std::make_unique<waiting_call_for<T>>(std::move(handler), home_));
    if (is_closed_) fail(id, error{errc::closed, "The client was closed.", {}, {}});
    return id;
  }
  bool is_waiting(call_id id) const { return calls_.contains(id); }
  template <class T>
  void complete(call_id id, result<T> outcome) {
    if (auto call = take(id)) static_cast<waiting_call_for<T>&>(*call).complete(home_, std::move(outcome));
  }
  /// Also ends what the I/O thread does for the call.
  void fail(call_id id, error why);

  /// Runs `work` on the I/O thread, on behalf of a call (0: of the client itself).
  void run(call_id id, std::function<void(const std::shared_ptr<http_flight>&)> work, std::shared_ptr<progress_relay> progress = nullptr);
  void log_all(const std::vector<std::pair<log_level, std::string>>& lines) const;

 protected:
  /// A call is over, whatever came of it.
  virtual void on_over(call_id) {}
  virtual void on_close() {}

 private:
  std::unique_ptr<waiting_call> take(call_id id);

  std::shared_ptr<io_thread> io_;  ///< Outlives the connections that `transport_` keeps.
  boost::asio::any_io_executor home_;
  http_client_options options_;
  std::shared_ptr<home_door> door_;
  std::shared_ptr<net::http_transport> transport_;
  std::unordered_map<call_id, std::unique_ptr<waiting_call>> calls_;
  call_id last_id_ = 0;
  bool is_closed_ = false;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/http_calls.ipp>
#endif
