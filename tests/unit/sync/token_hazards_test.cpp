// What goes wrong with token sources, and what must not follow from it.
#include "support/token_fixture.hpp"

#include <hull/sync/token_claims.hpp>

namespace hull::test {
namespace {

TEST_F(token, N1_late_source_still_connects_first) {
  auto options = engine_harness::default_options();
  options.auth.expect_auth = true;
  engine_harness each(options);
  each.start_and_open();
  mock::script script(each);
  script.expect_silence();
  each.drop();
  each.advance(2s);
  each.open();
  each.sign_in();
  each.give_token("late");
  script.expect_connect();
  script.expect_authenticate();
  script.expect_modify_query_set();
}

TEST_F(token, N2_R3_a_source_without_tokens_signs_out_on_the_live_socket) {
  settle_as(jwt("a"), jwt("b"));
  e.sign_in();
  e.give_token(std::nullopt);
  e.give_token(std::nullopt);
  const auto m = server->expect_authenticate();
  EXPECT_EQ(m.type, protocol::token_type::none);
  EXPECT_EQ(m.base_version, 2u);
  EXPECT_EQ(e.decisions, decisions{false});
}

TEST_F(token, N3_signing_out_ends_the_fetch_and_the_timer) {
  settle_as(jwt("a"), jwt("b"));
  e.apply(sync::input::set_auth{});
  EXPECT_EQ(server->expect_authenticate().type, protocol::token_type::none);
  EXPECT_EQ(e.decisions, decisions{false});
  e.advance(4000s);
  EXPECT_TRUE(e.fetches.empty()) << "nothing is renewed any more";

  engine_harness during;
  during.start_and_open();
  mock::script script(during);
  script.expect_hello();
  during.sign_in();
  during.subscribe(during.key("q:a"));
  during.apply(sync::input::set_auth{});
  script.expect_modify_query_set();
  during.give_token("late");
  script.expect_silence();
  EXPECT_EQ(during.engine.auth(), auth_state{});
}

TEST_F(token, N4_a_source_that_fails_stops_nothing) {
  start();
  server->expect_hello();
  e.sign_in();
  e.subscribe(e.key("q:a"));
  e.mutate("m:send");
  server->expect_silence();
  e.fail_token("the identity provider is down");
  server->expect_modify_query_set();
  server->expect_mutation();
  EXPECT_TRUE(e.has_log("the identity provider is down"));
  EXPECT_TRUE(e.engine.auth().is_loading);
  e.advance(1s);
  EXPECT_EQ(e.fetches, (forced{false, false})) << "asked again";
  server->expect_silence();
  e.give_token("t");
  EXPECT_EQ(authenticated_as(0), "t");
}

TEST_F(token, N4_a_source_that_hangs_stops_nothing) {
  start();
  server->expect_hello();
  e.sign_in();
  e.subscribe(e.key("q:a"));
  e.advance(19s);
  server->expect_silence();
  const auto hanging = e.fetch;
  e.advance(1s);
  server->expect_modify_query_set();
  EXPECT_TRUE(e.has_log("longer than 20000 ms"));
  e.apply(sync::input::token_fetched{hanging->fetch, std::optional<std::string>("much too late")});
  server->expect_silence();
  e.advance(1s);
  e.give_token("in time");
  EXPECT_EQ(authenticated_as(0), "in time");
}

TEST_F(token, waits_between_failed_fetches_grow) {
  start();
  server->expect_hello();
  e.sign_in();
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 8; ++i) {
    e.fail_token();
    const auto since = e.now;
    while (!e.fetch) {
      e.advance(500ms);
      if (e.opening) e.open();
    }
    waits.push_back(e.now - since);
  }
  EXPECT_EQ(waits, (std::vector<std::chrono::milliseconds>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}));
}

TEST_F(token, failing_to_replace_a_refused_token_goes_on_without_one) {
  settle_as(jwt("a"), jwt("b"));
  refuse(2, true);
  EXPECT_FALSE(e.opening);
  e.fail_token();
  EXPECT_EQ(e.decisions, decisions{false});
  next_socket();
  server->expect_modify_query_set();
  server->expect_silence();
  e.advance(1s);
  e.give_token(jwt("c"));
  EXPECT_EQ(authenticated_as(0), jwt("c"));
  server->transition();
  EXPECT_EQ(e.decisions, (decisions{false, true}));
}

TEST_F(token, failing_to_renew_keeps_the_present_token) {
  settle_as(jwt("a", 1000, 1060), jwt("b", 1000, 1060));
  e.advance(50s);
  e.fail_token();
  server->expect_silence();
  EXPECT_TRUE(e.engine.auth().is_authenticated);
  e.advance(1s);
  e.give_token(jwt("c"));
  EXPECT_EQ(authenticated_as(2), jwt("c"));
}

TEST_F(token, R9_a_token_that_has_ended_is_not_sent_on_a_new_socket) {
  settle_as(jwt("a", 1000, 1060), jwt("b", 1000, 1060));
  e.advance(50s);
  e.fail_token();
  e.drop();
  e.now += 3600s;  // The machine slept.
  e.advance(0s);
  ASSERT_TRUE(e.fetch);
  if (!e.opening) e.advance(1s);
  e.open();
  restart_script();
  e.give_token(jwt("c"));
  server->expect_connect();
  EXPECT_EQ(authenticated_as(0), jwt("c"));
}

TEST_F(token, the_first_token_may_be_trusted_until_it_ends) {
  auto options = engine_harness::default_options();
  options.auth.reuse_initial_token = true;
  engine_harness each(options);
  each.start_and_open();  // At 1000 ms since the epoch, says the harness.
  mock::script script(each);
  script.expect_hello();
  each.sign_in();
  each.give_token(jwt("cached", 0, 61));
  script.expect_authenticate();
  auto t = script.next_transition({});
  t.client_clock_skew = -4000;  // Our clock is four seconds behind: the token ends 56 s from now.
  script.send(t);
  EXPECT_EQ(each.fetches, forced{false});
  each.advance(45s);
  EXPECT_EQ(each.fetches, forced{false});
  each.advance(2s);
  EXPECT_EQ(each.fetches, (forced{false, true}));
}

TEST_F(token, a_token_that_ends_does_not_sign_out_the_admin_who_came_after_it) {
  settle_as("cached", "fresh");
  e.set_admin("key");
  auto m = server->expect_authenticate();
  EXPECT_EQ(m.type, protocol::token_type::admin);
  EXPECT_EQ(m.base_version, 2u);
  refuse(2, false, "token expired");  // Said before the server had read the key.
  e.reconnect();
  restart_script();
  server->expect_connect();
  m = server->expect_authenticate();
  EXPECT_EQ(m.type, protocol::token_type::admin);
  EXPECT_EQ(m.token, "key");
}

TEST_F(token, closing_during_a_fetch_ends_it) {
  start();
  server->expect_hello();
  e.sign_in();
  e.apply(sync::input::close{});
  e.give_token("late");
  EXPECT_TRUE(e.decisions.empty());
  e.advance(100s);
  EXPECT_EQ(e.fetches.size(), 1u);
}

TEST(sync_token_claims, reads_what_is_there_and_refuses_the_rest) {
  const auto claims = read_token_claims(jwt("x", 12.5, 99)).value();
  EXPECT_EQ(claims.issued_at, 12.5);
  EXPECT_EQ(claims.expires_at, 99);
  EXPECT_EQ(*claims.all.find("sub"), value("x"));
  for (const std::string bad : {"", "a", "a.b", "a.b.c.d", "a.!!.c", "a.bm8.c", "a..c"})
    EXPECT_TRUE(read_token_claims(bad).has_error()) << bad;
}

}  // namespace
}  // namespace hull::test
