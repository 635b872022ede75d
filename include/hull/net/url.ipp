// Bodies of url.hpp.
#pragma once

#include <hull/net/url.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace hull::net {
namespace detail {

HULL_INLINE bool is_host_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

HULL_INLINE bool is_path_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~!$&'()*+,;=:@%/").find(c) != std::string_view::npos;
}

}  // namespace detail

HULL_INLINE std::string deployment_url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != (is_secure ? 443 : 80)) text += ':' + std::to_string(port);
  return text;
}

HULL_INLINE result<deployment_url> parse_deployment_url(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return error{errc::bad_argument,
                 "Invalid deployment address: \"" + std::string(text) + "\": " + std::string(why) +
                     " An address looks like https://happy-animal-123.convex.cloud or http://127.0.0.1:3210.",
                 {},
                 {}};
  };
  deployment_url url;
  std::string_view rest = text;
  std::string scheme(rest.substr(0, std::min(rest.find("://"), rest.size())));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (scheme != "http" && scheme != "https") return refuse("it must start with http:// or https://.");
  url.is_secure = scheme == "https";
  url.port = url.is_secure ? 443 : 80;
  rest.remove_prefix(scheme.size() + 3);

  std::string_view authority = rest.substr(0, std::min(rest.find('/'), rest.size()));
  std::string_view path = rest.substr(authority.size());
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!std::all_of(path.begin(), path.end(), detail::is_path_character))
    return refuse("its path has a character that is not allowed there.");
  url.base_path = std::string(path);

  std::string_view port;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return refuse("the bracket of its IPv6 address is not closed.");
    url.host = std::string(authority.substr(1, end - 1));
    const bool is_ipv6 = !url.host.empty() && std::all_of(url.host.begin(), url.host.end(), [](unsigned char c) {
      return std::isxdigit(c) != 0 || c == ':' || c == '.';
    });
    if (!is_ipv6) return refuse("what stands in brackets is no IPv6 address.");
    port = authority.substr(end + 1);
    if (!port.empty() && port.front() != ':') return refuse("after the bracket only a port may follow.");
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = std::string(authority.substr(0, colon));
    if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), detail::is_host_character))
      return refuse("its host name is missing or has a character that is not allowed.");
    port = authority.substr(colon);
  }
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!port.empty()) {
    port.remove_prefix(1);
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (failed != std::errc() || end != port.data() + port.size() || url.port == 0)
      return refuse("its port is no number from 1 to 65535.");
  }
  constexpr std::string_view site = ".convex.site";
  if (url.host.size() >= site.size() && url.host.compare(url.host.size() - site.size(), site.size(), site) == 0)
    return refuse(".convex.site serves HTTP actions; clients use the address that ends in .convex.cloud.");
  return url;
}

}  // namespace hull::net
