// The I/O thread's side of a call over HTTP, and the way back home.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/net/http.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace hull::detail {

/// The way to a home executor, which may be gone once this is shut. Used by both threads, hence the mutex.
class home_door {
 public:
  explicit home_door(boost::asio::any_io_executor home) : home_(std::move(home)) {}
  template <class F>
  void post(F f) {
    const std::lock_guard lock(mutex_);
    if (home_) boost::asio::post(*home_, std::move(f));
  }
  void shut() {
    const std::lock_guard lock(mutex_);
    home_.reset();
  }

 private:
  std::mutex mutex_;
  std::optional<boost::asio::any_io_executor> home_;
};

/// What one call does on the I/O thread: one request, or several in turn.
class http_flight : public std::enable_shared_from_this<http_flight> {
 public:
  using answer_function = std::function<void(result<net::http_response>)>;

  http_flight(boost::asio::any_io_executor io, std::shared_ptr<net::http_transport> transport, std::shared_ptr<home_door> door)
      : io_(std::move(io)), transport_(std::move(transport)), door_(std::move(door)) {}

  /// `next` is called on the I/O thread. One request at a time.
  void send(net::http_request request, answer_function next);
  /// Ends the request under way; those that come later fail.
  void cancel();
  home_door& door() noexcept { return *door_; }

 private:
  boost::asio::any_io_executor io_;
  std::shared_ptr<net::http_transport> transport_;
  std::shared_ptr<home_door> door_;
  boost::asio::cancellation_signal signal_;
  bool is_cancelled_ = false;
};

/// Progress on its way home: the newest, not every one, and none twice in a row.
class progress_relay : public std::enable_shared_from_this<progress_relay> {
 public:
  using callback = std::function<void(std::uint64_t done, std::optional<std::uint64_t> total)>;
  explicit progress_relay(callback tell) : tell_(std::move(tell)) {}
  /// On the I/O thread.
  void report(home_door& door, std::uint64_t done, std::optional<std::uint64_t> total);
  /// At home: from now on nothing is told.
  void stop() { tell_ = nullptr; }

 private:
  callback tell_;                                                                ///< Only touched at home.
  std::optional<std::pair<std::uint64_t, std::optional<std::uint64_t>>> told_;  ///< Only touched at home.
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  std::optional<std::uint64_t> total_;
  bool is_posted_ = false;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/http_flight.ipp>
#endif
