// TLS that verifies whom it talks to.
#pragma once

#include <hull/config.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <string>

namespace hull::net {

struct tls_settings {
  std::string ca_file;      ///< PEM; the system's roots when empty.
  bool verify_peer = true;
};

/// Makes OpenSSL ready. What is constructed after this call is destroyed, at exit, before OpenSSL cleans up.
void init_tls();

/// A client context for TLS 1.2 and newer. On failure null, and `detail` says why.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const tls_settings& settings, std::string& detail);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/tls.ipp>
#endif
