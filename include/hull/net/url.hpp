// The address of a deployment.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace hull::net {

struct deployment_url {
  bool is_secure = false;   ///< https, and so wss.
  std::string host;         ///< Without the brackets of an IPv6 address.
  std::uint16_t port = 0;
  std::string base_path;    ///< "" or "/prefix", never with a slash at the end.

  /// For the Host header: with brackets and, unless it is the scheme's own, the port.
  std::string authority() const;
};

/// Takes "http://127.0.0.1:3210" and "https://name.convex.cloud"; slashes at the end are ignored.
/// errc::bad_argument: "Invalid deployment address: ...".
result<deployment_url> parse_deployment_url(std::string_view text);

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/url.ipp>
#endif
