// Addresses: of a deployment, and of anything that HTTP fetches.
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
  /// As text, without a slash at the end.
  std::string text() const;
};

/// Takes "http://127.0.0.1:3210" and "https://name.convex.cloud"; slashes at the end are ignored.
/// errc::bad_argument: "Invalid deployment address: ...".
result<deployment_url> parse_deployment_url(std::string_view text);

/// Where an HTTP request goes.
struct http_url {
  bool is_secure = false;
  std::string host;         ///< Small letters, without the brackets of an IPv6 address.
  std::uint16_t port = 0;
  std::string target;       ///< Path and query; begins with '/'.

  std::string authority() const;  ///< As deployment_url::authority.
  std::string text() const;
  bool has_same_origin(const http_url& other) const;
};

/// An absolute http or https URL; a fragment is dropped. User names in it are refused.
/// errc::bad_argument: "Invalid address: ...".
result<http_url> parse_http_url(std::string_view text);

/// Where `reference`, absolute or relative, leads when it stands in an answer from `base`.
result<http_url> resolve_http_url(const http_url& base, std::string_view reference);

namespace detail {

/// The scheme of "scheme://..." in small letters; empty when there is none.
std::string scheme_of(std::string_view text);
/// "host", "host:port" or "[address]:port". Null, or what is wrong with it. `port` stays as it was when there is none.
const char* split_authority(std::string_view authority, std::string& host, std::uint16_t& port);
std::string join_authority(const std::string& host, std::uint16_t port, std::uint16_t usual_port);
std::string small_letters(std::string_view text);

}  // namespace detail
}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/url.ipp>
#endif
