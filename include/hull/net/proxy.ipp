// Bodies of proxy.hpp.
#pragma once

#include <hull/net/proxy.hpp>
#include <hull/net/url.hpp>
#include <hull/value/base64.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <span>

namespace hull::net {
namespace detail {

HULL_INLINE std::optional<std::string> process_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::string(text);
}

HULL_INLINE std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned char byte = 0;
    const char* first = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(first, first + 2, byte, 16).ptr != first + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

HULL_INLINE result<std::optional<proxy_server>> parse_proxy(const std::string& name, std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return error{errc::bad_argument,
                 "The proxy in " + name + " cannot be used: " + std::string(why) + " A proxy looks like http://host:port.", {}, {}};
  };
  const std::string scheme = scheme_of(text);
  if (!scheme.empty() && scheme != "http") return refuse("only proxies that speak http are supported, not " + scheme + ".");
  if (!scheme.empty()) text.remove_prefix(scheme.size() + 3);
  std::string_view authority = text.substr(0, std::min(text.find_first_of("/?#"), text.size()));
  proxy_server proxy;
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view account = authority.substr(0, at);
    const auto user = percent_decoded(account.substr(0, account.find(':')));
    const std::size_t colon = account.find(':');
    const auto password = percent_decoded(colon == std::string_view::npos ? std::string_view() : account.substr(colon + 1));
    if (!user || !password) return refuse("its credentials are not percent-encoded as they must be.");
    const std::string both = *user + ':' + *password;
    proxy.authorization = "Basic " + encode_base64(std::span(reinterpret_cast<const std::uint8_t*>(both.data()), both.size()));
    authority.remove_prefix(at + 1);
  }
  proxy.port = 80;
  if (const char* why = split_authority(authority, proxy.host, proxy.port)) return refuse(why);
  return std::optional<proxy_server>(std::move(proxy));
}

HULL_INLINE bool is_in_network(std::string_view network, const boost::asio::ip::address& address) {
  namespace ip = boost::asio::ip;
  boost::system::error_code failed;
  if (address.is_v4()) {
    const auto v4 = ip::make_network_v4(std::string(network), failed);
    return !failed && ip::network_v4(address.to_v4(), v4.prefix_length()).canonical() == v4.canonical();
  }
  const auto v6 = ip::make_network_v6(std::string(network), failed);
  return !failed && ip::network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6.canonical();
}

}  // namespace detail

HULL_INLINE proxy_rules::proxy_rules(const proxy_options& options) : proxy_rules(options, detail::process_environment) {}

HULL_INLINE proxy_rules::proxy_rules(const proxy_options& options, const environment& look_up)
    : given_{"proxy_options::url", options.url}, no_proxy_(options.no_proxy) {
  if (!given_.url.empty() || !options.use_environment) return;
  const auto read = [&](std::string small, std::string capital) -> setting {
    if (auto text = look_up(small.c_str()); text && !text->empty()) return {std::move(small), std::move(*text)};
    if (auto text = look_up(capital.c_str()); text && !text->empty()) return {std::move(capital), std::move(*text)};
    return {};
  };
  https_ = read("https_proxy", "HTTPS_PROXY");
  // In a CGI program HTTP_PROXY is what a visitor sent in the header "Proxy".
  http_ = read("http_proxy", look_up("REQUEST_METHOD") ? "http_proxy" : "HTTP_PROXY");
  all_ = read("all_proxy", "ALL_PROXY");
  no_proxy_ = read("no_proxy", "NO_PROXY").url;
}

HULL_INLINE result<std::optional<proxy_server>> proxy_rules::find(bool is_secure, const std::string& host, std::uint16_t port) const {
  if (is_excluded_from_proxy(no_proxy_, host, port)) return std::optional<proxy_server>();
  if (!given_.url.empty()) return detail::parse_proxy(given_.name, given_.url);
  const setting& own = is_secure ? https_ : http_;
  const setting& found = own.url.empty() ? all_ : own;
  if (found.url.empty() || is_loopback_host(host)) return std::optional<proxy_server>();
  return detail::parse_proxy(found.name, found.url);
}

HULL_INLINE bool is_excluded_from_proxy(std::string_view list, const std::string& host, std::uint16_t port) {
  boost::system::error_code is_name;
  const auto address = boost::asio::ip::make_address(host, is_name);
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find_first_of(", \t"), list.size());
    std::string_view entry = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (entry == "*") return true;
    if (entry.starts_with("*.")) entry.remove_prefix(1);
    if (entry.empty()) continue;
    if (!is_name && entry.find('/') != std::string_view::npos) {
      if (detail::is_in_network(entry, address)) return true;
      continue;
    }
    std::string named;
    std::uint16_t wanted_port = port;
    boost::system::error_code no_address;
    const auto bare = boost::asio::ip::make_address(std::string(entry), no_address);  // An IPv6 address without brackets.
    if (!is_name && !no_address && bare == address) return true;
    if (detail::split_authority(entry, named, wanted_port) != nullptr || wanted_port != port) continue;
    if (named == host) return true;
    if (!is_name) continue;
    if (!named.starts_with('.')) named.insert(named.begin(), '.');
    if (host.ends_with(named) || named.compare(1, std::string::npos, host) == 0) return true;
  }
  return false;
}

HULL_INLINE bool is_loopback_host(const std::string& host) {
  boost::system::error_code is_name;
  const auto address = boost::asio::ip::make_address(host, is_name);
  if (!is_name) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
      return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback() || address.is_unspecified();
  }
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace hull::net
