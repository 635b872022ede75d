// fetch() of actions over HTTP/1.1, with TLS that verifies its peer.
#pragma once

#include "runtime/fetch_client.hpp"

#include <hull/net/network_options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>

namespace hull::backend::fetch {

struct http_client_options {
  tls_options tls;
  proxy_options proxy;
  std::chrono::milliseconds connect_timeout{30'000};  ///< For name resolution, TCP, proxy and TLS together.
  std::chrono::milliseconds idle_timeout{300'000};    ///< Longest time in which no byte moves.
  std::size_t max_header_bytes = 256 * 1024;
  std::size_t max_connections = 1000;  ///< At once. More requests fail.
};

/// Each request has a connection of its own. What is under way when the executor's context ends is forgotten.
std::unique_ptr<runtime::fetch_client> make_http_client(boost::asio::any_io_executor executor,
                                                        http_client_options options = {});

}  // namespace hull::backend::fetch
