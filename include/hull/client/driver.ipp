// Bodies of driver.hpp.
#pragma once

#include <hull/client/driver.hpp>
#include <hull/protocol/codec.hpp>

#include <boost/asio/post.hpp>

#include <utility>

namespace hull::detail {

HULL_INLINE bool inbox::push(news item, bool wake_up) {
  const std::lock_guard lock(mutex_);
  if (!home_) return true;
  items_.push_back(std::move(item));
  if (wake_up) post_wake();
  return items_.size() < enough;
}

HULL_INLINE void inbox::wake() {
  const std::lock_guard lock(mutex_);
  if (home_) post_wake();
}

HULL_INLINE void inbox::post_wake() {
  // Under the lock: after shut() nobody may touch the executor.
  if (!items_.empty() && !std::exchange(is_wake_posted_, true)) boost::asio::post(*home_, wake_);
}

HULL_INLINE bool inbox::take(std::vector<news>& items) {
  const std::lock_guard lock(mutex_);
  is_wake_posted_ = false;
  items_.swap(items);
  return items.size() >= enough;
}

HULL_INLINE void inbox::shut() {
  const std::lock_guard lock(mutex_);
  home_.reset();
  wake_ = nullptr;
  items_.clear();
}

HULL_INLINE driver::driver(boost::asio::io_context& io, std::shared_ptr<inbox> home, driver_options options)
    : io_(io), home_(std::move(home)), options_(std::move(options)), timer_(io) {}

template <class F>
void driver::on_io(F f) {
  boost::asio::post(io_, [self = shared_from_this(), f = std::move(f)]() mutable { f(*self); });
}

HULL_INLINE void driver::open(sync::socket_id socket) {
  on_io([socket](driver& d) { d.do_open(socket); });
}

HULL_INLINE void driver::close(sync::socket_id socket) {
  on_io([socket](driver& d) {
    if (d.socket_id_ == socket) d.do_close();
  });
}

HULL_INLINE void driver::send(sync::socket_id socket, protocol::client_message message) {
  on_io([socket, message = std::move(message)](driver& d) {
    if (d.socket_id_ != socket || !d.socket_) return;
    d.outgoing_.push_back(protocol::encode(message));
    if (!d.is_writing_) d.write_next();
  });
}

HULL_INLINE void driver::record(outbox::entry entry) {
  on_io([entry = std::move(entry)](driver& d) mutable {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    entry.recorded_at_ms = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
    const auto recorded = d.options_.outbox->record(entry);
    if (recorded.has_error())
      d.home_->push(log_line{log_level::error, "The mutation " + entry.path + " will not survive this process: " + recorded.error().message});
  });
}

HULL_INLINE void driver::forget(protocol::request_id request) {
  on_io([request](driver& d) { d.options_.outbox->forget(request); });
}

HULL_INLINE void driver::save(std::string token, value result) {
  on_io([token = std::move(token), result = std::move(result)](driver& d) { d.options_.results->save(token, result); });
}

HULL_INLINE void driver::arm(std::chrono::steady_clock::time_point at) {
  on_io([at](driver& d) {
    d.timer_.expires_at(at);
    d.timer_.async_wait([self = d.shared_from_this()](boost::system::error_code ec) {
      if (!ec) self->home_->push(sync::input_event(sync::input::timer{}));
    });
  });
}

HULL_INLINE void driver::resume_reading() {
  on_io([](driver& d) {
    if (std::exchange(d.is_paused_, false)) d.read_next();
  });
}

HULL_INLINE void driver::shut_down() {
  on_io([](driver& d) {
    d.timer_.cancel();
    d.do_close();
    if (d.options_.outbox) d.options_.outbox->release();
  });
}

HULL_INLINE void driver::do_open(sync::socket_id socket) {
  do_close();
  socket_id_ = socket;
  socket_ = options_.sockets->make(io_.get_executor());
  inbound_.emplace(options_.target.max_message_bytes, options_.max_remembered_bytes);
  socket_->async_open(options_.target, net::websocket::open_handler([self = shared_from_this(), socket](boost::system::error_code ec) {
                        if (self->socket_id_ != socket || !self->socket_) return;
                        if (ec) return self->lost(socket);
                        if (std::string notice = self->socket_->upgrade_notice(); !notice.empty())
                          self->home_->push(log_line{log_level::warning, "The deployment says: " + std::move(notice)});
                        const auto wall = std::chrono::system_clock::now().time_since_epoch();
                        self->home_->push(sync::input_event(sync::input::socket_opened{
                            socket, std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()}));
                        self->read_next();
                      }));
}

HULL_INLINE void driver::do_close() {
  socket_id_ = 0;
  outgoing_.clear();
  is_writing_ = is_paused_ = false;
  inbound_.reset();
  if (auto socket = std::exchange(socket_, nullptr)) socket->close();
}

HULL_INLINE void driver::read_next() {
  if (!socket_) return;
  socket_->async_read(net::websocket::read_handler(
      [self = shared_from_this(), socket = socket_id_](boost::system::error_code ec, std::string_view frame) {
        if (self->socket_id_ != socket || !self->socket_) return;
        if (ec) return self->lost(socket);
        self->on_frame(frame);
      }));
}

HULL_INLINE void driver::on_frame(std::string_view frame) {
  received_.fetch_add(frame.size(), std::memory_order_relaxed);
  auto decoded = inbound_->push(frame);
  if (decoded.has_error()) {
    home_->push(sync::input_event(sync::input::socket_garbage{socket_id_, decoded.error().message}));
    return;  // Nothing after it can be trusted; the engine closes this socket.
  }
  if (!decoded->warning.empty()) home_->push(log_line{log_level::warning, std::move(decoded->warning)});
  bool go_on = true;
  if (decoded->message)
    go_on = home_->push(sync::input_event(sync::input::socket_message{socket_id_, std::move(*decoded->message)}), false);
  if (go_on) {
    read_next();
    if (decoded->message) wake_after_burst();
  } else {
    is_paused_ = true;
    home_->wake();
  }
}

HULL_INLINE void driver::wake_after_burst() {
  constexpr std::size_t longest_burst = 64;
  if (++burst_ >= longest_burst) {
    burst_ = 0;
    home_->wake();
  }
  if (std::exchange(is_wake_due_, true)) return;
  boost::asio::post(io_, [self = shared_from_this()] { self->look_at_burst(); });
}

HULL_INLINE void driver::look_at_burst() {
  // A frame that has arrived already is handled within a few turns of the loop: while there are such, look again.
  constexpr unsigned idle_turns = 4;
  idle_looks_ = std::exchange(burst_seen_, burst_) == burst_ ? idle_looks_ + 1 : 0;
  if (idle_looks_ < idle_turns) {
    boost::asio::post(io_, [self = shared_from_this()] { self->look_at_burst(); });
    return;
  }
  is_wake_due_ = false;
  burst_ = burst_seen_ = 0;
  idle_looks_ = 0;
  home_->wake();
}

HULL_INLINE void driver::write_next() {
  if (!socket_ || outgoing_.empty()) return;
  is_writing_ = true;
  std::string text = std::move(outgoing_.front());
  outgoing_.pop_front();
  sent_.fetch_add(text.size(), std::memory_order_relaxed);
  socket_->async_write(std::move(text), net::websocket::write_handler(
                                            [self = shared_from_this(), socket = socket_id_](boost::system::error_code ec) {
                                              if (self->socket_id_ != socket || !self->socket_) return;
                                              self->is_writing_ = false;
                                              // The pending read reports how the socket ended.
                                              if (!ec) self->write_next();
                                            }));
}

HULL_INLINE void driver::lost(sync::socket_id socket) {
  net::close_report report = socket_->report();
  home_->push(sync::input_event(
      sync::input::socket_closed{socket, report.code, std::move(report.reason), std::move(report.detail)}));
  do_close();
}

}  // namespace hull::detail
