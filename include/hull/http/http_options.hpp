// What can be set on an HTTP client and on file transfers, with units and defaults.
#pragma once

#include <hull/log.hpp>
#include <hull/net/network_options.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace hull {

namespace net {
class http_transport;
}

/// What can be set on an http_client or a file_storage, once, when it is made.
struct http_client_options {
  /// For name resolution, TCP, proxy and TLS together.
  std::chrono::milliseconds connect_timeout{15'000};
  /// Longest time in which no byte moves; 0: no limit. The default is longer than the longest action.
  std::chrono::milliseconds idle_timeout{660'000};
  std::uint64_t max_response_bytes = 128u << 20;      ///< Longest answer of a function.
  tls_options tls;                                    ///< Which certificates are trusted, for https addresses.
  proxy_options proxy;                                ///< The way through a proxy, if there is one.
  log_sink log;                                       ///< Empty: log nothing. Called on the home executor.
  /// Null: HTTP/1.1 over TCP and TLS, a few connections kept open. Else what carries the requests of this instance;
  /// see <hull/net/http.hpp>.
  std::shared_ptr<net::http_transport> transport;
};

}  // namespace hull
