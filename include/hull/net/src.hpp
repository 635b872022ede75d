// The bodies of the network layer; part of <hull/src.hpp>.
#pragma once

#ifndef HULL_SEPARATE_COMPILATION
#error "Define HULL_SEPARATE_COMPILATION for the whole program before including <hull/src.hpp>."
#endif

#include <hull/net/beast_http.ipp>
#include <hull/net/beast_websocket.ipp>
#include <hull/net/connector.ipp>
#include <hull/net/http.ipp>
#include <hull/net/http_exchange.ipp>
#include <hull/net/memory_websocket.ipp>
#include <hull/net/proxy.ipp>
#include <hull/net/tls.ipp>
#include <hull/net/url.ipp>
