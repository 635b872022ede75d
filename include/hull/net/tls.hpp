// TLS that verifies whom it talks to.
#pragma once

#include <hull/config.hpp>
#include <hull/net/network_options.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <string>

namespace hull::net {

/// Makes OpenSSL ready. What is constructed after this call is destroyed, at exit, before OpenSSL cleans up.
void init_tls();

/// A client context for TLS 1.2 and newer. On failure null, and `detail` says why.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const tls_options& options, std::string& detail);

/// For a connection that is about to shake hands: which server is meant, and that its certificate must be of this name
/// or address. False: the name cannot be used.
bool expect_peer(SSL* connection, const std::string& host, bool verify_peer);

/// Why a handshake failed: what was wrong with the certificate, or the error as it is.
std::string describe_tls_failure(SSL* connection, const boost::system::error_code& failed);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/tls.ipp>
#endif
