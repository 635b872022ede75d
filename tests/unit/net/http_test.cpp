// HTTP against servers that behave, and against those that do not.
#include "support/certificate.hpp"
#include "support/raw_server.hpp"

#include <hull/net/beast_http.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace hull::net {
namespace {

using namespace std::chrono_literals;
using test::raw_peer;
using test::raw_server;

struct fetcher {
  boost::asio::io_context loop;
  std::shared_ptr<http_transport> http;
  std::optional<result<http_response>> outcome;
  boost::asio::cancellation_signal cancel;

  explicit fetcher(tls_options tls = {}, proxy_options proxy = {}) {
    proxy.use_environment = false;
    http = make_beast_http(loop.get_executor(), tls, proxy);
  }
  void send(http_request request) {
    outcome.reset();
    http->async_send(std::move(request), boost::asio::bind_cancellation_slot(cancel.slot(), [this](result<http_response> r) { outcome = std::move(r); }));
  }
  bool until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      loop.restart();
      loop.run_one_for(10ms);
    }
    return condition();
  }
  result<http_response> fetch(http_request request) {
    send(std::move(request));
    if (!until([&] { return outcome.has_value(); })) return error{errc::timed_out, "the test lost its patience", {}, {}};
    return std::move(*outcome);
  }
};

http_request get(std::string url) {
  http_request r;
  r.url = std::move(url);
  r.is_repeatable = true;
  return r;
}

http_request post(std::string url, std::string body) {
  http_request r;
  r.method = "POST";
  r.url = std::move(url);
  r.body = std::move(body);
  return r;
}

/// The status and body of an answer, or the error's text.
std::string told(const result<http_response>& r) { return r ? std::to_string(r->status) + ' ' + r->body : r.error().message; }

raw_server::script says(std::string text) {
  return [text = std::move(text)](raw_peer& peer) {
    if (!peer.receive_request().empty()) peer.send(text);
  };
}

TEST(net_http, answers_of_every_shape) {
  struct { const char* wire; const char* told; } const cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 hello"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: z\r\n\r\n", "200 hello"},
      {"HTTP/1.1 200 OK\r\n\r\nhello", "200 hello"},
      {"HTTP/1.0 200 OK\r\n\r\nhello", "200 hello"},
      {"HTTP/1.1 204 No Content\r\n\r\n", "204 "},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 "},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 ok"},
      {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope", "404 nope"},
      {"HTTP/1.1 560 Function Failed\r\nContent-Length: 1\r\n\r\nx", "560 x"},
  };
  for (const auto& c : cases) {
    const raw_server server(says(c.wire));
    fetcher f;
    EXPECT_EQ(told(f.fetch(get(server.url("/x?y")))), c.told) << c.wire;
  }
}

TEST(net_http, hostile_answers) {
  struct { std::string wire; errc code; const char* message; } const cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", errc::network, "broke in the middle of its answer"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", errc::network, "broke in the middle of its answer"},
      {"HTTP/1.1 200 OK\r\nContent-Le", errc::network, "broke in the middle of the head of its answer"},
      {"", errc::network, "broke before it had answered"},
      {"SSH-2.0-OpenSSH\r\n\r\n", errc::bad_message, "is no HTTP"},
      {"HTTP/1.1 2x0 OK\r\n\r\n", errc::bad_message, "is no HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", errc::bad_message, "is no HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", errc::bad_message, "is no HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", errc::bad_message, "is no HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", errc::bad_message, "the limit is 1000"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", errc::bad_message, "is 1001 bytes long; the limit is 1000"},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'), errc::bad_message, "longer than the limit of 1000"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x') + "\r\n0\r\n\r\n", errc::bad_message, "longer than the limit of 1000"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", errc::bad_message, "is no HTTP"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", errc::bad_message, "has a head of more than 4096 bytes"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", errc::bad_message, "encoded as gzip, which was not asked for"},
  };
  for (const auto& c : cases) {
    const raw_server server(says(c.wire));
    fetcher f;
    http_request request = get(server.url());
    request.max_header_bytes = 4096;
    request.max_body_bytes = 1000;
    const auto r = f.fetch(request);
    ASSERT_TRUE(r.has_error()) << c.wire.substr(0, 100);
    EXPECT_EQ(r.error().code, c.code) << r.error().message;
    EXPECT_NE(r.error().message.find(c.message), std::string::npos) << r.error().message;
  }
}

TEST(net_http, endless_answers) {
  struct { const char* begin; const char* again; const char* message; } const cases[] = {
      {"HTTP/1.1 200 OK\r\n", "X-More: yes\r\n", "has a head of more than"},
      {"HTTP/1.1 ", "2", ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=", "yyyyyyyyyyyyyyyyyyyyyy", "more than 4096 bytes"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-More: yes\r\n", ""},
      {"", "HTTP/1.1 100 Continue\r\n\r\n", "interim answers without end"},
      {"HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "longer than the limit"},
  };
  for (const auto& c : cases) {
    const raw_server server([&](raw_peer& peer) {
      peer.receive_request();
      peer.send(c.begin);
      std::string many;
      for (int i = 0; i < 100; ++i) many += c.again;
      while (peer.send(many)) {
      }
    });
    fetcher f;
    http_request request = get(server.url());
    request.max_header_bytes = 4096;
    request.max_body_bytes = 100'000;
    const auto r = f.fetch(request);
    ASSERT_TRUE(r.has_error()) << c.begin;
    EXPECT_EQ(r.error().code, errc::bad_message) << r.error().message;
    EXPECT_NE(r.error().message.find(c.message), std::string::npos) << r.error().message;
  }
}

TEST(net_http, long_error_pages_are_cut) {
  const raw_server server(says("HTTP/1.1 500 Oops\r\n\r\n" + std::string(1'000'000, 'x')));
  fetcher f;
  const auto r = f.fetch(get(server.url()));
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->status, 500u);
  EXPECT_EQ(r->body.size(), 64u * 1024);
}

TEST(net_http, what_is_sent) {
  std::vector<std::string> seen;
  const raw_server server([&](raw_peer& peer) {
    for (std::string r; !(r = peer.receive_request()).empty();) {
      seen.push_back(r);
      peer.answer("200 OK", "ok", "X-Answer: Yes\r\n");
    }
  }, nullptr, true);
  const std::string host = "[::1]:" + std::to_string(server.port());
  fetcher f;
  auto r = f.fetch(get("http://" + host + "/a?b=c#d"));
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_NE(r->header("x-answer"), nullptr);
  EXPECT_EQ(*r->header("x-answer"), "Yes");
  EXPECT_EQ(r->header("x-answe"), nullptr);
  auto request = post("http://" + host, std::string(100'000, 'b'));
  request.headers = {{"Content-Type", "text/plain"}};
  EXPECT_EQ(told(f.fetch(request)), "200 ok");
  EXPECT_EQ(told(f.fetch(post("http://" + host, ""))), "200 ok");
  EXPECT_EQ(server.connections(), 1) << "one connection carries all";
  EXPECT_EQ(seen[0], "GET /a?b=c HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  EXPECT_EQ(seen[1], "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'b'));
  EXPECT_EQ(seen[2], "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n");
  for (const auto& [name, text] : http_headers{{"X", "a\r\nEvil: b"}, {"X: y", "z"}, {"", "x"}, {"X\n", "y"}}) {
    auto evil = get("http://" + host);
    evil.headers = {{name, text}};
    const auto refused = f.fetch(evil);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, errc::bad_argument);
  }
  EXPECT_EQ(f.fetch(get("ftp://x")).error().code, errc::bad_argument);
  EXPECT_EQ(seen.size(), 3u);
}

TEST(net_http, connections_that_close) {
  // Answers each first request of a connection; hangs up at the second.
  const raw_server server([](raw_peer& peer) {
    if (peer.receive_request().empty()) return;
    peer.answer("200 OK", "ok");
    peer.receive_request();
  });
  fetcher f;
  EXPECT_EQ(told(f.fetch(get(server.url()))), "200 ok");
  EXPECT_EQ(told(f.fetch(get(server.url()))), "200 ok") << "repeatable: sent again on a new connection";
  EXPECT_EQ(server.connections(), 2);
  const auto broken = f.fetch(post(server.url(), "once"));
  ASSERT_TRUE(broken.has_error()) << "not sent twice";
  EXPECT_EQ(broken.error().code, errc::network);

  const raw_server closing(says("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(told(f.fetch(post(closing.url(), "x"))), "200 ok");
  EXPECT_EQ(closing.connections(), 2);

  // Says nothing of it, but closes: seen before the connection is used again.
  std::atomic<bool> is_closed = false;
  const raw_server silent([&](raw_peer& peer) {
    peer.receive_request();
    peer.answer("200 OK", "ok");
    peer.socket().shutdown(raw_peer::tcp::socket::shutdown_both);
    is_closed = true;
  });
  for (int i = 0; i < 2; ++i) {
    is_closed = false;
    EXPECT_EQ(told(f.fetch(post(silent.url(), "x"))), "200 ok");
    EXPECT_TRUE(f.until([&] { return is_closed.load(); }));
  }
  // What nobody asked for is not taken for the next answer.
  const raw_server eager(says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(told(f.fetch(get(eager.url()))), "200 ok");
}

TEST(net_http, redirects) {
  std::vector<std::string> seen;
  const raw_server other([&](raw_peer& peer) {
    seen.push_back(peer.receive_request());
    peer.answer("200 OK", "there");
  });
  const raw_server server([&](raw_peer& peer) {
    for (std::string r; !(r = peer.receive_request()).empty();) {
      const std::string path = r.substr(r.find(' ') + 1, r.find(' ', r.find(' ') + 1) - r.find(' ') - 1);
      if (path == "/here") peer.answer("200 OK", r.find("Authorization: secret") == std::string::npos ? "stranger" : "here");
      if (path == "/a/relative") peer.answer("302 Found", "page", "Location: ../here\r\n");
      if (path == "/away") peer.answer("307 Temporary Redirect", "", "Location: " + other.url("/x") + "\r\n");
      if (path == "/loop") peer.answer("301 Moved", "", "Location: /loop\r\n");
      if (path == "/file") peer.answer("301 Moved", "", "Location: file:///etc/passwd\r\n");
      if (path == "/bare") peer.answer("301 Moved", "no location");
    }
  });
  fetcher f;
  const auto fetch = [&](const std::string& path, const char* method = "GET") {
    auto request = get(server.url(path));
    request.method = method;
    request.headers = {{"Authorization", "secret"}, {"cookie", "c=d"}, {"X-Other", "y"}};
    return f.fetch(request);
  };
  const auto here = fetch("/a/relative");
  EXPECT_EQ(told(here), "200 here");
  EXPECT_EQ(here->url, server.url("/here"));
  EXPECT_EQ(told(fetch("/away")), "200 there");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].find("secret"), std::string::npos) << "credentials stay with their host";
  EXPECT_EQ(seen[0].find("c=d"), std::string::npos);
  EXPECT_NE(seen[0].find("X-Other: y"), std::string::npos);
  EXPECT_NE(told(fetch("/loop")).find("More than 5 redirects"), std::string::npos);
  EXPECT_NE(told(fetch("/file")).find("redirects to an unusable address"), std::string::npos);
  EXPECT_EQ(told(fetch("/bare")), "301 no location");
  EXPECT_EQ(told(fetch("/a/relative", "POST")), "302 page") << "only GET follows";

  const test::certificate cert("IP:127.0.0.1");
  const raw_server secure(says("HTTP/1.1 302 Found\r\nLocation: " + server.url("/here") + "\r\nContent-Length: 0\r\n\r\n"),
                          test::server_tls(cert.certificate_file, cert.key_file));
  tls_options trust;
  trust.ca_file = cert.certificate_file;
  fetcher g(trust);
  EXPECT_NE(told(g.fetch(get(secure.url()))).find("redirects from https to http"), std::string::npos);
}

TEST(net_http, tls_through_a_proxy) {
  const test::certificate cert("DNS:files.example");
  const raw_server server([](raw_peer& peer) {
    while (!peer.receive_request().empty()) peer.answer("200 OK", "secure");
  }, test::server_tls(cert.certificate_file, cert.key_file));
  const test::tunnel_proxy proxy(server.port());
  tls_options trust;
  trust.ca_file = cert.certificate_file;
  proxy_options through;
  through.url = proxy.url();
  fetcher f(trust, through);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(told(f.fetch(get("https://files.example/x"))), "200 secure");
  EXPECT_EQ(proxy.requests().size(), 1u) << "the tunnel is used again";
}

struct counting_source final : http_source {
  std::uint64_t announced;
  std::uint64_t left;
  counting_source(std::uint64_t a, std::uint64_t l) : announced(a), left(l) {}
  std::uint64_t size() const override { return announced; }
  result<std::size_t> read(std::span<char> into) override {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left));
    std::fill_n(into.data(), n, 's');
    left -= n;
    return n;
  }
};

struct keeping_sink final : http_sink {
  std::string kept;
  unsigned status = 0;
  std::optional<error> refuses;
  result<void> begin(const http_response& head) override {
    status = head.status;
    return {};
  }
  result<void> write(std::string_view piece) override {
    if (refuses) return *refuses;
    kept += piece;
    return {};
  }
};

TEST(net_http, bodies_in_pieces_with_progress) {
  std::size_t length = 0;
  const raw_server server([&](raw_peer& peer) {
    // Stays open, as it lets the client think: who hangs up unsaid may cut the next request off.
    for (std::string request = peer.receive_request(); !request.empty(); request = peer.receive_request()) {
      length = request.size() - request.find("\r\n\r\n") - 4;
      peer.answer("200 OK", std::string(300'000, 'r'));
    }
  });
  fetcher f;
  auto request = post(server.url(), "");
  request.source = std::make_shared<counting_source>(200'000, 200'000);
  const auto sink = std::make_shared<keeping_sink>();
  request.sink = sink;
  std::vector<http_progress> steps;
  request.on_progress = [&](const http_progress& p) { steps.push_back(p); };
  EXPECT_EQ(told(f.fetch(request)), "200 ");
  EXPECT_EQ(length, 200'000u);
  EXPECT_EQ(sink->kept, std::string(300'000, 'r'));
  EXPECT_EQ(sink->status, 200u);
  ASSERT_GT(steps.size(), 4u);
  EXPECT_EQ(steps.back().sent, 200'000u);
  EXPECT_EQ(steps.back().send_total, 200'000u);
  EXPECT_EQ(steps.back().received, 300'000u);
  EXPECT_EQ(steps.back().receive_total, 300'000u);
  for (std::size_t i = 1; i < steps.size(); ++i) EXPECT_GE(steps[i].sent + steps[i].received, steps[i - 1].sent + steps[i - 1].received);

  sink->refuses = error{errc::bad_argument, "the disk is full", {}, {}};
  request.source = nullptr;
  EXPECT_EQ(told(f.fetch(request)), "the disk is full");
  request.source = std::make_shared<counting_source>(200'000, 150'000);
  EXPECT_NE(told(f.fetch(request)).find("The body to send ended"), std::string::npos);
}

TEST(net_http, a_refusal_while_sending_is_heard) {
  const raw_server server([](raw_peer& peer) {
    std::string some;
    peer.receive(some);
    peer.answer("413 Too Large", "too large");
    peer.wait_for_end();
  });
  fetcher f;
  auto request = post(server.url(), "");
  request.source = std::make_shared<counting_source>(1u << 30, 1u << 30);
  EXPECT_EQ(told(f.fetch(request)), "413 too large");
}

TEST(net_http, hangs_end_with_their_phase) {
  const raw_server silent([](raw_peer& peer) { peer.wait_for_end(); });
  const raw_server deaf([](raw_peer& peer) {
    std::string some;
    peer.receive(some);
    std::this_thread::sleep_for(200ms);
  });
  const raw_server slow([](raw_peer& peer) {
    peer.receive_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    peer.wait_for_end();
  });
  const std::string port = std::to_string(silent.port());
  // On a machine with much else to do the time may be over in an earlier phase; then once more.
  const auto ends_with = [](http_request request, const std::string& message) {
    request.connect_timeout = request.idle_timeout = 30ms;
    std::string last;
    for (int i = 0; i < 20; ++i) {
      fetcher f;
      const auto r = f.fetch(request);
      if (r.has_error() && r.error().code == errc::timed_out && r.error().message.find(message) != std::string::npos) return std::string();
      last = told(r);
    }
    return last;
  };
  EXPECT_EQ(ends_with(get("https://127.0.0.1:" + port), "No connection to 127.0.0.1:" + port + " within 30 ms (still in the TLS handshake with 127.0.0.1:" + port + ")."), "");
  EXPECT_EQ(ends_with(get(silent.url()), "Nothing moved on the connection to 127.0.0.1:" + port + " for 30 ms (still waiting for the answer)."), "");
  EXPECT_EQ(ends_with(get(slow.url()), "(still reading the answer)"), "");
  EXPECT_EQ(ends_with(post(deaf.url(), std::string(16u << 20, 'x')), "(still sending the request)"), "");
}

TEST(net_http, cancellation_in_every_phase) {
  std::atomic<int> requests = 0;
  const raw_server silent([&](raw_peer& peer) {
    if (!peer.receive_request().empty()) ++requests;
    peer.wait_for_end();
  });
  fetcher f;
  const auto expect_cancelled = [&] {
    f.cancel.emit(boost::asio::cancellation_type::terminal);
    ASSERT_TRUE(f.outcome);
    ASSERT_TRUE(f.outcome->has_error());
    EXPECT_EQ(f.outcome->error().code, errc::cancelled);
    f.loop.restart();
    f.loop.run();  // Ends: nothing is left behind.
  };
  f.send(get(silent.url()));  // Not even begun.
  expect_cancelled();
  f.send(get("https://127.0.0.1:" + std::to_string(silent.port())));
  f.until([&] { return silent.connections() == 1; });
  expect_cancelled();
  f.send(get(silent.url()));
  f.until([&] { return requests == 1; });
  expect_cancelled();
}

}  // namespace
}  // namespace hull::net
