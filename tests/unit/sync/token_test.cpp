// User tokens: section 7.10 of the protocol's test inventory.
#include "support/token_fixture.hpp"

namespace hull::test {
namespace {

TEST_F(token, T42_static_token) {
  e.sign_in();
  e.subscribe(e.key("q:list"));
  start();
  server->expect_silence();
  EXPECT_EQ(e.fetches, forced{false});
  e.give_token("static");
  server->expect_connect();
  EXPECT_EQ(authenticated_as(0), "static");
  EXPECT_EQ(server->expect_modify_query_set().modifications.size(), 1u);
  EXPECT_TRUE(e.decisions.empty());
  server->transition();
  EXPECT_EQ(e.decisions, decisions{true});
  EXPECT_EQ(e.fetches, (forced{false, true})) << "the first may come from a cache, so that it is replaced at once";
  e.give_token("static");
  server->expect_silence();
  EXPECT_EQ(e.decisions, decisions{true});
}

TEST_F(token, T43_refused_token_is_replaced_on_a_new_socket) {
  e.sign_in();
  start();
  e.give_token("bad");
  server->expect_connect();
  EXPECT_EQ(authenticated_as(0), "bad");
  server->expect_modify_query_set();
  refuse(0, true);
  EXPECT_EQ(e.fetches, (forced{false, true}));
  EXPECT_FALSE(e.opening) << "no socket without a token";
  e.give_token("good");
  next_socket();
  EXPECT_EQ(authenticated_as(0), "good");
  server->expect_modify_query_set();
  EXPECT_TRUE(e.decisions.empty());
  server->transition();
  EXPECT_EQ(e.decisions, decisions{true});
}

TEST_F(token, T44_nothing_cached_then_a_forced_token) {
  e.sign_in();
  start();
  e.give_token(std::nullopt);
  server->expect_silence();
  EXPECT_EQ(e.fetches, (forced{false, true}));
  e.give_token("forced");
  server->expect_connect();
  EXPECT_EQ(authenticated_as(0), "forced");
  server->expect_modify_query_set();
  server->transition();
  EXPECT_EQ(e.decisions, decisions{true});
  EXPECT_EQ(e.fetches, (forced{false, true}));
}

TEST_F(token, T45_a_server_that_refuses_everything) {
  e.sign_in();
  start();
  e.give_token("token 0");
  server->expect_connect();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(authenticated_as(0), "token " + std::to_string(i));
    server->expect_modify_query_set();
    EXPECT_TRUE(e.decisions.empty());
    refuse(0, true, "no " + std::to_string(i));
    if (i == 3) break;
    e.give_token("token " + std::to_string(i + 1));
    next_socket();
  }
  EXPECT_EQ(e.fetches, (forced{false, true, true, true}));
  EXPECT_EQ(e.decisions, decisions{false});
  EXPECT_TRUE(e.has_log("Failed to authenticate: \"no 3\", check your server auth config"));
  EXPECT_FALSE(e.has_log("token 3"));
  e.advance(30s);
  next_socket();
  server->expect_modify_query_set();
  server->expect_silence();
  server->transition();
  EXPECT_EQ(e.decisions, decisions{false});
  EXPECT_FALSE(e.fetch);
}

TEST_F(token, T46_a_source_without_tokens) {
  e.sign_in();
  start();
  e.give_token(std::nullopt);
  e.give_token(std::nullopt);
  server->expect_hello();
  server->expect_silence();
  EXPECT_EQ(e.decisions, decisions{false});
  EXPECT_FALSE(e.engine.auth().is_loading);
}

TEST_F(token, T47_second_source_before_the_first_token_is_confirmed) {
  start();
  server->expect_hello();
  e.sign_in();
  e.give_token("first");
  EXPECT_EQ(authenticated_as(0), "first");
  e.sign_in();
  e.give_token("second");
  EXPECT_EQ(authenticated_as(1), "second");
  refuse(0, true);
  EXPECT_TRUE(e.decisions.empty());
  e.reconnect();
  restart_script();
  server->expect_connect();
  EXPECT_EQ(authenticated_as(0), "second");
  server->expect_modify_query_set();
  server->transition();
  EXPECT_EQ(e.decisions, decisions{true});
}

TEST_F(token, T48_error_about_the_token_before_the_one_under_way) {
  start();
  server->expect_hello();
  e.sign_in();
  e.give_token("cached");
  EXPECT_EQ(authenticated_as(0), "cached");
  server->transition();
  e.give_token("fresh");
  EXPECT_EQ(authenticated_as(1), "fresh");
  refuse(1, false, "the cached one has ended");
  EXPECT_FALSE(e.fetch);
  e.reconnect();
  restart_script();
  server->expect_connect();
  EXPECT_EQ(authenticated_as(0), "fresh");
  server->expect_modify_query_set();
  server->transition();
  EXPECT_EQ(e.decisions, (decisions{true, true}));
}

TEST_F(token, T49_scheduled_renewal_and_refusal_at_once) {
  settle_as(jwt("a"), jwt("b"));
  e.advance(3590s);
  // Messages keep the socket alive in real life; here silence has made the engine connect again meanwhile.
  EXPECT_EQ(e.fetches, forced{true});
  if (e.opening) e.open();
  restart_script();
  server->expect_connect();
  authenticated_as(0);
  server->expect_modify_query_set();
  refuse(0, true);
  EXPECT_EQ(e.fetches, forced{true}) << "the question under way serves both";
  e.give_token(jwt("c"));
  next_socket();
  EXPECT_EQ(authenticated_as(0), jwt("c"));
  server->expect_modify_query_set();
  server->transition();
  EXPECT_EQ(e.decisions.back(), true);
}

TEST_F(token, T50_refused_fresh_token_is_replaced_once_more) {
  start();
  server->expect_hello();
  e.sign_in();
  e.give_token("cached");
  authenticated_as(0);
  server->transition();
  e.give_token("fresh");
  EXPECT_EQ(authenticated_as(1), "fresh");
  refuse(1, true);
  e.give_token("another");
  next_socket();
  EXPECT_EQ(authenticated_as(0), "another");
  server->expect_modify_query_set();
  server->transition();
  EXPECT_EQ(e.fetches, (forced{false, true, true}));
  EXPECT_EQ(e.decisions, (decisions{true, true}));
}

TEST_F(token, T51_authenticate_precedes_the_queries) {
  start();
  server->expect_hello();
  e.sign_in();
  e.subscribe(e.key("q:list"));
  server->expect_silence();
  e.give_token("t");
  authenticated_as(0);
  EXPECT_EQ(server->expect_modify_query_set().base_version, 1u);
}

TEST_F(token, T52_unsubscribe_while_the_token_is_fetched) {
  start();
  e.subscribe(e.key("q:a"));
  server->expect_connect();
  server->expect_modify_query_set();
  EXPECT_EQ(server->expect_modify_query_set().base_version, 1u);
  e.sign_in();
  e.unsubscribe(e.key("q:a"));
  e.give_token("t");
  authenticated_as(0);
  const auto remove = server->expect_modify_query_set();
  EXPECT_EQ(remove.base_version, 2u);
  ASSERT_EQ(remove.modifications.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(remove.modifications[0]));
  e.subscribe(e.key("q:b"));
  EXPECT_EQ(server->expect_modify_query_set().base_version, 3u);
  e.subscribe(e.key("q:c"));
  EXPECT_EQ(server->expect_modify_query_set().base_version, 4u);
}

TEST_F(token, T53_no_second_add_after_the_pause) {
  start();
  server->expect_hello();
  e.subscribe(e.key("q:a"));
  server->expect_modify_query_set();
  e.sign_in();
  e.give_token("t");
  authenticated_as(0);
  server->expect_silence();
}

TEST_F(token, T54_add_and_remove_in_the_pause_cancel_out) {
  start();
  server->expect_hello();
  e.sign_in();
  e.subscribe(e.key("q:a"));
  e.subscribe(e.key("q:b"));
  e.unsubscribe(e.key("q:a"));
  e.unsubscribe(e.key("q:b"));
  e.subscribe(e.key("q:c"));
  e.give_token("t");
  authenticated_as(0);
  const auto set = server->expect_modify_query_set();
  ASSERT_EQ(set.modifications.size(), 1u);
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications[0]).udf_path, "q:c");
}

TEST_F(token, T55_two_subscribers_less_one_in_the_pause) {
  start();
  server->expect_hello();
  e.sign_in();
  e.subscribe(e.key("q:a"));
  e.subscribe(e.key("q:a"));
  e.unsubscribe(e.key("q:a"));
  e.give_token("t");
  authenticated_as(0);
  const auto set = server->expect_modify_query_set();
  ASSERT_EQ(set.modifications.size(), 1u);
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications[0]).udf_path, "q:a");
}

TEST_F(token, T56_add_and_remove_while_connecting) {
  e.sign_in();
  e.start();
  e.subscribe(e.key("q:a"));
  e.unsubscribe(e.key("q:a"));
  e.open();
  restart_script();
  e.give_token("t");
  server->expect_connect();
  authenticated_as(0);
  EXPECT_TRUE(server->expect_modify_query_set().modifications.empty());
}

TEST_F(token, T57_expecting_a_token_or_not) {
  for (const bool expect : {false, true}) {
    auto options = engine_harness::default_options();
    options.auth.expect_auth = expect;
    engine_harness each(options);
    each.start_and_open();
    mock::script script(each);
    each.subscribe(each.key("q:a"));
    each.mutate("m:send");
    if (!expect) {
      script.expect_connect();
      EXPECT_TRUE(script.expect_modify_query_set().modifications.empty());
      script.expect_modify_query_set();
      script.expect_mutation();
    }
    script.expect_silence();
    EXPECT_EQ(each.engine.auth().is_loading, expect);
    each.sign_in();
    script.expect_silence();
    each.give_token("t");
    if (expect) {
      script.expect_connect();
      script.expect_authenticate();
      script.expect_modify_query_set();
      script.expect_mutation();
    } else {
      script.expect_authenticate();
    }
    script.expect_silence();
  }
}

TEST_F(token, T59_loading_until_the_server_has_confirmed) {
  EXPECT_EQ(e.engine.auth(), auth_state{});
  start();
  server->expect_hello();
  e.sign_in();
  EXPECT_EQ(e.engine.auth(), (auth_state{true, false, false}));
  e.give_token(jwt("a"));
  EXPECT_EQ(e.engine.auth(), (auth_state{true, false, false})) << "the token is not confirmed";
  authenticated_as(0);
  server->transition();
  EXPECT_EQ(e.engine.auth(), (auth_state{false, true, false}));
  EXPECT_EQ(e.auth_states, (std::vector<auth_state>{{true, false, false}, {false, true, false}}));
  e.give_token(jwt("b"));
  authenticated_as(1);
  server->transition();
  EXPECT_EQ(e.auth_states.size(), 2u);
}

TEST_F(token, refreshing_shows_while_a_confirmed_token_is_replaced) {
  settle_as(jwt("a"), jwt("b"));
  refuse(2, true);
  EXPECT_EQ(e.engine.auth(), (auth_state{false, true, true}));
  e.give_token(jwt("c"));
  next_socket();
  authenticated_as(0);
  server->expect_modify_query_set();
  EXPECT_TRUE(e.engine.auth().is_refreshing);
  server->transition();
  EXPECT_EQ(e.engine.auth(), (auth_state{false, true, false}));
}

TEST_F(token, T60_a_token_that_is_no_jwt) {
  start();
  server->expect_hello();
  e.sign_in();
  e.give_token("opaque 1");
  authenticated_as(0);
  server->transition();
  EXPECT_FALSE(e.has_log("not a valid JWT"));
  e.give_token("opaque 2");
  authenticated_as(1);
  server->transition();
  EXPECT_TRUE(e.has_log("Auth token is not a valid JWT, cannot refetch the token"));
  EXPECT_EQ(e.decisions, (decisions{true, true}));
}

TEST_F(token, T61_renewed_before_a_minute_is_over) {
  settle_as(jwt("a", 1000, 1060), jwt("b", 1000, 1060));
  e.advance(49s);
  EXPECT_TRUE(e.fetches.empty());
  e.advance(2s);
  EXPECT_EQ(e.fetches, forced{true});
  e.give_token(jwt("c", 1050, 1110));
  EXPECT_EQ(authenticated_as(2), jwt("c", 1050, 1110));
}

}  // namespace
}  // namespace hull::test
