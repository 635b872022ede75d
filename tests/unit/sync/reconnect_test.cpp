// What survives a broken connection, what is replayed, and when everything counts as in order again.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

/// A connected engine with one query, q:list = 1, at time 100.
struct sync_reconnect : testing::Test {
  engine_harness e;
  mock::script server{e};
  sync::query_key q = e.key("q:list");
  sync_reconnect() {
    e.subscribe(q);
    e.start_and_open();
    server.expect_hello();
    server.transition({updated(0, 1, "cursor")}, 100);
    e.take_commits();
    e.take_events();
  }
  std::uint32_t retries() const { return e.engine.connection(e.now).connection_retries; }
};

TEST_F(sync_reconnect, everything_is_said_again_in_order) {
  e.mutate("m:one");
  e.act("a:unsent", object{});
  server.expect_mutation();
  server.expect_action();
  e.close(1001, {});
  EXPECT_EQ(e.engine.connection(e.now).next_retry_in, 1000ms);
  e.mutate("m:two");
  EXPECT_TRUE(e.sent.empty());
  e.advance(999ms);
  EXPECT_FALSE(e.opening);
  e.advance(1ms);
  e.open();
  mock::script again(e);
  const auto hello = again.expect_connect();
  EXPECT_EQ(hello.session_id, engine_harness::default_options().session_id);
  EXPECT_EQ(hello.connection_count, 1u);
  EXPECT_EQ(hello.last_close_reason, "closed with code 1001");
  EXPECT_EQ(hello.max_observed_timestamp, 100u);
  const auto set = again.expect_modify_query_set();
  ASSERT_EQ(set.modifications.size(), 1u);
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications[0]).journal, std::optional<std::string>("cursor"));
  EXPECT_EQ(again.expect_mutation().id, 0u);
  EXPECT_EQ(again.expect_mutation().id, 2u) << "the lost action took id 1";
  again.expect_silence();
}

TEST_F(sync_reconnect, T12_sent_action_is_lost) {
  const auto call = e.act("a:run");
  e.drop();
  EXPECT_EQ(e.failure_of(call).code, errc::connection_lost);
  EXPECT_EQ(e.failure_of(call).message, "Connection lost while action was in flight");
}

TEST_F(sync_reconnect, values_stay_and_are_stale_until_confirmed) {
  EXPECT_FALSE(e.state(q)->is_stale);
  e.drop();
  EXPECT_EQ(e.seen(q), value(1));
  EXPECT_TRUE(e.state(q)->is_stale);
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  EXPECT_TRUE(e.state(q)->is_stale);
  again.transition({}, 110);
  EXPECT_EQ(e.seen(q), value(1)) << "acknowledged without a result: the value stays";
  EXPECT_TRUE(e.state(q)->is_stale);
  e.take_commits();
  again.transition({updated(0, 1)}, 120);
  EXPECT_FALSE(e.state(q)->is_stale);
  EXPECT_EQ(e.take_commits(), std::vector<std::vector<std::string>>({{}})) << "an equal value is no news";
  again.transition({updated(0, 2)}, 130);
  EXPECT_EQ(e.take_commits(), std::vector<std::vector<std::string>>({{"q:list"}}));
}

TEST_F(sync_reconnect, equal_error_after_a_reconnect_is_no_news) {
  server.transition({mock::failed(0, "broken", value("d"))}, 110);
  e.drop();
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  e.take_commits();
  again.transition({mock::failed(0, "broken", value("d"))}, 120);
  EXPECT_EQ(e.take_commits(), std::vector<std::vector<std::string>>({{}}));
  EXPECT_EQ(e.state(q)->last_value, value(1));
}

TEST_F(sync_reconnect, N7_bad_start_version_reconnects) {
  protocol::transition wrong;
  wrong.start = {7, 0, 100};
  wrong.end = {8, 0, 900};
  wrong.modifications.push_back(updated(0, "wrong"));
  server.send(wrong);
  EXPECT_EQ(e.seen(q), value(1));
  EXPECT_EQ(e.engine.max_observed_timestamp(), 100u);
  EXPECT_EQ(e.engine.connection(e.now).next_retry_in, 100ms);
  e.reconnect();
  EXPECT_EQ(mock::script(e).expect_connect().last_close_reason, "StartVersionMismatch");
}

TEST_F(sync_reconnect, transition_that_goes_back_reconnects) {
  protocol::transition back;
  back.start = server.version();
  back.end = {1, 0, 99};
  server.send(back);
  EXPECT_FALSE(e.engine.connection(e.now).is_connected);
}

TEST_F(sync_reconnect, N8_failed_replayed_mutation_keeps_the_values) {
  const auto call = e.mutate("m:x");
  server.expect_mutation();
  e.drop();
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  again.expect_mutation();
  again.fail_mutation(0, "no");
  EXPECT_EQ(e.failure_of(call).message, "no");
  EXPECT_EQ(e.seen(q), value(1));
}

TEST_F(sync_reconnect, N18_bad_chunk_reconnects) {
  protocol::transition_chunk chunk;
  chunk.part_number = 1;
  chunk.total_parts = 2;
  server.send(chunk);
  EXPECT_FALSE(e.engine.connection(e.now).is_connected);
  e.reconnect();
  EXPECT_EQ(mock::script(e).expect_connect().last_close_reason, "InvalidServerMessage");
}

TEST_F(sync_reconnect, unreadable_frame_reconnects) {
  server.send_text("{\"type\":\"Nonsense\"}");
  EXPECT_FALSE(e.engine.connection(e.now).is_connected);
  EXPECT_TRUE(e.has_log("no message"));
}

TEST_F(sync_reconnect, T24_retries_stay_while_an_old_mutation_is_open) {
  const auto call = e.mutate("m:x");
  server.expect_mutation();
  e.drop();
  EXPECT_EQ(retries(), 1u);
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  again.expect_mutation();
  again.transition({updated(0, 1)}, 110);
  EXPECT_EQ(retries(), 1u);
  again.answer_mutation(0, nullptr, 120);
  EXPECT_EQ(retries(), 1u);
  again.transition({}, 120);
  EXPECT_EQ(retries(), 0u);
  EXPECT_FALSE(e.is_pending(call));
}

TEST_F(sync_reconnect, T25_retries_stay_until_the_query_is_confirmed) {
  e.drop();
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  again.transition({}, 110);
  EXPECT_EQ(retries(), 1u);
  again.send(protocol::ping{});
  EXPECT_EQ(retries(), 1u);
  again.transition({updated(0, 1)}, 120);
  EXPECT_EQ(retries(), 0u);
}

TEST_F(sync_reconnect, T26_retries_stay_until_the_identity_is_confirmed) {
  e.set_admin("key");
  server.expect_authenticate();
  server.transition({}, 110);
  e.drop();
  e.reconnect();
  EXPECT_EQ(retries(), 1u);
  mock::script again(e);
  again.expect_connect();
  // The query set is acknowledged first, the identity later.
  auto modified = std::vector<protocol::query_change>{updated(0, 1)};
  protocol::transition first;
  first.end = {1, 0, 120};
  first.modifications = modified;
  again.send(first);
  EXPECT_EQ(retries(), 1u);
  protocol::transition second;
  second.start = first.end;
  second.end = {1, 1, 120};
  again.send(second);
  EXPECT_EQ(retries(), 0u);
}

TEST_F(sync_reconnect, T11_transition_before_the_duplicate_answer) {
  const auto call = e.mutate("m:x");
  server.expect_mutation();
  server.answer_mutation(0, "first", 150);
  e.drop();
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  EXPECT_EQ(again.expect_mutation().id, 0u);
  again.transition({updated(0, 2)}, 150);
  EXPECT_EQ(e.result_of(call), value("first"));
  again.answer_mutation(0, "first", 150);
  EXPECT_EQ(e.completed.size(), 1u);
}

TEST_F(sync_reconnect, backoff_follows_reason_retries_and_jitter) {
  e.jitter = 0.0;
  e.close(1013, "CommitterFullError");
  EXPECT_EQ(e.engine.connection(e.now).next_retry_in, 1500ms);
  e.jitter = 0.5;
  for (const auto wait : {2000ms, 4000ms, 8000ms, 16000ms, 16000ms}) {
    e.reconnect();
    e.drop();
    EXPECT_EQ(e.engine.connection(e.now).next_retry_in, wait);
  }
}

TEST_F(sync_reconnect, silence_reconnects) {
  e.advance(59s);
  server.send(protocol::ping{});
  e.advance(59s);
  EXPECT_TRUE(e.engine.connection(e.now).is_connected) << "a Ping is a sign of life";
  e.take_events();
  e.advance(1s);
  EXPECT_FALSE(e.engine.connection(e.now).is_connected);
  EXPECT_EQ(e.take_events(), std::vector<std::string>({"log", "close_socket"}));
  EXPECT_EQ(e.engine.connection(e.now).next_retry_in, 100ms);
  e.reconnect();
  EXPECT_EQ(mock::script(e).expect_connect().last_close_reason, "InactiveServer");
}

TEST_F(sync_reconnect, handshake_that_hangs_is_given_up) {
  e.drop();
  e.advance(1s);
  ASSERT_TRUE(e.opening);
  e.advance(60s);
  EXPECT_EQ(e.engine.connection(e.now).connection_retries, 2u);
}

TEST_F(sync_reconnect, news_of_an_earlier_socket_is_ignored) {
  const auto old = e.socket;
  e.drop();
  e.reconnect();
  e.apply(sync::input::socket_closed{old, 1006, {}, {}});
  e.apply(sync::input::socket_message{old, protocol::fatal_error{"late"}});
  EXPECT_TRUE(e.engine.connection(e.now).is_connected);
}

TEST_F(sync_reconnect, failed_write_reconnects) {
  e.apply(sync::input::send_failed{e.socket});
  e.reconnect();
  EXPECT_EQ(mock::script(e).expect_connect().last_close_reason, "FailedToSendMessage");
}

TEST_F(sync_reconnect, quiet_codes_are_not_warned_about) {
  e.close(4040, {});
  e.reconnect();
  e.close(1011, "InternalServerError");
  EXPECT_TRUE(e.has_log("WebSocket closed with code 1011: InternalServerError"));
}

}  // namespace
}  // namespace hull::test
