// Signing in through the public client.
#include "support/home.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace hull::test {
namespace {

using mock::updated;

struct client_auth : ::testing::Test {
  home h;
  std::vector<bool> forced;
  std::vector<bool> decisions;

  token_source gives(std::string token) {
    return [this, token](const token_request& asked, const token_answer& answer) {
      forced.push_back(asked.force_refresh);
      answer(token);
    };
  }
  std::function<void(bool)> notes() {
    return [this](bool is) { decisions.push_back(is); };
  }
};

TEST_F(client_auth, T58_setting_a_source_throws_nothing) {
  client c = h.make_client();
  EXPECT_NO_THROW(c.set_auth(gives("t"), notes()));
  EXPECT_NO_THROW(c.set_auth("static"));
  EXPECT_NO_THROW(c.clear_auth());
  EXPECT_EQ(c.auth(), auth_state{});
}

TEST_F(client_auth, a_source_is_asked_and_confirmed) {
  client c = h.make_client();
  std::vector<auth_state> states;
  const auto states_subscription = c.on_auth_state([&](const auth_state& s) { states.push_back(s); });
  c.set_auth(gives("t"), notes());
  EXPECT_TRUE(c.auth().is_loading);
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_connect();
  EXPECT_EQ(server.expect_authenticate().token, "t");
  server.expect_modify_query_set();
  server.transition();
  EXPECT_TRUE(h.until([&] { return c.auth().is_authenticated; }));
  EXPECT_EQ(decisions, std::vector<bool>{true});
  EXPECT_EQ(states, (std::vector<auth_state>{{true, false, false}, {false, true, false}}));
  EXPECT_FALSE(c.claims()) << "no JWT";
  c.clear_auth();
  EXPECT_EQ(server.expect_authenticate().type, protocol::token_type::none);
  EXPECT_EQ(decisions, (std::vector<bool>{true, false}));
}

TEST_F(client_auth, an_answer_from_another_thread) {
  client c = h.make_client();
  std::thread elsewhere;
  c.set_auth([&](const token_request&, token_answer answer) {
    if (!elsewhere.joinable()) elsewhere = std::thread([answer = std::move(answer)] { answer(std::string("far")); });
  });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_connect();
  EXPECT_EQ(server.expect_authenticate().token, "far");
  elsewhere.join();
}

TEST_F(client_auth, N4_a_source_that_throws_stops_nothing) {
  client c = h.make_client();
  c.set_auth([](const token_request&, const token_answer&) { throw std::runtime_error("out of luck"); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  EXPECT_TRUE(h.has_log("the token source threw: out of luck"));
}

TEST_F(client_auth, an_answer_after_the_client_is_gone_is_harmless) {
  token_answer late;
  {
    client c = h.make_client();
    c.set_auth([&](const token_request&, token_answer answer) { late = std::move(answer); });
    h.pass(20ms);
  }
  ASSERT_TRUE(late);
  late(std::string("too late"));
  late(std::string("and twice"));
  h.pass(20ms);
}

TEST_F(client_auth, a_source_may_sign_out_while_it_is_asked) {
  client c = h.make_client();
  c.set_auth([&](const token_request&, const token_answer& answer) {
    c.clear_auth();
    answer(std::string("t"));
  });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.expect_silence();
}

TEST_F(client_auth, retention_keeps_a_query_without_watchers) {
  auto options = h.options();
  options.retention = 60s;
  client c(h.loop.get_executor(), h.server.url(), options);
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  auto w = c.watch_query("q:list");
  auto s = w.on_change([](const query_state_ptr&) {});
  server.expect_modify_query_set();
  server.transition({updated(0, 7)});
  ASSERT_TRUE(h.until([&] { return w.current()->current() != nullptr; }));
  s.reset();
  server.expect_silence();
  ASSERT_NE(w.current()->current(), nullptr);
  s = w.on_change([](const query_state_ptr&) {});
  server.expect_silence();
  EXPECT_EQ(*w.current()->current(), value(7));
}

TEST_F(client_auth, prewarm_subscribes_for_a_while) {
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  c.prewarm("q:list", object{}, 50ms);
  server.expect_modify_query_set();
  server.transition({updated(0, 7)});
  EXPECT_TRUE(h.until([&] { return c.watch_query("q:list").current()->current() != nullptr; }));
  h.pass(100ms);
  const auto m = server.expect_modify_query_set();
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(m.modifications.at(0)));
}

}  // namespace
}  // namespace hull::test
