// Which proxy leads where: options, environment, exceptions.
#include <hull/net/proxy.hpp>

#include <gtest/gtest.h>

#include <map>

namespace hull::net {
namespace {

using variables = std::map<std::string, std::string>;

proxy_rules rules(const variables& set, proxy_options options = {}) {
  return proxy_rules(options, [&](const char* name) -> std::optional<std::string> {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional(found->second);
  });
}

/// "host:port", "-" for a direct way, or the error.
std::string way(const proxy_rules& r, bool is_secure, const std::string& host, std::uint16_t port) {
  const auto found = r.find(is_secure, host, port);
  if (found.has_error()) return found.error().message;
  return *found ? (*found)->host + ':' + std::to_string((*found)->port) : "-";
}

TEST(net_proxy, environment) {
  const variables all{{"HTTPS_PROXY", "http://secure:1"}, {"http_proxy", "plain:2"}, {"HTTP_PROXY", "http://capital:3"}};
  EXPECT_EQ(way(rules(all), true, "a.example", 443), "secure:1");
  EXPECT_EQ(way(rules(all), false, "a.example", 80), "plain:2") << "small letters win";
  EXPECT_EQ(way(rules({{"ALL_PROXY", "HTTP://Every.Where/"}}), true, "a.example", 443), "every.where:80");
  EXPECT_EQ(way(rules({{"all_proxy", "[::1]:8080"}}), false, "a.example", 80), "::1:8080");
  EXPECT_EQ(way(rules({{"HTTP_PROXY", "x:1"}}), true, "a.example", 443), "-");
  EXPECT_EQ(way(rules({{"HTTPS_PROXY", ""}, {"ALL_PROXY", "x:1"}}), true, "a.example", 443), "x:1");
  EXPECT_EQ(way(rules({{"HTTP_PROXY", "evil:1"}, {"REQUEST_METHOD", "GET"}}), false, "a.example", 80), "-")
      << "in a CGI program this variable comes from a visitor";
  proxy_options off;
  off.use_environment = false;
  EXPECT_EQ(way(rules(all, off), true, "a.example", 443), "-");
  EXPECT_EQ(way(rules({}), true, "a.example", 443), "-");
}

TEST(net_proxy, loopback_never_through_the_environment) {
  const auto r = rules({{"ALL_PROXY", "p:1"}});
  for (const char* host : {"localhost", "api.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"})
    EXPECT_EQ(way(r, false, host, 3210), "-") << host;
  for (const char* host : {"localhost.example", "notlocalhost", "128.0.0.1", "::2", "10.0.0.1"})
    EXPECT_EQ(way(r, false, host, 3210), "p:1") << host;
  proxy_options own;
  own.url = "http://own:9";
  EXPECT_EQ(way(rules({{"NO_PROXY", "*"}}, own), false, "127.0.0.1", 80), "own:9") << "what the program says is meant";
}

TEST(net_proxy, exceptions) {
  struct { const char* list; const char* host; int port; bool is_excluded; } const cases[] = {
      {"*", "a.example", 443, true},
      {"example.com", "example.com", 443, true},
      {"example.com", "a.b.example.com", 443, true},
      {".example.com", "a.example.com", 443, true},
      {".example.com", "example.com", 443, true},
      {"*.Example.com", "a.example.com", 443, true},
      {"example.com", "badexample.com", 443, false},
      {"example.com", "example.com.evil", 443, false},
      {"other, example.com , x", "example.com", 443, true},
      {"example.com:8443", "example.com", 8443, true},
      {"example.com:8443", "example.com", 443, false},
      {"10.0.0.0/8", "10.200.3.4", 80, true},
      {"10.0.0.0/8", "11.0.0.1", 80, false},
      {"10.0.0.0/8", "10.example", 80, false},
      {"10.0.0.0/99", "10.0.0.1", 80, false},
      {"192.168.1.5", "192.168.1.5", 80, true},
      {"168.1.5", "192.168.1.5", 80, false},
      {"fd00::/8", "fd12::1", 80, true},
      {"fd12::1", "fd12:0::1", 80, true},
      {"[fd12::1]:80", "fd12::1", 80, true},
      {"", "a.example", 80, false},
      {",, ,:,[,.,", "a.example", 80, false},
  };
  for (const auto& c : cases)
    EXPECT_EQ(is_excluded_from_proxy(c.list, c.host, static_cast<std::uint16_t>(c.port)), c.is_excluded) << c.list << " / " << c.host;
  EXPECT_EQ(way(rules({{"ALL_PROXY", "p:1"}, {"NO_PROXY", "inner.example"}}), true, "x.inner.example", 443), "-");
  proxy_options own;
  own.url = "http://own:9";
  own.no_proxy = "inner.example";
  EXPECT_EQ(way(rules({}, own), true, "inner.example", 443), "-");
  EXPECT_EQ(way(rules({}, own), true, "outer.example", 443), "own:9");
}

TEST(net_proxy, credentials) {
  struct { const char* url; const char* authorization; } const cases[] = {
      {"http://user:pass@p:1", "Basic dXNlcjpwYXNz"},
      {"http://user@p:1", "Basic dXNlcjo="},
      {"http://u%40x:p%3Aw%2f@p:1", "Basic dUB4OnA6dy8="},
      {"http://p:1", ""},
  };
  for (const auto& c : cases) {
    proxy_options own;
    own.url = c.url;
    const auto found = rules({}, own).find(true, "a.example", 443);
    ASSERT_FALSE(found.has_error()) << c.url;
    EXPECT_EQ((*found)->authorization, c.authorization) << c.url;
    EXPECT_EQ((*found)->host, "p") << c.url;
  }
}

TEST(net_proxy, refusals_name_the_source_and_hide_the_secret) {
  for (const char* url : {"https://me:secret@p:1", "socks5://me:secret@p:1", "http://me:secret@", "http://me:secret@p:0", "http://me:secret%zz@p",
                          "http://me:secret%4@p", "http://me:secret@p q:1"}) {
    const std::string why = way(rules({{"https_proxy", url}}), true, "a.example", 443);
    EXPECT_EQ(why.find("The proxy in https_proxy cannot be used: "), 0u) << why;
    EXPECT_EQ(why.find("secret"), std::string::npos) << why;
  }
}

}  // namespace
}  // namespace hull::net
