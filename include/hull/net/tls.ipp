// Bodies of tls.hpp.
#pragma once

#include <hull/net/tls.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>

namespace hull::net {
namespace detail {

/// The system's roots. An OpenSSL that was built elsewhere looks in folders that this system may not have.
HULL_INLINE void load_system_roots(boost::asio::ssl::context& context, boost::system::error_code& failed) {
#ifdef _WIN32
  SSL_CTX_load_verify_store(context.native_handle(), "org.openssl.winstore://");
  ERR_clear_error();
#endif
  context.set_default_verify_paths(failed);
#ifndef _WIN32
  const auto exists = [](const char* file) {
    std::FILE* f = file != nullptr && *file != '\0' ? std::fopen(file, "rb") : nullptr;
    if (f != nullptr) std::fclose(f);
    return f != nullptr;
  };
  if (failed || std::getenv(X509_get_default_cert_file_env()) != nullptr || std::getenv(X509_get_default_cert_dir_env()) != nullptr ||
      exists(X509_get_default_cert_file()))
    return;
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                           "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    if (exists(file)) return context.load_verify_file(file, failed), void();
  }
#endif
}

HULL_INLINE bool load_trust(const tls_options& options, boost::asio::ssl::context& context, std::string& detail) {
  boost::system::error_code failed;
  context.set_verify_mode(options.verify_peer ? boost::asio::ssl::verify_peer : boost::asio::ssl::verify_none, failed);
  if (!options.verify_peer) return true;
  std::string from;
  if (!options.ca_file.empty()) {
    from = " from " + options.ca_file;
    context.load_verify_file(options.ca_file, failed);
  }
  if (!failed && !options.ca_pem.empty()) {
    from = " from the text in ca_pem";
    context.add_certificate_authority(boost::asio::buffer(options.ca_pem), failed);
  }
  if (options.ca_file.empty() && options.ca_pem.empty()) load_system_roots(context, failed);
  if (failed) detail = "cannot load the trusted certificates" + from + ": " + failed.message();
  return !failed;
}

HULL_INLINE bool load_own_certificate(const tls_options& options, boost::asio::ssl::context& context, std::string& detail) {
  if (options.certificate_file.empty()) return true;
  boost::system::error_code failed;
  context.use_certificate_chain_file(options.certificate_file, failed);
  if (failed) {
    detail = "cannot load the client certificate from " + options.certificate_file + ": " + failed.message();
    return false;
  }
  // Without a callback OpenSSL would ask on the terminal.
  context.set_password_callback(
      [passphrase = options.private_key_passphrase](std::size_t, boost::asio::ssl::context::password_purpose) { return passphrase; }, failed);
  const std::string& key = options.private_key_file.empty() ? options.certificate_file : options.private_key_file;
  if (!failed) context.use_private_key_file(key, boost::asio::ssl::context::pem, failed);
  if (failed) {
    detail = "cannot load the key of the client certificate from " + key + ": " + failed.message() +
             (options.private_key_passphrase.empty() ? " (is a passphrase missing?)" : " (is the passphrase right?)");
    return false;
  }
  return true;
}

HULL_INLINE bool is_address(const std::string& host) {
  boost::system::error_code failed;
  boost::asio::ip::make_address(host, failed);
  return !failed;
}

}  // namespace detail

HULL_INLINE void init_tls() { OPENSSL_init_ssl(0, nullptr); }

HULL_INLINE std::shared_ptr<boost::asio::ssl::context> make_tls_context(const tls_options& options, std::string& detail) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  if (SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION) != 1) {
    detail = "this OpenSSL has no TLS 1.2";
    return nullptr;
  }
  if (!detail::load_trust(options, *context, detail) || !detail::load_own_certificate(options, *context, detail)) return nullptr;
  return context;
}

HULL_INLINE bool expect_peer(SSL* connection, const std::string& host, bool verify_peer) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(connection);
  if (detail::is_address(host)) return !verify_peer || X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
  // Certificates and server name indication know no dot at the end.
  const std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
  if (SSL_set_tlsext_host_name(connection, name.c_str()) != 1) return false;
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return !verify_peer || X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size()) == 1;
}

HULL_INLINE std::string describe_tls_failure(SSL* connection, const boost::system::error_code& failed) {
  const long verdict = SSL_get_verify_result(connection);
  if (verdict == X509_V_OK) return failed.message();
  return "certificate verify failed (" + std::string(X509_verify_cert_error_string(verdict)) + ")";
}

}  // namespace hull::net
