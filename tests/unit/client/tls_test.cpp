// wss with certificates made on the spot: trusted ones work, others do not.
#include "../net/support/certificate.hpp"
#include "support/home.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

mock::server_options serving(const certificate& cert) {
  mock::server_options o;
  o.certificate_file = cert.certificate_file;
  o.private_key_file = cert.key_file;
  return o;
}

TEST(client_tls, trusted_certificate) {
  const certificate cert("IP:127.0.0.1");
  home h(serving(cert));
  auto options = h.options();
  options.tls.ca_file = cert.certificate_file;
  client c(h.loop.get_executor(), h.server.url(), options);
  watch w = c.watch_query("q:a");
  std::optional<value> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen = *state->current(); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, std::string(100'000, 'z'))}, 10);
  ASSERT_TRUE(h.until([&] { return seen.has_value(); }));
  outcome o;
  c.action("a:x", value::make_object({{"text", std::string(100'000, 'a')}}), o.token());
  server.answer_action(server.expect_action().id, 1);
  ASSERT_TRUE(h.until([&] { return o.got.has_value(); }));
  c.close();
  EXPECT_TRUE(socket->wait_for_close());
  EXPECT_EQ(socket->close_code(), 1005);
}

TEST(client_tls, name_in_the_address_is_what_counts) {
  const certificate cert("DNS:localhost");
  home h(serving(cert));
  auto options = h.options();
  options.tls.ca_file = cert.certificate_file;
  client named(h.loop.get_executor(), "https://localhost:" + std::to_string(h.server.port()), options);
  ASSERT_TRUE(h.until([&] { return named.state().is_connected; }));
  client addressed(h.loop.get_executor(), h.server.url(), options);
  ASSERT_TRUE(h.until([&] { return addressed.state().connection_retries >= 1; }));
  EXPECT_FALSE(addressed.state().has_ever_connected);
  EXPECT_TRUE(h.has_log("TLS handshake"));
}

TEST(client_tls, unknown_certificate_is_refused) {
  const certificate cert("IP:127.0.0.1");
  home h(serving(cert));
  client c(h.loop.get_executor(), h.server.url(), h.options());
  ASSERT_TRUE(h.until([&] { return c.state().connection_retries >= 1; }));
  EXPECT_FALSE(c.state().has_ever_connected);
  EXPECT_TRUE(h.has_log("certificate verify failed"));
}

TEST(client_tls, verification_can_be_off_in_tests) {
  const certificate cert("DNS:somewhere.else");
  home h(serving(cert));
  auto options = h.options();
  options.tls.verify_peer = false;
  client c(h.loop.get_executor(), h.server.url(), options);
  ASSERT_TRUE(h.until([&] { return c.state().is_connected; }));
}

TEST(client_tls, missing_ca_file_is_reported) {
  const certificate cert("IP:127.0.0.1");
  home h(serving(cert));
  auto options = h.options();
  options.tls.ca_file = "/nowhere/ca.pem";
  client c(h.loop.get_executor(), h.server.url(), options);
  ASSERT_TRUE(h.until([&] { return h.has_log("cannot load the trusted certificates from /nowhere/ca.pem"); }));
}

}  // namespace
}  // namespace hull::test
