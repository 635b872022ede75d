// Bodies of memory_websocket.hpp.
#pragma once

#include <hull/net/memory_websocket.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <deque>
#include <utility>

namespace hull::net {
namespace detail {

/// The client's end. Everything happens on its executor, and completions are always posted.
class memory_websocket final : public websocket, public std::enable_shared_from_this<memory_websocket> {
 public:
  memory_websocket(boost::asio::any_io_executor executor, std::shared_ptr<memory_server> server)
      : executor_(std::move(executor)), server_(std::move(server)) {}

  void async_open(websocket_target target, open_handler handler) override {
    target_ = std::move(target);
    boost::asio::post(executor_, [self = shared_from_this(), handler = std::move(handler)]() mutable {
      self->is_open_ = !self->is_closed_ && self->server_->on_open(memory_peer(self));
      if (!self->is_open_) self->report_.detail = "refused";
      std::move(handler)(self->is_open_ ? boost::system::error_code() : boost::asio::error::connection_refused);
    });
  }

  void async_read(read_handler handler) override {
    reading_.swap(handler);
    give();
  }

  void async_write(std::string text, write_handler handler) override {
    boost::asio::post(executor_, [self = shared_from_this(), text = std::move(text), handler = std::move(handler)]() mutable {
      if (!self->is_open_) return std::move(handler)(boost::asio::error::not_connected);
      self->server_->on_text(memory_peer(self), std::move(text));
      std::move(handler)(boost::system::error_code());
    });
  }

  void close() override {
    if (std::exchange(is_closed_, true)) return;
    const bool was_open = std::exchange(is_open_, false);
    give();
    if (was_open)
      boost::asio::post(executor_, [self = shared_from_this()] { self->server_->on_closed(memory_peer(self)); });
  }

  close_report report() const override { return report_; }

  const websocket_target& target() const noexcept { return target_; }

  void arrive(std::string text) {
    if (!is_open_) return;
    incoming_.push_back(std::move(text));
    give();
  }

  void end(std::uint16_t code, std::string reason) {
    if (!std::exchange(is_open_, false)) return;
    report_.code = code;
    report_.reason = std::move(reason);
    give();
  }

 private:
  /// Completes the pending read when there is something to say.
  void give() {
    if (!reading_ || is_giving_ || (incoming_.empty() && is_open_)) return;
    is_giving_ = true;
    boost::asio::post(executor_, [self = shared_from_this()] {
      self->is_giving_ = false;
      read_handler handler = std::exchange(self->reading_, nullptr);
      if (!handler) return;
      if (self->incoming_.empty() || self->is_closed_)
        return std::move(handler)(boost::asio::error::eof, std::string_view());
      const std::string text = std::move(self->incoming_.front());
      self->incoming_.pop_front();
      std::move(handler)(boost::system::error_code(), std::string_view(text));
    });
  }

  boost::asio::any_io_executor executor_;
  std::shared_ptr<memory_server> server_;
  websocket_target target_;
  read_handler reading_;
  std::deque<std::string> incoming_;
  close_report report_;
  bool is_open_ = false;
  bool is_closed_ = false;
  bool is_giving_ = false;
};

class memory_factory final : public websocket_factory {
 public:
  explicit memory_factory(std::shared_ptr<memory_server> server) : server_(std::move(server)) {}
  std::shared_ptr<websocket> make(boost::asio::any_io_executor executor) override {
    return std::make_shared<memory_websocket>(std::move(executor), server_);
  }

 private:
  std::shared_ptr<memory_server> server_;
};

}  // namespace detail

HULL_INLINE websocket_target memory_peer::target() const {
  const auto client = client_.lock();
  return client ? client->target() : websocket_target();
}

HULL_INLINE void memory_peer::send(std::string text) {
  if (const auto client = client_.lock()) client->arrive(std::move(text));
}

HULL_INLINE void memory_peer::close(std::uint16_t code, std::string reason) {
  if (const auto client = client_.lock()) client->end(code, std::move(reason));
}

HULL_INLINE std::shared_ptr<websocket_factory> make_memory_factory(std::shared_ptr<memory_server> server) {
  return std::make_shared<detail::memory_factory>(std::move(server));
}

}  // namespace hull::net
