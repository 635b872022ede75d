// Networks that misbehave.
#include "support/home.hpp"

#include <hull/protocol/codec.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <tuple>

namespace hull::test {
namespace {

using mock::updated;

TEST(client_network, refused_connections_are_tried_again) {
  home h;
  h.server.refuse_connections(true);
  client c = h.make_client();
  ASSERT_TRUE(h.until([&] { return c.state().connection_retries >= 2; }));
  EXPECT_FALSE(c.state().has_ever_connected);
  EXPECT_TRUE(h.has_log("cannot connect to 127.0.0.1"));
  h.server.refuse_connections(false);
  ASSERT_TRUE(h.until([&] { return c.state().is_connected; }));
  const auto socket = h.accept();
  mock::script server(*socket);
  EXPECT_EQ(server.expect_hello().last_close_reason, "closed with code 1006");
}

TEST(client_network, declined_upgrade_says_what_the_server_said) {
  home h;
  h.server.decline_upgrades(400, "{\"code\":\"InvalidClientVersion\"}");
  client c = h.make_client();
  ASSERT_TRUE(h.until([&] { return h.has_log("answered 400"); }));
  EXPECT_TRUE(h.has_log("InvalidClientVersion"));
  h.server.decline_upgrades(0);
  ASSERT_TRUE(h.until([&] { return c.state().is_connected; }));
}

TEST(client_network, close_code_and_reason_arrive) {
  home h;
  client c = h.make_client();
  for (const auto& [code, reason, expected] :
       {std::tuple(1013, "CommitterFullError", "CommitterFullError"), std::tuple(1001, "", "closed with code 1001"),
        std::tuple(1005, "", "closed with code 1005")}) {
    auto options = h.options();
    const auto socket = h.accept();
    ASSERT_TRUE(h.until([&] { return c.state().is_connected; }));
    socket->close(static_cast<std::uint16_t>(code), reason);
    ASSERT_TRUE(h.until([&] { return !c.state().is_connected; }));
    if (std::string(reason) == "CommitterFullError") {
      EXPECT_GE(*c.state().next_retry_in, 1500ms) << "overload has its own wait";
      c = client(h.loop.get_executor(), h.server.url(), options);
      continue;
    }
    ASSERT_TRUE(h.until([&] { return c.state().is_connected; }));
    const auto next = h.accept();
    mock::script server(*next);
    EXPECT_EQ(server.expect_hello().last_close_reason, expected);
    c = client(h.loop.get_executor(), h.server.url(), options);
  }
}

TEST(client_network, garbage_reconnects) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.send_text("this is not JSON");
  ASSERT_TRUE(h.until([&] { return c.state().connection_count == 2; }));
  const auto next = h.accept();
  EXPECT_EQ(mock::script(*next).expect_hello().last_close_reason, "InvalidServerMessage");
}

TEST(client_network, mock_server_shows_raw_frames) {
  std::mutex mutex;
  std::vector<std::string> frames;  // "> " and "< ": as the server's thread saw them
  mock::server_options options;
  options.on_frame = [&](mock::direction way, std::string_view text) {
    const std::lock_guard lock(mutex);
    frames.push_back((way == mock::direction::to_server ? "> " : "< ") + std::string(text));
  };
  home h(std::move(options));
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  const auto hello = server.expect_hello();
  const std::string answer =
      R"({"type": "Transition","modifications":[],"startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},)"
      R"("endVersion":{"querySet":1,"identity":0,"ts":"ZAAAAAAAAAA="}})";
  server.send_text(answer);
  outcome sent;
  c.mutation("m:send", object{}, sent.token());  // Its frame comes back after the answer's was written.
  server.expect_mutation();
  const std::lock_guard lock(mutex);
  ASSERT_EQ(frames.size(), 4u);
  EXPECT_EQ(frames[0], "> " + protocol::encode(protocol::client_message(hello)));
  EXPECT_EQ(frames[1], R"(> {"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[]})");
  EXPECT_EQ(frames[2], "< " + answer) << "as it is on the wire, blanks included";
  EXPECT_EQ(frames[3], R"(> {"type":"Mutation","requestId":0,"udfPath":"m:send","args":[{}]})");
}

TEST(client_network, T23_chunks_over_the_wire) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  std::optional<value> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen = *state->current(); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.chunked_transition(7, {updated(0, std::string(5000, 'y'))}, 10);
  ASSERT_TRUE(h.until([&] { return seen.has_value(); }));
  EXPECT_EQ(seen->as_string().size(), 5000u);
}

TEST(client_network, message_above_the_limit_breaks_the_connection_only) {
  home h;
  auto options = h.options();
  options.max_message_bytes = 4096;
  client c(h.loop.get_executor(), h.server.url(), options);
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.send_text(std::string(10000, ' '));
  ASSERT_TRUE(h.until([&] { return c.state().connection_count == 2; }));
}

TEST(client_network, slow_home_gets_everything_in_order) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  std::vector<double> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen.push_back(state->current()->as_double()); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  // More than the reader takes before it waits for home.
  constexpr int count = 3000;
  for (int i = 0; i < count; ++i) server.transition({updated(0, i)}, static_cast<protocol::timestamp>(i + 1));
  std::this_thread::sleep_for(100ms);
  ASSERT_TRUE(h.until([&] { return seen.size() == count; }, 60s));
  for (int i = 0; i < count; ++i) ASSERT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(client_network, connect_timeout_is_a_failed_try) {
  home h;
  // A listener that never answers: connections wait in its queue.
  boost::asio::ip::tcp::acceptor silent(h.loop, {boost::asio::ip::address_v4::loopback(), 0});
  auto options = h.options();
  options.connect_timeout = 50ms;
  client c(h.loop.get_executor(), "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port()), options);
  ASSERT_TRUE(h.until([&] { return c.state().connection_retries >= 2; }));
  EXPECT_TRUE(h.has_log("no connection within 50 ms (still waiting for the server to accept the WebSocket)"));
}

TEST(client_network, unknown_host_is_a_failed_try) {
  home h;
  // No label of a name is longer than 63 letters: the resolver refuses this without asking anybody.
  const std::string impossible(64, 'a');
  client c(h.loop.get_executor(), "http://" + impossible, h.options());
  ASSERT_TRUE(h.until([&] { return c.state().connection_retries >= 1; }));
  EXPECT_TRUE(h.has_log("cannot resolve " + impossible));
}

}  // namespace
}  // namespace hull::test
