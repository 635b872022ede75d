// The way to a server: addresses, proxies and certificates, good and bad.
#include "support/certificate.hpp"
#include "support/raw_server.hpp"

#include <hull/net/connector.hpp>

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace hull::net {
namespace {

using namespace std::chrono_literals;
using test::certificate;
using test::raw_peer;
using test::raw_server;
using test::tunnel_proxy;

/// One attempt, from a loop that the test turns.
struct attempt {
  boost::asio::io_context loop;
  std::shared_ptr<connector> way;
  std::optional<boost::system::error_code> outcome;
  std::unique_ptr<transport> open;

  attempt(destination to, tls_options tls = {}, proxy_options proxy = {}) {
    proxy.use_environment = false;
    way = std::make_shared<connector>(loop.get_executor(), std::make_shared<network>(std::move(tls), proxy));
    way->async_open(std::move(to), [this](boost::system::error_code ec, std::unique_ptr<transport> t) {
      outcome = ec;
      open = std::move(t);
    });
  }
  bool until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      loop.restart();
      loop.run_one_for(10ms);
    }
    return condition();
  }
  bool succeeds() {
    until([&] { return outcome.has_value(); });
    return outcome && !*outcome && open;
  }
  std::string failure() {
    until([&] { return outcome.has_value(); });
    return outcome && *outcome ? way->failure() : "no failure";
  }
  /// What the server says first, through whatever is between.
  std::string hears() {
    std::string heard;
    std::array<char, 64> piece;
    bool is_over = false;
    open->read(transport::mutable_list(boost::asio::buffer(piece)), [&](boost::system::error_code, std::size_t n) {
      heard.assign(piece.data(), n);
      is_over = true;
    });
    until([&] { return is_over; });
    return heard;
  }
};

void greet(raw_peer& peer) {
  peer.send("hello");
  peer.wait_for_end();
}

tls_options trusting(const certificate& cert) {
  tls_options o;
  o.ca_file = cert.certificate_file;
  return o;
}

proxy_options through(const std::string& url) {
  proxy_options o;
  o.url = url;
  return o;
}

TEST(net_connector, addresses_and_names) {
  const raw_server v4(greet);
  const raw_server v6(greet, nullptr, true);
  for (const destination& to : {destination{false, "127.0.0.1", v4.port()}, destination{false, "::1", v6.port()},
                                destination{false, "localhost", v4.port()}}) {
    attempt a(to);
    ASSERT_TRUE(a.succeeds()) << to.host << ": " << a.failure();
    EXPECT_EQ(a.hears(), "hello");
  }
}

TEST(net_connector, refusals_say_who_refused) {
  std::uint16_t closed_port = 0;
  {
    const raw_server gone(greet);
    closed_port = gone.port();
  }
  const std::string port = std::to_string(closed_port);
  EXPECT_EQ(attempt({false, "127.0.0.1", closed_port}).failure(), "cannot connect to 127.0.0.1:" + port + ": Connection refused");
  EXPECT_EQ(attempt({false, "::1", closed_port}).failure(), "cannot connect to [::1]:" + port + ": Connection refused");
  EXPECT_EQ(attempt({true, "a.example", 443}, {}, through("http://127.0.0.1:" + port)).failure(),
            "cannot connect to the proxy 127.0.0.1:" + port + ": Connection refused");
  // No label of a name is longer than 63 letters: the resolver refuses this without asking anybody.
  const std::string impossible(64, 'a');
  EXPECT_EQ(attempt({false, impossible, 80}).failure().find("cannot resolve " + impossible), 0u);
  EXPECT_EQ(attempt({true, "a.example", 443}, {}, through("socks5://x")).failure().find("The proxy in proxy_options::url"), 0u);
}

TEST(net_connector, tunnel_with_credentials_and_tls_inside) {
  const certificate cert("DNS:deployment.example");
  std::string name;
  const raw_server server(
      [&](raw_peer& peer) {
        name = SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
        greet(peer);
      },
      test::server_tls(cert.certificate_file, cert.key_file));
  const tunnel_proxy proxy(server.port());
  // The name exists nowhere: only the proxy resolves it.
  attempt a({true, "deployment.example", 443}, trusting(cert), through(proxy.url("user:pass@")));
  ASSERT_TRUE(a.succeeds()) << a.failure();
  EXPECT_EQ(a.hears(), "hello");
  EXPECT_EQ(name, "deployment.example");
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0],
            "CONNECT deployment.example:443 HTTP/1.1\r\nHost: deployment.example:443\r\n"
            "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
  attempt plain({false, "::1", 3210}, {}, through(proxy.url()));
  ASSERT_TRUE(plain.succeeds());
  EXPECT_EQ(proxy.requests()[1], "CONNECT [::1]:3210 HTTP/1.1\r\nHost: [::1]:3210\r\n\r\n");
}

TEST(net_connector, proxies_that_misbehave) {
  struct { const char* account; const char* answer; const char* failure; } const cases[] = {
      {"", "HTTP/1.1 403 Forbidden by policy\r\n\r\n", "refuses a tunnel to a.example:443: \"403 Forbidden by policy\""},
      {"", "HTTP/1.0 407 Who?\r\n\r\n", "asks for credentials; put them in its URL"},
      {"u:p@", "HTTP/1.1 407 Who?\r\n\r\n", "asks for credentials and refuses those in its URL"},
      {"", "SSH-2.0-OpenSSH_9.2\x01\r\n\r\n", "does not speak HTTP: \"SSH-2.0-OpenSSH_9.2?\""},
      {"", "HTTP/1.1 \r\n\r\n", "does not speak HTTP"},
      {"", "\r\n\r\n", "does not speak HTTP"},
      {"", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 injected", "sent more than its answer"},
      {"", "HTTP/1.1 200 OK\r\n", "hung up before it had answered"},
      {"", "", "hung up before it had answered"},
  };
  for (const auto& c : cases) {
    const raw_server proxy([&](raw_peer& peer) {
      peer.receive_request();
      peer.send(c.answer);
    });
    attempt a({true, "a.example", 443}, {}, through("http://" + std::string(c.account) + "127.0.0.1:" + std::to_string(proxy.port())));
    const std::string failure = a.failure();
    EXPECT_NE(failure.find(c.failure), std::string::npos) << failure;
    EXPECT_EQ(failure.find("the proxy 127.0.0.1:"), 0u) << failure;
  }
  const raw_server endless([](raw_peer& peer) {
    peer.receive_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-More: yes\r\n")) {
    }
  });
  EXPECT_NE(attempt({true, "a.example", 443}, {}, through("http://127.0.0.1:" + std::to_string(endless.port()))).failure().find("answers without end"),
            std::string::npos);
}

TEST(net_connector, phases_while_it_hangs) {
  const raw_server silent([](raw_peer& peer) { peer.wait_for_end(); });
  const std::string port = std::to_string(silent.port());
  attempt tls({true, "127.0.0.1", silent.port()});
  EXPECT_EQ(tls.way->phase(), "connecting to 127.0.0.1:" + port);
  EXPECT_TRUE(tls.until([&] { return tls.way->phase() == "in the TLS handshake with 127.0.0.1:" + port; }));
  attempt proxy({true, "a.example", 443}, {}, through("http://127.0.0.1:" + port));
  EXPECT_TRUE(proxy.until([&] {
    return proxy.way->phase() == "waiting for the proxy 127.0.0.1:" + port + " to open a tunnel to a.example:443";
  }));
  for (attempt* a : {&tls, &proxy}) {
    a->way->cancel();
    a->loop.restart();
    a->loop.run();  // Ends: nothing is left behind.
    EXPECT_FALSE(a->outcome) << "a cancelled attempt says nothing";
  }
}

TEST(net_connector, certificates) {
  const certificate address("IP:127.0.0.1");
  const certificate wildcard("DNS:*.team.example");
  struct { const certificate& cert; const char* host; bool is_trusted; const char* failure; } const cases[] = {
      {address, "127.0.0.1", true, ""},
      {address, "127.0.0.1", false, "self-signed certificate"},
      {address, "localhost", true, "hostname mismatch"},
      {wildcard, "a.team.example", true, ""},
      {wildcard, "a.team.example.", true, ""},
      {wildcard, "a.b.team.example", true, "hostname mismatch"},
      {wildcard, "127.0.0.1", true, "IP address mismatch"},
  };
  for (const auto& c : cases) {
    const raw_server server(greet, test::server_tls(c.cert.certificate_file, c.cert.key_file));
    const tunnel_proxy proxy(server.port());
    attempt a({true, c.host, 443}, c.is_trusted ? trusting(c.cert) : tls_options{}, through(proxy.url()));
    if (*c.failure == '\0') {
      EXPECT_TRUE(a.succeeds()) << c.host << ": " << a.failure();
      continue;
    }
    const std::string failure = a.failure();
    EXPECT_NE(failure.find(c.failure), std::string::npos) << failure;
    EXPECT_NE(failure.find("the TLS handshake with " + std::string(c.host) + ":443 failed: certificate verify failed"), std::string::npos) << failure;
  }
}

TEST(net_connector, trust_from_text) {
  const certificate cert("IP:127.0.0.1");
  const raw_server server(greet, test::server_tls(cert.certificate_file, cert.key_file));
  tls_options text;
  text.ca_pem = test::file_text(cert.certificate_file);
  EXPECT_TRUE(attempt({true, "127.0.0.1", server.port()}, text).succeeds());
  text.ca_pem = "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(attempt({true, "127.0.0.1", server.port()}, text).failure().find("cannot load the trusted certificates from the text in ca_pem: "), 0u);
}

TEST(net_connector, client_certificates) {
  const certificate cert("IP:127.0.0.1");
  const certificate mine("DNS:me", "open sesame");
  auto context = test::server_tls(cert.certificate_file, cert.key_file);
  context->set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
  context->load_verify_file(mine.certificate_file);
  const raw_server server(greet, context);
  const destination to{true, "127.0.0.1", server.port()};

  tls_options o = trusting(cert);
  o.certificate_file = mine.certificate_file;
  o.private_key_file = mine.key_file;
  o.private_key_passphrase = "open sesame";
  attempt good(to, o);
  ASSERT_TRUE(good.succeeds()) << good.failure();
  EXPECT_EQ(good.hears(), "hello");

  attempt nobody(to, trusting(cert));  // With TLS 1.3 the server says no after the client's handshake is over.
  EXPECT_TRUE(!nobody.succeeds() || nobody.hears().empty());

  o.private_key_passphrase = "wrong";
  EXPECT_NE(attempt(to, o).failure().find("(is the passphrase right?)"), std::string::npos);
  o.private_key_passphrase = "";
  EXPECT_NE(attempt(to, o).failure().find("(is a passphrase missing?)"), std::string::npos);
  o.private_key_file = "/nowhere/key.pem";
  EXPECT_EQ(attempt(to, o).failure().find("cannot load the key of the client certificate from /nowhere/key.pem: "), 0u);
  o.certificate_file = "/nowhere/cert.pem";
  EXPECT_EQ(attempt(to, o).failure().find("cannot load the client certificate from /nowhere/cert.pem: "), 0u);
}

TEST(net_connector, old_tls_is_refused) {
  const certificate cert("IP:127.0.0.1");
  auto context = test::server_tls(cert.certificate_file, cert.key_file);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(context->native_handle(), "DEFAULT@SECLEVEL=0");
  const raw_server server(greet, context);
  EXPECT_EQ(attempt({true, "127.0.0.1", server.port()}, trusting(cert)).failure().find("the TLS handshake with 127.0.0.1:"), 0u);
}

}  // namespace
}  // namespace hull::net
