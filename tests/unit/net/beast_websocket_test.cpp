// The WebSocket of every day against servers written frame by frame.
#include "support/certificate.hpp"
#include "support/raw_server.hpp"

#include <hull/net/beast_websocket.hpp>
#include <hull/value/base64.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/beast/zlib/deflate_stream.hpp>

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <chrono>
#include <optional>

namespace hull::net {
namespace {

using namespace std::chrono_literals;
using test::raw_peer;
using test::raw_server;

/// Accepts the upgrade; returns the request.
std::string accept_upgrade(raw_peer& peer, const std::string& extensions = {}) {
  const std::string request = peer.receive_request();
  const std::size_t at = request.find("Sec-WebSocket-Key: ");
  if (at == std::string::npos) return request;
  const std::string key = request.substr(at + 19, request.find('\r', at) - at - 19) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + encode_base64(digest) + "\r\n" +
            (extensions.empty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n") + "\r\n");
  return request;
}

/// One whole text message of a server.
std::string text_frame(const std::string& payload, bool is_compressed = false) {
  std::string frame(1, static_cast<char>(is_compressed ? 0xC1 : 0x81));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += static_cast<char>(127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift);
  }
  return frame + payload;
}

std::string deflated(const std::string& text) {
  namespace zlib = boost::beast::zlib;
  zlib::deflate_stream stream;
  stream.reset(6, 15, 8, zlib::Strategy::normal);
  std::string out(stream.upper_bound(text.size()) + 64, '\0');
  zlib::z_params z;
  z.next_in = text.data();
  z.avail_in = text.size();
  z.next_out = out.data();
  z.avail_out = out.size();
  boost::system::error_code failed;
  stream.write(z, zlib::Flush::sync, failed);
  out.resize(z.total_out - 4);  // The mark at the end is not sent.
  return out;
}

struct opened_socket {
  boost::asio::io_context loop;
  std::shared_ptr<websocket> socket;
  std::optional<boost::system::error_code> opened;

  opened_socket(websocket_target target, tls_options tls = {}, proxy_options proxy = {}) {
    proxy.use_environment = false;
    socket = make_beast_factory(tls, proxy)->make(loop.get_executor());
    socket->async_open(std::move(target), [this](boost::system::error_code ec) { opened = ec; });
    until([&] { return opened.has_value(); });
  }
  ~opened_socket() {
    socket->close();
    socket.reset();
    loop.restart();
    loop.run_for(10ms);  // These servers do not answer a goodbye.
  }
  bool until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      loop.restart();
      loop.run_one_for(10ms);
    }
    return condition();
  }
  bool is_open() const { return opened && !*opened; }
  /// The next message, or what went wrong.
  std::string read() {
    std::optional<std::string> got;
    socket->async_read([&](boost::system::error_code ec, std::string_view text) { got = ec ? "error: " + ec.message() : std::string(text); });
    until([&] { return got.has_value(); });
    return got.value_or("nothing");
  }
  void write(std::string text) {
    bool is_done = false;
    socket->async_write(std::move(text), [&](boost::system::error_code) { is_done = true; });
    until([&] { return is_done; });
  }
};

websocket_target to(const raw_server& server, std::string host = "127.0.0.1") {
  websocket_target t;
  t.host = host;
  t.port = server.port();
  t.authority = (host.find(':') == std::string::npos ? host : '[' + host + ']') + ':' + std::to_string(t.port);
  t.path = "/api/sync";
  t.headers = {{"Convex-Client", "cpp-test"}};
  return t;
}

TEST(beast_websocket, opens_and_talks) {
  std::string request;
  const raw_server server([&](raw_peer& peer) {
    request = accept_upgrade(peer);
    peer.send(text_frame("hello"));
    peer.wait_for_end();
  }, nullptr, true);
  opened_socket s(to(server, "::1"));
  ASSERT_TRUE(s.is_open()) << s.socket->report().detail;
  EXPECT_EQ(s.read(), "hello");
  EXPECT_EQ(request.find("GET /api/sync HTTP/1.1\r\n"), 0u);
  EXPECT_NE(request.find("Host: [::1]:" + std::to_string(server.port()) + "\r\n"), std::string::npos);
  EXPECT_NE(request.find("Convex-Client: cpp-test\r\n"), std::string::npos);
  EXPECT_EQ(request.find("permessage-deflate"), std::string::npos) << "not offered unless asked for";
}

TEST(beast_websocket, compression) {
  const std::string long_text(100'000, 'y');
  std::string request;
  std::string received;
  {
    const raw_server server([&](raw_peer& peer) {
      request = accept_upgrade(peer, "permessage-deflate");
      peer.send(text_frame(deflated(long_text), true) + text_frame("plain"));
      while (peer.receive(received)) {
      }
    });
    auto target = to(server);
    target.compression = true;
    opened_socket s(target);
    ASSERT_TRUE(s.is_open());
    EXPECT_EQ(s.read(), long_text);
    EXPECT_EQ(s.read(), "plain");
    s.write("short");
    s.write(long_text);
  }
  EXPECT_NE(request.find("Sec-WebSocket-Extensions: permessage-deflate"), std::string::npos);
  ASSERT_GT(received.size(), 11u);
  EXPECT_EQ(static_cast<unsigned char>(received[0]), 0x81) << "a short message is not compressed";
  EXPECT_EQ(static_cast<unsigned char>(received[11]), 0xC1) << "a long one is";
  EXPECT_LT(received.size(), 1000u);
}

TEST(beast_websocket, the_limit_counts_what_comes_out_of_compression) {
  const std::string bomb = deflated(std::string(50u << 20, '\0'));
  ASSERT_LT(bomb.size(), 100'000u);
  const raw_server server([&](raw_peer& peer) {
    accept_upgrade(peer, "permessage-deflate");
    peer.send(text_frame(bomb, true));
    peer.wait_for_end();
  });
  auto target = to(server);
  target.compression = true;
  target.max_message_bytes = 1u << 20;
  opened_socket s(target);
  ASSERT_TRUE(s.is_open());
  EXPECT_EQ(s.read().find("error: "), 0u);
}

TEST(beast_websocket, frames_against_the_rules) {
  const std::string huge{static_cast<char>(0x81), 127, 0x7F, -1, -1, -1, -1, -1, -1, -1};  // 2^63 - 1 bytes are announced.
  struct { std::string wire; const char* extensions; } const cases[] = {
      {text_frame(deflated("x"), true), ""},                            // Compressed, though nobody agreed on it.
      {text_frame("garbage that is no deflate stream", true), "permessage-deflate"},
      {huge, ""},
      {std::string{static_cast<char>(0x82), 1, 'b'}, ""},               // Binary.
      {text_frame("\xff\xfe"), ""},                                     // No UTF-8.
      {std::string{static_cast<char>(0x83), 0}, ""},                    // No known kind of frame.
      {std::string{static_cast<char>(0x81), static_cast<char>(0x81), 1, 2, 3, 4, 5}, ""},  // Masked by a server.
  };
  for (const auto& c : cases) {
    const raw_server server([&](raw_peer& peer) {
      accept_upgrade(peer, c.extensions);
      peer.send(c.wire);
      peer.wait_for_end();
    });
    auto target = to(server);
    target.compression = true;
    opened_socket s(target);
    ASSERT_TRUE(s.is_open());
    EXPECT_EQ(s.read().find("error: "), 0u) << testing::PrintToString(c.wire);
    EXPECT_FALSE(s.socket->report().detail.empty());
  }
}

TEST(beast_websocket, upgrades_that_go_wrong) {
  struct { std::string wire; const char* detail; } const cases[] = {
      {"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\nwhy?", "the server answered 400 to the upgrade (why?)"},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n", "the WebSocket handshake failed"},
      {"nonsense\r\n\r\n", "the WebSocket handshake failed"},
      {"", "the WebSocket handshake failed"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(1u << 20, 'x') + "\r\n\r\n", "the WebSocket handshake failed"},
  };
  for (const auto& c : cases) {
    const raw_server server([&](raw_peer& peer) {
      peer.receive_request();
      peer.send(c.wire);
    });
    opened_socket s(to(server));
    EXPECT_FALSE(s.is_open());
    EXPECT_EQ(s.socket->report().detail.find(c.detail), 0u) << s.socket->report().detail;
  }
}

TEST(beast_websocket, through_a_proxy_and_tls) {
  const test::certificate cert("DNS:deployment.example");
  const raw_server server([](raw_peer& peer) {
    accept_upgrade(peer);
    peer.send(text_frame("secret"));
    peer.wait_for_end();
  }, test::server_tls(cert.certificate_file, cert.key_file));
  const test::tunnel_proxy proxy(server.port());
  tls_options trust;
  trust.ca_file = cert.certificate_file;
  proxy_options through;
  through.url = proxy.url();
  auto target = to(server, "deployment.example");
  target.is_secure = true;
  opened_socket s(target, trust, through);
  ASSERT_TRUE(s.is_open()) << s.socket->report().detail;
  EXPECT_EQ(s.read(), "secret");
}

TEST(beast_websocket, hangs_end_with_their_phase) {
  const raw_server silent([](raw_peer& peer) { peer.wait_for_end(); });
  const std::string here = "127.0.0.1:" + std::to_string(silent.port());
  const auto detail = [&](bool is_secure, const std::string& proxy_url) {
    auto target = to(silent);
    target.connect_timeout = 100ms;
    target.is_secure = is_secure;
    proxy_options through;
    through.url = proxy_url;
    opened_socket s(target, {}, through);
    EXPECT_EQ(s.opened, boost::asio::error::timed_out);
    return s.socket->report().detail;
  };
  EXPECT_EQ(detail(false, ""), "no connection within 100 ms (still waiting for the server to accept the WebSocket)");
  EXPECT_EQ(detail(true, ""), "no connection within 100 ms (still in the TLS handshake with " + here + ")");
  EXPECT_EQ(detail(true, "http://" + here), "no connection within 100 ms (still waiting for the proxy " + here + " to open a tunnel to " + here + ")");
}

}  // namespace
}  // namespace hull::net
