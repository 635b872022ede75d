// TCP or TLS behind one type, so that Beast's WebSocket, whose instantiation costs more than all else in the
// client, is instantiated once.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace hull::net {

/// A few buffers by value: any buffer sequence, cut to its first pieces.
template <class Buffer>
class buffer_list {
 public:
  using value_type = Buffer;
  using const_iterator = const Buffer*;
  template <class Sequence>
  explicit buffer_list(const Sequence& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers);
         at != boost::asio::buffer_sequence_end(buffers) && size_ < list_.size(); ++at) {
      const Buffer piece(*at);
      if (piece.size() != 0) list_[size_++] = piece;
    }
  }
  const Buffer* begin() const noexcept { return list_.data(); }
  const Buffer* end() const noexcept { return list_.data() + size_; }

 private:
  std::array<Buffer, 16> list_;
  std::size_t size_ = 0;
};

/// A type-erased handler with an executor of its own: Beast posts to the executor of a handler, which the erased
/// executor of an erased handler does not allow.
template <class... Args>
class bound_handler {
 public:
  using executor_type = boost::asio::any_io_executor;
  using target_type = boost::asio::any_completion_handler<void(Args...)>;
  bound_handler(executor_type executor, target_type target) : executor_(std::move(executor)), target_(std::move(target)) {}
  executor_type get_executor() const noexcept { return executor_; }
  void operator()(Args... args) { std::move(target_)(std::move(args)...); }

 private:
  executor_type executor_;
  target_type target_;
};
using io_handler = bound_handler<boost::system::error_code, std::size_t>;
using end_handler = bound_handler<boost::system::error_code>;

/// What is under the WebSocket.
class transport {
 public:
  using handler = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;
  using shutdown_handler = boost::asio::any_completion_handler<void(boost::system::error_code)>;
  using mutable_list = buffer_list<boost::asio::mutable_buffer>;
  using const_list = buffer_list<boost::asio::const_buffer>;

  virtual ~transport() = default;
  virtual boost::asio::ip::tcp::socket& socket() = 0;
  virtual void read(mutable_list buffers, handler h) = 0;
  virtual void write(const_list buffers, handler h) = 0;
  /// The polite end below the WebSocket: close_notify for TLS, FIN for TCP.
  virtual void shut_down(shutdown_handler h) = 0;
};

class tcp_transport final : public transport {
 public:
  explicit tcp_transport(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)), ahead_(64 * 1024) {}
  boost::asio::ip::tcp::socket& socket() override { return socket_; }
  /// Beast asks for 1.5 KB at a time; many small frames come with one system call here.
  void read(mutable_list buffers, handler h) override {
    if (first_ != last_) {
      const std::size_t n = take(buffers);
      boost::asio::post(socket_.get_executor(), [h = std::move(h), n]() mutable { std::move(h)(boost::system::error_code(), n); });
      return;
    }
    if (boost::asio::buffer_size(buffers) >= ahead_.size()) return socket_.async_read_some(buffers, std::move(h));
    socket_.async_read_some(boost::asio::buffer(ahead_), [this, buffers, h = std::move(h)](boost::system::error_code ec, std::size_t n) mutable {
      first_ = 0;
      last_ = n;
      const std::size_t taken = ec ? 0 : take(buffers);
      std::move(h)(ec, taken);
    });
  }
  void write(const_list buffers, handler h) override { socket_.async_write_some(buffers, std::move(h)); }
  void shut_down(shutdown_handler h) override {
    boost::system::error_code failed;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, failed);
    boost::asio::post(socket_.get_executor(), [h = std::move(h), failed]() mutable { std::move(h)(failed); });
  }

 private:
  std::size_t take(const mutable_list& buffers) {
    const std::size_t n = boost::asio::buffer_copy(buffers, boost::asio::const_buffer(ahead_.data() + first_, last_ - first_));
    first_ += n;
    return n;
  }

  boost::asio::ip::tcp::socket socket_;
  std::vector<char> ahead_;  ///< What was read and not asked for yet: from `first_` to `last_`.
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

class tls_transport final : public transport {
 public:
  using stream_type = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
  tls_transport(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}
  stream_type& stream() noexcept { return stream_; }
  boost::asio::ip::tcp::socket& socket() override { return stream_.next_layer(); }
  void read(mutable_list buffers, handler h) override { stream_.async_read_some(buffers, std::move(h)); }
  void write(const_list buffers, handler h) override { stream_.async_write_some(buffers, std::move(h)); }
  void shut_down(shutdown_handler h) override { stream_.async_shutdown(std::move(h)); }

 private:
  std::shared_ptr<boost::asio::ssl::context> context_;
  stream_type stream_;
};

/// Asynchronous stream over a transport, as Beast wants it.
class erased_stream {
 public:
  using executor_type = boost::asio::ip::tcp::socket::executor_type;
  using lowest_layer_type = erased_stream;

  explicit erased_stream(std::unique_ptr<transport> below) : below_(std::move(below)) {}
  transport& below() noexcept { return *below_; }
  executor_type get_executor() noexcept { return below_->socket().get_executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, transport::mutable_list list) { below_->read(list, std::move(handler)); }, token,
        transport::mutable_list(buffers));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, transport::const_list list) { below_->write(list, std::move(handler)); }, token,
        transport::const_list(buffers));
  }

 private:
  std::unique_ptr<transport> below_;
};

// Found by Beast through argument-dependent look-up.
template <class Handler>
void async_teardown(boost::beast::role_type, erased_stream& stream, Handler&& handler) {
  stream.below().shut_down(std::forward<Handler>(handler));
}
inline void teardown(boost::beast::role_type, erased_stream& stream, boost::system::error_code& failed) {
  stream.below().socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, failed);
}
inline void beast_close_socket(erased_stream& stream) {
  boost::system::error_code ignored;
  stream.below().socket().close(ignored);
}

}  // namespace hull::net
