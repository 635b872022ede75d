// The thin side that waits: sockets, frames and the timer of one client, on the I/O thread. Decides nothing.
#pragma once

#include <hull/client/offline.hpp>
#include <hull/config.hpp>
#include <hull/log.hpp>
#include <hull/net/websocket.hpp>
#include <hull/sync/inbound.hpp>
#include <hull/sync/input.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hull::detail {

struct log_line {
  log_level level = log_level::info;
  std::string text;
};
using news = std::variant<sync::input_event, log_line>;

/// What the I/O thread found out, on its way to the home executor: moved once, in order, with one wake-up for as
/// much as came in between. Waking another thread costs more than handling a small transition, so whoever knows that
/// more is coming waits with the wake-up. The only thing that both sides touch, hence the mutex.
class inbox {
 public:
  /// `wake` is posted to `home` when there is something to take.
  inbox(boost::asio::any_io_executor home, std::function<void()> wake) : home_(std::move(home)), wake_(std::move(wake)) {}

  /// False when so much is waiting that the reader should pause.
  bool push(news item, bool wake_up = true);
  /// Tells home about what was pushed without waking it.
  void wake();
  /// Exchanges `items`, which is empty, for everything that is waiting: two lists go to and fro, so that none grows
  /// anew. True when it was full: the reader may be pausing.
  bool take(std::vector<news>& items);
  /// From now on nothing is accepted and nothing is posted.
  void shut();

 private:
  static constexpr std::size_t enough = 512;
  std::mutex mutex_;
  std::optional<boost::asio::any_io_executor> home_;
  void post_wake();

  std::function<void()> wake_;
  std::vector<news> items_;
  bool is_wake_posted_ = false;
};

struct driver_options {
  net::websocket_target target;
  std::shared_ptr<net::websocket_factory> sockets;
  std::shared_ptr<hull::outbox> outbox;          ///< May be null.
  std::shared_ptr<result_store> results;   ///< May be null.
  std::size_t max_remembered_bytes = 0;    ///< As in client_options.
};

/// The public functions may be called from the home executor; each continues on the I/O thread.
class driver : public std::enable_shared_from_this<driver> {
 public:
  driver(boost::asio::io_context& io, std::shared_ptr<inbox> home, driver_options options);

  void open(sync::socket_id socket);
  void close(sync::socket_id socket);
  void send(sync::socket_id socket, protocol::client_message message);
  /// Before the `send` of the same mutation: what is sent has been recorded.
  void record(outbox::entry entry);
  void forget(protocol::request_id request);
  void save(std::string token, value result);
  void arm(std::chrono::steady_clock::time_point at);
  void resume_reading();
  void shut_down();

  /// Bytes of messages so far.
  std::uint64_t received() const noexcept { return received_.load(std::memory_order_relaxed); }
  std::uint64_t sent() const noexcept { return sent_.load(std::memory_order_relaxed); }

 private:
  void do_open(sync::socket_id socket);
  void do_close();
  void read_next();
  void on_frame(std::string_view frame);
  /// Wakes home as soon as the frames that have already arrived are handled.
  void wake_after_burst();
  void look_at_burst();
  void write_next();
  void lost(sync::socket_id socket);
  template <class F>
  void on_io(F f);

  boost::asio::io_context& io_;
  std::shared_ptr<inbox> home_;
  driver_options options_;
  boost::asio::steady_timer timer_;

  sync::socket_id socket_id_ = 0;
  std::shared_ptr<net::websocket> socket_;
  std::optional<sync::inbound> inbound_;
  std::deque<std::string> outgoing_;
  bool is_writing_ = false;
  bool is_paused_ = false;
  bool is_wake_due_ = false;
  std::size_t burst_ = 0;       ///< Messages since home was woken.
  std::size_t burst_seen_ = 0;  ///< As of the last look.
  unsigned idle_looks_ = 0;
  std::atomic<std::uint64_t> received_ = 0;  ///< Written on the I/O thread, read on any.
  std::atomic<std::uint64_t> sent_ = 0;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/driver.ipp>
#endif
