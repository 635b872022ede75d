// The WebSocket of every day: ws and wss with Beast. Beast itself is only in the .ipp.
#pragma once

#include <hull/config.hpp>
#include <hull/net/network_options.hpp>
#include <hull/net/websocket.hpp>

#include <memory>

namespace hull::net {

/// Sockets over TCP and TLS, through a proxy where the options or the environment name one. Certificates are verified
/// against the host name.
std::shared_ptr<websocket_factory> make_beast_factory(const tls_options& tls, const proxy_options& proxy);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/beast_websocket.ipp>
#endif
