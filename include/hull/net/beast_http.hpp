// HTTP/1.1 over TCP and TLS. Beast parses; it is only in the .ipp files.
#pragma once

#include <hull/config.hpp>
#include <hull/net/http.hpp>
#include <hull/net/network_options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace hull::net {

/// Keeps a few connections open between requests. `executor` must run one thing at a time; everything happens on it:
/// requests are made there, complete there and are cancelled there.
std::shared_ptr<http_transport> make_beast_http(boost::asio::any_io_executor executor, const tls_options& tls, const proxy_options& proxy);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/beast_http.ipp>
#endif
