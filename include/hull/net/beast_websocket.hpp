// The WebSocket of every day: ws and wss with Beast. Beast itself is only in the .ipp.
#pragma once

#include <hull/config.hpp>
#include <hull/net/websocket.hpp>

#include <memory>
#include <string>

namespace hull::net {

/// Sockets over TCP and TLS. Certificates are verified against the host name; the roots are the system's, or those
/// of `ca_file`.
std::shared_ptr<websocket_factory> make_beast_factory(std::string ca_file, bool verify_peer);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/beast_websocket.ipp>
#endif
