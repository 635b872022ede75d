// The socket without a network, alone and below a client.
#include <hull/hull.hpp>
#include <hull/net/memory_websocket.hpp>
#include <hull/protocol/codec.hpp>

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hull::net {
namespace {

using namespace std::chrono_literals;

/// Answers each text with the same text.
struct echo : memory_server {
  bool accept = true;
  bool is_closed = false;
  bool on_open(memory_peer) override { return accept; }
  void on_text(memory_peer peer, std::string text) override { peer.send(std::move(text)); }
  void on_closed(memory_peer) override { is_closed = true; }
};

TEST(net_memory_websocket, echoes_and_closes) {
  boost::asio::io_context io;
  const auto server = std::make_shared<echo>();
  const auto socket = make_memory_factory(server)->make(io.get_executor());
  std::vector<std::string> heard;
  boost::system::error_code ended;
  socket->async_open({}, [&](boost::system::error_code ec) {
    ASSERT_FALSE(ec);
    socket->async_read([&](boost::system::error_code failed, std::string_view text) {
      EXPECT_FALSE(failed);
      heard.emplace_back(text);
      socket->async_read([&](boost::system::error_code last, std::string_view) { ended = last; });
      socket->close();
    });
    socket->async_write("hello", [](boost::system::error_code failed) { EXPECT_FALSE(failed); });
  });
  io.run();
  EXPECT_EQ(heard, std::vector<std::string>({"hello"}));
  EXPECT_TRUE(ended);
  EXPECT_TRUE(server->is_closed);
}

TEST(net_memory_websocket, refuses) {
  boost::asio::io_context io;
  const auto server = std::make_shared<echo>();
  server->accept = false;
  const auto socket = make_memory_factory(server)->make(io.get_executor());
  std::optional<boost::system::error_code> opened;
  socket->async_open({}, [&](boost::system::error_code ec) { opened = ec; });
  io.run();
  ASSERT_TRUE(opened);
  EXPECT_TRUE(*opened);
}

/// Tells where the client wanted to go, and lets nobody in.
struct doorkeeper : memory_server {
  std::promise<websocket_target> asked;
  bool was_asked = false;
  bool on_open(memory_peer peer) override {
    if (!std::exchange(was_asked, true)) asked.set_value(peer.target());
    return false;
  }
  void on_text(memory_peer, std::string) override {}
};

TEST(net_memory_websocket, R11_where_addresses_lead) {
  struct {
    const char* address;
    bool is_secure;
    const char* authority;
    int port;
    const char* path;
  } const cases[] = {
      {"http://127.0.0.1:3210", false, "127.0.0.1:3210", 3210, "/api/sync"},
      {"https://happy-animal-123.convex.cloud/", true, "happy-animal-123.convex.cloud", 443, "/api/sync"},
      {"https://example.com/behind/a/proxy", true, "example.com", 443, "/behind/a/proxy/api/sync"},
  };
  for (const auto& c : cases) {
    boost::asio::io_context io;
    const auto server = std::make_shared<doorkeeper>();
    auto asked = server->asked.get_future();
    client_options options;
    options.sockets = make_memory_factory(server);
    client one(io.get_executor(), c.address, options);
    ASSERT_EQ(asked.wait_for(5s), std::future_status::ready) << c.address;
    const websocket_target target = asked.get();
    EXPECT_EQ(target.is_secure, c.is_secure) << c.address;
    EXPECT_EQ(target.authority, c.authority);
    EXPECT_EQ(target.port, c.port);
    EXPECT_EQ(target.path, c.path);
  }
  boost::asio::io_context io;
  for (const char* address : {"ws://127.0.0.1:3210", "wss://happy-animal-123.convex.cloud", "ftp://x", "x"})
    EXPECT_THROW(client(io.get_executor(), address), std::invalid_argument) << address;
}

/// Closes the first socket, answers every query of the second with "hi".
struct greeter : memory_server {
  int opened = 0;
  bool on_open(memory_peer peer) override {
    EXPECT_EQ(peer.target().path, "/api/sync");
    return ++opened > 0;
  }
  void on_text(memory_peer peer, std::string text) override {
    const auto message = protocol::decode_client_message(text).value();
    const auto* set = std::get_if<protocol::modify_query_set>(&message);
    if (set == nullptr) return;
    if (opened == 1) return peer.close(1013, "ExpiredInQueue");
    protocol::transition t;
    t.start = {set->base_version, 0, 0};
    t.end = {set->new_version, 0, 0};
    for (const auto& m : set->modifications)
      if (const auto* add = std::get_if<protocol::add_query>(&m)) {
        protocol::query_updated u;
        u.id = add->id;
        u.result = "hi";
        t.modifications.emplace_back(std::move(u));
      }
    peer.send(protocol::encode(protocol::server_message(t)));
  }
};

TEST(net_memory_websocket, carries_a_client) {
  boost::asio::io_context io;
  client_options options;
  options.backoff_overloaded = 10ms;
  options.sockets = make_memory_factory(std::make_shared<greeter>());
  client c(io.get_executor(), "http://127.0.0.1:1", options);
  std::optional<value> got;
  c.query("q:a", object{}, [&](result<value> r) {
    got = r.value();
    c.close();
  });
  io.run_for(5s);
  EXPECT_EQ(got, value("hi"));
}

}  // namespace
}  // namespace hull::net
