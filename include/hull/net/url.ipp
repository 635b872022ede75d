// Bodies of url.hpp.
#pragma once

#include <hull/net/url.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

namespace hull::net {
namespace detail {

HULL_INLINE bool is_host_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

HULL_INLINE bool is_path_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~!$&'()*+,;=:@%/").find(c) != std::string_view::npos;
}

HULL_INLINE std::string small_letters(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

HULL_INLINE std::string scheme_of(std::string_view text) {
  const std::size_t end = text.find("://");
  return end == std::string_view::npos ? std::string() : small_letters(text.substr(0, end));
}

HULL_INLINE const char* split_authority(std::string_view authority, std::string& host, std::uint16_t& port) {
  std::string_view digits;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return "the bracket of its IPv6 address is not closed.";
    host = small_letters(authority.substr(1, end - 1));
    const bool is_ipv6 = !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
      return std::isxdigit(c) != 0 || c == ':' || c == '.';
    });
    if (!is_ipv6) return "what stands in brackets is no IPv6 address.";
    digits = authority.substr(end + 1);
    if (!digits.empty() && digits.front() != ':') return "after the bracket only a port may follow.";
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    host = small_letters(authority.substr(0, colon));
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_character))
      return "its host name is missing or has a character that is not allowed.";
    digits = authority.substr(colon);
  }
  if (digits.empty()) return nullptr;
  digits.remove_prefix(1);
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc() || end != digits.data() + digits.size() || port == 0) return "its port is no number from 1 to 65535.";
  return nullptr;
}

HULL_INLINE std::string join_authority(const std::string& host, std::uint16_t port, std::uint16_t usual_port) {
  std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != usual_port) text += ':' + std::to_string(port);
  return text;
}

/// Takes "." and ".." out of a path.
HULL_INLINE std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_in_folder = false;
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t slash = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, slash - start);
    start = slash + 1;
    ends_in_folder = part == "." || part == "..";
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (part != ".") {
      kept.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : kept) out.append("/").append(part);
  if (ends_in_folder || out.empty()) out += '/';
  return out;
}

}  // namespace detail

HULL_INLINE std::string deployment_url::authority() const { return detail::join_authority(host, port, is_secure ? 443 : 80); }

HULL_INLINE std::string deployment_url::text() const { return (is_secure ? "https://" : "http://") + authority() + base_path; }

HULL_INLINE result<deployment_url> parse_deployment_url(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return error{errc::bad_argument,
                 "Invalid deployment address: \"" + std::string(text) + "\": " + std::string(why) +
                     " An address looks like https://happy-animal-123.convex.cloud or http://127.0.0.1:3210.",
                 {},
                 {}};
  };
  deployment_url url;
  const std::string scheme = detail::scheme_of(text);
  if (scheme != "http" && scheme != "https") return refuse("it must start with http:// or https://.");
  url.is_secure = scheme == "https";
  url.port = url.is_secure ? 443 : 80;
  const std::string_view rest = text.substr(scheme.size() + 3);

  const std::string_view authority = rest.substr(0, std::min(rest.find('/'), rest.size()));
  std::string_view path = rest.substr(authority.size());
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!std::all_of(path.begin(), path.end(), detail::is_path_character))
    return refuse("its path has a character that is not allowed there.");
  url.base_path = std::string(path);
  if (const char* why = detail::split_authority(authority, url.host, url.port)) return refuse(why);
  constexpr std::string_view site = ".convex.site";
  if (url.host.size() >= site.size() && url.host.compare(url.host.size() - site.size(), site.size(), site) == 0)
    return refuse(".convex.site serves HTTP actions; clients use the address that ends in .convex.cloud.");
  return url;
}

HULL_INLINE std::string http_url::authority() const { return detail::join_authority(host, port, is_secure ? 443 : 80); }

HULL_INLINE std::string http_url::text() const { return (is_secure ? "https://" : "http://") + authority() + target; }

HULL_INLINE bool http_url::has_same_origin(const http_url& other) const {
  return is_secure == other.is_secure && host == other.host && port == other.port;
}

HULL_INLINE result<http_url> parse_http_url(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return error{errc::bad_argument, "Invalid address: \"" + std::string(text.substr(0, 200)) + "\": " + std::string(why), {}, {}};
  };
  http_url url;
  const std::string scheme = detail::scheme_of(text);
  if (scheme != "http" && scheme != "https") return refuse("it must start with http:// or https://.");
  url.is_secure = scheme == "https";
  url.port = url.is_secure ? 443 : 80;
  std::string_view rest = text.substr(scheme.size() + 3);
  rest = rest.substr(0, std::min(rest.find('#'), rest.size()));
  const std::string_view authority = rest.substr(0, std::min(rest.find_first_of("/?"), rest.size()));
  if (const char* why = detail::split_authority(authority, url.host, url.port)) return refuse(why);
  rest.remove_prefix(authority.size());
  // A line break or a blank would end the request line early.
  if (std::any_of(rest.begin(), rest.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7F; }))
    return refuse("its path has a character that must be percent-encoded.");
  url.target = rest.starts_with('/') ? std::string(rest) : '/' + std::string(rest);
  return url;
}

HULL_INLINE result<http_url> resolve_http_url(const http_url& base, std::string_view reference) {
  if (const std::size_t scheme = reference.find("://"); scheme < reference.find_first_of("/?#")) return parse_http_url(reference);
  const std::string origin = (base.is_secure ? "https://" : "http://") + base.authority();
  if (reference.starts_with("//")) return parse_http_url((base.is_secure ? "https:" : "http:") + std::string(reference));
  reference = reference.substr(0, std::min(reference.find('#'), reference.size()));
  const std::string base_path = base.target.substr(0, std::min(base.target.find('?'), base.target.size()));
  const std::size_t query = std::min(reference.find('?'), reference.size());
  std::string path(reference.substr(0, query));
  if (path.empty())
    path = base_path;
  else if (!path.starts_with('/'))
    path = base_path.substr(0, base_path.rfind('/') + 1) + path;
  std::string asked(reference.substr(query));
  if (reference.empty()) asked = base.target.substr(base_path.size());
  return parse_http_url(origin + detail::without_dots(path) + asked);
}

}  // namespace hull::net
