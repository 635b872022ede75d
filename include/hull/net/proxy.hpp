// Which proxy, if any, leads to a host.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/net/network_options.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hull::net {

struct proxy_server {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  ///< Value of Proxy-Authorization; empty when its URL has no credentials.
};

/// The options and the environment as they were when this was made.
class proxy_rules {
 public:
  /// Looks up a variable of the environment.
  using environment = std::function<std::optional<std::string>(const char* name)>;
  /// Reads the environment of the process.
  explicit proxy_rules(const proxy_options& options);
  proxy_rules(const proxy_options& options, const environment& look_up);

  /// Nothing: go directly. errc::bad_argument when the proxy that applies has an unusable URL; the text never shows
  /// it, for it may hold a password.
  result<std::optional<proxy_server>> find(bool is_secure, const std::string& host, std::uint16_t port) const;

 private:
  struct setting {
    std::string name;  ///< Where it comes from, for messages.
    std::string url;
  };
  setting given_;
  setting https_;
  setting http_;
  setting all_;
  std::string no_proxy_;
};

/// True when the list, as in NO_PROXY, names this host.
bool is_excluded_from_proxy(std::string_view list, const std::string& host, std::uint16_t port);

/// "localhost", names below it, 127.0.0.0/8, ::1 and the unspecified addresses.
bool is_loopback_host(const std::string& host);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/proxy.ipp>
#endif
