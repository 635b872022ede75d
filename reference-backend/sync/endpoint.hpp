// Sockets of the sync protocol: WebSocket framing, liveness and flow control around a session.
#pragma once

#include "common/byte_room.hpp"
#include "sync/client_version.hpp"
#include "sync/services.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace hull::backend::sync {

struct endpoint_options {
  std::size_t max_message_bytes = 64u << 20;    ///< Larger ones end the connection with 1009.
  std::size_t max_incoming_bytes = 1u << 30;    ///< Of unfinished messages of all connections; beyond it: 1013.
  std::size_t pause_reading_above = 16u << 20;  ///< Bytes that wait to be sent.
  std::size_t drop_unsent_above = 256u << 20;   ///< A client for which more than this waits is gone.
  std::chrono::milliseconds ping_every{5'000};
  std::chrono::milliseconds drop_after_silence{120'000};
  std::chrono::milliseconds close_within{5'000};
};

/// Address of the other side; empty when the connection is gone.
std::string peer_address(boost::beast::tcp_stream& stream);

/// Takes over connections that asked to be upgraded.
class endpoint {
 public:
  struct state;  ///< Shared with the connections.

  explicit endpoint(const services& s, const endpoint_options& options = {});
  ~endpoint();

  /// The stream's executor must run one handler of the connection at a time.
  void accept(boost::beast::tcp_stream stream, boost::beast::http::request<boost::beast::http::string_body> request,
              const client_version& client);

  /// Tells every client to come back later (1001) and closes. Connections end within `close_within`.
  void close_all();
  std::size_t open_connections() const;

 private:
  std::shared_ptr<state> state_;
};

}  // namespace hull::backend::sync
