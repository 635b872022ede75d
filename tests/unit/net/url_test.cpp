// Deployment addresses: what is accepted, and what is refused with which words.
#include <hull/net/url.hpp>

#include <gtest/gtest.h>

namespace hull::net {
namespace {

TEST(net_url, T41_accepts) {
  struct { const char* text; bool is_secure; const char* host; int port; const char* base_path; const char* authority; } const cases[] = {
      {"http://localhost:3210", false, "localhost", 3210, "", "localhost:3210"},
      {"http://127.0.0.1:8000/", false, "127.0.0.1", 8000, "", "127.0.0.1:8000"},
      {"http://0.0.0.0", false, "0.0.0.0", 80, "", "0.0.0.0"},
      {"https://happy-animal-123.convex.cloud", true, "happy-animal-123.convex.cloud", 443, "", "happy-animal-123.convex.cloud"},
      {"https://happy-animal-123.eu.convex.cloud///", true, "happy-animal-123.eu.convex.cloud", 443, "", "happy-animal-123.eu.convex.cloud"},
      {"HTTPS://API.Example.com:443/x/y/", true, "api.example.com", 443, "/x/y", "api.example.com"},
      {"http://[::1]:3210", false, "::1", 3210, "", "[::1]:3210"},
      {"https://[fe80::1]", true, "fe80::1", 443, "", "[fe80::1]"},
      {"https://convex.site.example.com", true, "convex.site.example.com", 443, "", "convex.site.example.com"},
  };
  for (const auto& c : cases) {
    const auto url = parse_deployment_url(c.text);
    ASSERT_FALSE(url.has_error()) << c.text << ": " << url.error().message;
    EXPECT_EQ(url->is_secure, c.is_secure) << c.text;
    EXPECT_EQ(url->host, c.host) << c.text;
    EXPECT_EQ(url->port, c.port) << c.text;
    EXPECT_EQ(url->base_path, c.base_path) << c.text;
    EXPECT_EQ(url->authority(), c.authority) << c.text;
  }
}

TEST(net_url, T41_refuses) {
  for (const char* text :
       {"", "localhost:3210", "ws://localhost", "wss://x.convex.cloud", "ftp://x", "http:/x", "http://", "http://:80",
        "http://user@host", "http://ho st", "http://host:", "http://host:0", "http://host:65536", "http://host:12x",
        "http://host/a b", "http://host?x", "http://host/#x", "http://[::1", "http://[::1]x", "http://[host]", "http://[]",
        "https://happy-animal-123.convex.site", "https://happy-animal-123.convex.site/", "https://X.CONVEX.SITE:443"}) {
    const auto url = parse_deployment_url(text);
    ASSERT_TRUE(url.has_error()) << text;
    EXPECT_EQ(url.error().code, errc::bad_argument) << text;
    EXPECT_EQ(url.error().message.find("Invalid deployment address: "), 0u) << url.error().message;
  }
}

TEST(net_url, http_urls) {
  struct { const char* text; bool is_secure; const char* host; int port; const char* target; } const cases[] = {
      {"http://localhost", false, "localhost", 80, "/"},
      {"https://Host.example:8443/a%20b?c=d&e#part", true, "host.example", 8443, "/a%20b?c=d&e"},
      {"http://h?x=1", false, "h", 80, "/?x=1"},
      {"http://[::1]:3210/api/storage/upload?token=abc", false, "::1", 3210, "/api/storage/upload?token=abc"},
  };
  for (const auto& c : cases) {
    const auto url = parse_http_url(c.text);
    ASSERT_FALSE(url.has_error()) << c.text << ": " << url.error().message;
    EXPECT_EQ(url->is_secure, c.is_secure) << c.text;
    EXPECT_EQ(url->host, c.host) << c.text;
    EXPECT_EQ(url->port, c.port) << c.text;
    EXPECT_EQ(url->target, c.target) << c.text;
  }
  for (const char* text : {"", "x", "ftp://h/", "http://", "http://u:p@h/", "http://h/a b", "http://h/a\r\nHost: x", "http://h:99999/", "http:/h"})
    EXPECT_EQ(parse_http_url(text).has_error() ? parse_http_url(text).error().message.find("Invalid address: ") : 1u, 0u) << text;
}

TEST(net_url, where_references_lead) {
  struct { const char* reference; const char* expected; } const cases[] = {
      {"http://other.example/x", "http://other.example/x"},
      {"//other.example:81/x", "https://other.example:81/x"},
      {"/x?y#z", "https://h.example/x?y"},
      {"c", "https://h.example/a/c"},
      {"../c", "https://h.example/c"},
      {"../../../c", "https://h.example/c"},
      {"./c/./d/..", "https://h.example/a/c/"},
      {"?n=1", "https://h.example/a/b?n=1"},
      {"", "https://h.example/a/b?q"},
      {"c?u=http://z", "https://h.example/a/c?u=http://z"},
  };
  const auto base = parse_http_url("https://h.example/a/b?q");
  for (const auto& c : cases) {
    const auto url = resolve_http_url(*base, c.reference);
    ASSERT_FALSE(url.has_error()) << c.reference << ": " << url.error().message;
    EXPECT_EQ(url->text(), c.expected) << c.reference;
  }
  EXPECT_TRUE(resolve_http_url(*base, "file:///etc/passwd").has_error());
}

}  // namespace
}  // namespace hull::net
