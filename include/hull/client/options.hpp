// Everything that can be set on a client, with its unit and default.
#pragma once

#include <hull/log.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace hull {

namespace net {
class websocket_factory;
}

struct tls_options {
  std::string ca_file;         ///< PEM file used instead of the system's roots when not empty.
  bool verify_peer = true;     ///< Off only for tests.
};

struct client_options {
  std::chrono::milliseconds inactivity_timeout{60'000};  ///< Reconnect when no message came for this long.
  std::chrono::milliseconds connect_timeout{15'000};     ///< For name resolution, TCP, TLS and upgrade together.
  std::chrono::milliseconds backoff_initial{1000};       ///< First wait after a close by the server.
  std::chrono::milliseconds backoff_own_close{100};      ///< First wait after a close of our own making.
  std::chrono::milliseconds backoff_overloaded{3000};    ///< First wait after the server said it was overloaded.
  std::chrono::milliseconds backoff_max{16'000};
  std::size_t max_mutations_on_wire = 256;               ///< Unanswered mutations sent at once; more wait their turn.
  std::size_t max_message_bytes = 256u << 20;            ///< Largest frame that is read.
  tls_options tls;
  log_sink log;                                          ///< Empty: log nothing.
  std::shared_ptr<net::websocket_factory> sockets;       ///< Null: TCP and TLS. Tests put others here.
};

}  // namespace hull
