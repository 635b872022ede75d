// How the way to a deployment is secured, and whether it leads through a proxy.
#pragma once

#include <string>

namespace hull {

/// Whom to trust, and who we are. TLS 1.2 is the oldest version that is spoken.
struct tls_options {
  std::string ca_file;  ///< PEM file used instead of the system's roots when not empty.
  std::string ca_pem;   ///< PEM text of trusted certificates, likewise; adds to those of `ca_file`.
  std::string certificate_file;        ///< PEM: our certificate, and those that lead from it to its root. May be empty.
  std::string private_key_file;        ///< PEM: the key of `certificate_file`; empty: it is in that file.
  std::string private_key_passphrase;  ///< For an encrypted key.
  bool verify_peer = true;             ///< Off only for tests.
};

/// HTTP proxies; a tunnel to the deployment is asked of them (CONNECT), so they see its name and no more.
struct proxy_options {
  /// "http://host:port" or "http://user:password@host:port" (percent-encoded); empty: as the environment says.
  std::string url;
  /// Where `url` does not apply: "example.com" with all names below it, "host:port", addresses, networks such as
  /// "10.0.0.0/8", or "*" for everywhere; separated by commas.
  std::string no_proxy;
  /// Without `url`: HTTPS_PROXY for https and wss, HTTP_PROXY for http and ws, else ALL_PROXY, but not for the hosts in
  /// NO_PROXY (small letters win). Read when the client is made. Loopback addresses never go through such a proxy.
  bool use_environment = true;
};

}  // namespace hull
