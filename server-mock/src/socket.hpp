// One accepted socket, without Beast, which one source file alone has to compile.
#pragma once

#include <hull/mock/fault.hpp>
#include <hull/mock/mock_server.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace hull::mock::detail {

/// Hears of a socket's frames as they come, on the server's thread, instead of `session::receive`.
class frame_listener {
 public:
  virtual ~frame_listener() = default;
  virtual void got_text(std::string frame) = 0;
  virtual void got_binary() = 0;
  virtual void socket_closed() = 0;
};

/// What the sockets of a server share. Outlives them.
struct socket_settings {
  std::shared_ptr<boost::asio::ssl::context> tls;  ///< Null: plain TCP.
  std::size_t max_http_body = 0;
  http_handler on_http;
  std::function<bool(std::string_view)> takes_upgrade;
  std::function<void(direction, std::string_view)> on_frame;
  std::function<void()> on_open;
  std::function<void(std::uint16_t)> on_close;
};

class session {
 public:
  using on_ready = std::function<void(std::shared_ptr<session>)>;
  virtual ~session() = default;

  /// On the server's thread. `ready` is called there once the WebSocket is open; a listener may be set inside.
  virtual void start(on_ready ready) = 0;
  virtual void listen(std::weak_ptr<frame_listener> listener) = 0;

  // From any thread; in their order.
  virtual void send(std::string frame, std::function<void()> sent) = 0;
  virtual void close(std::uint16_t code, std::string reason) = 0;
  virtual void drop() = 0;
  virtual void clog(bool clogged) = 0;

  virtual std::optional<std::string> receive(std::chrono::milliseconds time) = 0;
  /// A WebSocket that has not ended; on the server's thread.
  virtual bool is_open() const = 0;
  virtual bool wait_for_close(std::chrono::milliseconds time) = 0;
  virtual std::uint16_t close_code() = 0;
  virtual std::string target() const = 0;
  virtual std::string header(const std::string& name) const = 0;
};

std::shared_ptr<session> make_session(boost::asio::ip::tcp::socket socket,
                                      std::shared_ptr<const socket_settings> settings, fault_line faults);

}  // namespace hull::mock::detail
