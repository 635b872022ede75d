// User tokens: section 7.10 of the protocol's test inventory, and what goes wrong with token sources.
#include "support/engine_harness.hpp"

#include <hull/sync/token_claims.hpp>
#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

/// A JWT that lives this long, made unique by its name. Nobody checks the signature.
std::string jwt(const std::string& name, double issued_at = 1000, double expires_at = 1000 + 3600) {
  const auto part = [](const value& v) {
    const std::string text = write_json(v);
    std::string coded = encode_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    std::string url_safe;
    for (char c : coded)
      if (c != '=') url_safe += c == '+' ? '-' : c == '/' ? '_' : c;
    return url_safe;
  };
  return part(value::make_object({{"alg", "none"}})) + "." +
         part(value::make_object({{"sub", name}, {"iat", issued_at}, {"exp", expires_at}})) + ".signature";
}

using forced = std::vector<bool>;
using decisions = std::vector<bool>;

struct token : ::testing::Test {
  engine_harness e;
  std::optional<mock::script> server;

  void restart_script() { server.emplace(e); }
  std::string authenticated_as(std::uint32_t base) {
    const auto m = server->expect_authenticate();
    EXPECT_EQ(m.base_version, base);
    EXPECT_EQ(m.type, protocol::token_type::user);
    return m.token;
  }
  void refuse(std::uint32_t base, bool attempted, std::string why = "refused") {
    protocol::auth_error m;
    m.message = std::move(why);
    m.base_version = base;
    m.auth_update_attempted = attempted;
    server->send(m);
    server->close(1005);
  }
  /// The socket that the engine asked for opens, and a new script speaks on it.
  void next_socket() {
    e.open();
    restart_script();
    server->expect_connect();
  }
  void start() {
    e.start_and_open();
    restart_script();
  }
  /// Signed in with a token that was confirmed and renewed: as a client stands most of the time.
  void settle_as(const std::string& cached, const std::string& fresh) {
    start();
    server->expect_hello();
    e.sign_in();
    e.give_token(cached);
    EXPECT_EQ(authenticated_as(0), cached);
    server->transition();
    e.give_token(fresh);
    EXPECT_EQ(authenticated_as(1), fresh);
    server->transition();
    e.fetches.clear();
    e.decisions.clear();
  }
};

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

TEST_F(token, N2_a_source_without_tokens_signs_out_on_the_live_socket) {
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

TEST_F(token, a_token_that_has_ended_is_not_sent_on_a_new_socket) {
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
