// A WebSocket as the client needs it: open, read, write. Knows nothing of the protocol on top.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::net {

/// Where to connect, and how.
struct websocket_target {
  bool is_secure = false;
  std::string host;
  std::uint16_t port = 0;
  std::string authority;  ///< Host header.
  std::string path;       ///< With a leading slash.
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds connect_timeout{15'000};
  std::size_t max_message_bytes = 256u << 20;  ///< After inflation.
  bool compression = false;                    ///< Offer permessage-deflate; small messages go as they are even then.
};

/// How a socket ended, as far as the other side said.
struct close_report {
  std::uint16_t code = 1006;  ///< 1005: closed without a code. 1006: no close frame came.
  std::string reason;
  std::string detail;         ///< What went wrong on our side, in words.
};

/// Every call and every completion happens on the socket's executor. At most one read and one write at a time.
/// Operations keep the socket alive until they complete.
class websocket {
 public:
  using open_handler = boost::asio::any_completion_handler<void(boost::system::error_code)>;
  using read_handler = boost::asio::any_completion_handler<void(boost::system::error_code, std::string_view)>;
  using write_handler = boost::asio::any_completion_handler<void(boost::system::error_code)>;

  virtual ~websocket() = default;

  /// Resolves, connects, encrypts, upgrades. Once per object.
  virtual void async_open(websocket_target target, open_handler handler) = 0;
  /// One whole text message. The text is valid until the handler returns.
  virtual void async_read(read_handler handler) = 0;
  /// One text message.
  virtual void async_write(std::string text, write_handler handler) = 0;

  /// Says goodbye and lets go within a second; pending operations complete with an error. Idempotent.
  virtual void close() = 0;

  /// After an operation failed: how the socket ended.
  virtual close_report report() const = 0;
  /// A note about this client's version that came with the upgrade; empty when there was none.
  virtual std::string upgrade_notice() const { return {}; }
};

/// Makes sockets. One per client, so that what sockets share (trusted certificates) is made once.
class websocket_factory {
 public:
  virtual ~websocket_factory() = default;
  virtual std::shared_ptr<websocket> make(boost::asio::any_io_executor executor) = 0;
};

}  // namespace hull::net
