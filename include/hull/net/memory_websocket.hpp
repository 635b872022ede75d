// Sockets without a network: a client in one process with the test that plays its server.
#pragma once

#include <hull/config.hpp>
#include <hull/net/websocket.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hull::net {

namespace detail {
class memory_websocket;
}

/// The server's end of one such socket. Use it on the executor of the client's end; the callbacks run there, too.
class memory_peer {
 public:
  explicit memory_peer(std::weak_ptr<detail::memory_websocket> client) : client_(std::move(client)) {}
  /// What the client asked for when it opened the socket.
  websocket_target target() const;
  void send(std::string text);
  void close(std::uint16_t code, std::string reason);  ///< 1006: the connection breaks.

 private:
  std::weak_ptr<detail::memory_websocket> client_;
};

/// Decides what happens to a client that connects, and hears what it says.
class memory_server {
 public:
  virtual ~memory_server() = default;
  /// False refuses the connection.
  virtual bool on_open(memory_peer peer) = 0;
  virtual void on_text(memory_peer peer, std::string text) = 0;
  virtual void on_closed(memory_peer) {}
};

/// For client_options::sockets.
std::shared_ptr<websocket_factory> make_memory_factory(std::shared_ptr<memory_server> server);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/memory_websocket.ipp>
#endif
