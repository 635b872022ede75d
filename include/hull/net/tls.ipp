// Bodies of tls.hpp.
#pragma once

#include <hull/net/tls.hpp>

namespace hull::net {

HULL_INLINE void init_tls() { OPENSSL_init_ssl(0, nullptr); }

HULL_INLINE std::shared_ptr<boost::asio::ssl::context> make_tls_context(const tls_settings& settings, std::string& detail) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code failed;
  if (SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION) != 1) {
    detail = "this OpenSSL has no TLS 1.2";
    return nullptr;
  }
  if (!settings.verify_peer) {
    context->set_verify_mode(ssl::verify_none, failed);
  } else {
    context->set_verify_mode(ssl::verify_peer, failed);
    if (settings.ca_file.empty())
      context->set_default_verify_paths(failed);
    else
      context->load_verify_file(settings.ca_file, failed);
  }
  if (failed) {
    detail = "cannot load the trusted certificates" +
             (settings.ca_file.empty() ? std::string() : " from " + settings.ca_file) + ": " + failed.message();
    return nullptr;
  }
  return context;
}

}  // namespace hull::net
