// What the engine says on the wire, and when: sections 7.5 and 7.9 of the protocol's test inventory.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;
using paths = std::vector<std::vector<std::string>>;

TEST(sync_wire, T14_connect_then_query_set) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  const auto hello = server.expect_connect();
  EXPECT_EQ(hello.session_id, engine_harness::default_options().session_id);
  EXPECT_EQ(hello.connection_count, 0u);
  EXPECT_EQ(hello.last_close_reason, "InitialConnect");
  EXPECT_FALSE(hello.max_observed_timestamp);
  EXPECT_EQ(hello.client_ts, 1000);
  const auto set = server.expect_modify_query_set();
  EXPECT_EQ(set.new_version, 1u);
  EXPECT_TRUE(set.modifications.empty());
  server.expect_silence();
}

TEST(sync_wire, queries_are_sent_in_canonical_form_and_calls_as_written) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  e.subscribe(e.key("dir/m.js", value::make_object({{"b", 1}})));
  const auto set = server.expect_modify_query_set();
  const auto& add = std::get<protocol::add_query>(set.modifications.at(0));
  EXPECT_EQ(add.udf_path, "dir/m:default");
  ASSERT_EQ(add.args.size(), 1u);
  EXPECT_EQ(add.args[0], value::make_object({{"b", 1}}));
  EXPECT_FALSE(add.journal);
  e.mutate("m.js:send");
  EXPECT_EQ(server.expect_mutation().udf_path, "m.js:send");
}

TEST(sync_wire, queries_of_one_turn_go_out_together) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto later = [&](const char* path) {
    e.apply(sync::input::subscribe{e.key(path), {}, {}, sync::no_watcher, true});
  };
  later("q:a");
  later("q:b");
  e.apply(sync::input::unsubscribe{e.key("q:b"), 0ms, sync::no_watcher, true});
  later("q:c");
  server.expect_silence();
  e.apply(sync::input::flush{});
  const auto set = server.expect_modify_query_set();
  EXPECT_EQ(set.base_version, 1u);
  ASSERT_EQ(set.modifications.size(), 2u) << "q:b came and went";
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications[0]).udf_path, "q:a");
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications[1]).udf_path, "q:c");
  e.apply(sync::input::flush{});
  server.expect_silence();

  e.apply(sync::input::unsubscribe{e.key("q:a"), 0ms, sync::no_watcher, true});
  later("q:d");
  server.expect_silence();
  e.mutate("m:x");
  EXPECT_EQ(server.expect_modify_query_set().modifications.size(), 2u) << "a call does not overtake queries";
  server.expect_mutation();
}

TEST(sync_wire, changes_come_with_the_tag_of_the_watcher) {
  sync::engine engine(engine_harness::default_options());
  const auto key = engine_harness::key("q:a");
  engine.apply(sync::input::start{}, sync::moment(0));
  engine.apply(sync::input::socket_opened{1, {}}, sync::moment(0));
  protocol::state_version at;
  const auto tag_of_next_change = [&](int n) {
    protocol::transition t;
    t.start = at;
    at.ts += 1;
    t.end = at;
    protocol::query_updated u;
    u.result = value(n);
    t.modifications.emplace_back(std::move(u));
    for (const auto& out : engine.apply(sync::input::socket_message{1, std::move(t)}, sync::moment(0)))
      if (const auto* c = std::get_if<sync::effect::commit>(&out)) return c->batch.changed.at(0).watcher;
    return sync::watcher_tag(99);
  };
  EXPECT_EQ(engine.watcher(key.token()), sync::no_watcher);
  engine.apply(sync::input::subscribe{key, {}, {}, 7}, sync::moment(0));
  EXPECT_EQ(engine.watcher(key.token()), 7u);
  EXPECT_EQ(tag_of_next_change(1), 7u);
  engine.apply(sync::input::subscribe{key}, sync::moment(0));
  EXPECT_EQ(tag_of_next_change(2), 7u) << "a subscriber without a tag takes nothing away";
  engine.apply(sync::input::unsubscribe{key, std::chrono::milliseconds(0), 7}, sync::moment(0));
  EXPECT_EQ(tag_of_next_change(3), sync::no_watcher);
}

TEST(sync_wire, T17_action_before_the_socket_opened_is_sent_and_resolves) {
  engine_harness e;
  mock::script server(e);
  e.start();
  const auto call = e.act("m:act", value::make_object({{"x", 1}}));
  EXPECT_TRUE(e.sent.empty());
  e.open();
  server.expect_hello();
  const auto action = server.expect_action();
  EXPECT_EQ(action.id, 0u);
  server.answer_action(action.id, "done");
  EXPECT_EQ(e.result_of(call), value("done"));
}

TEST(sync_wire, T18_max_observed_timestamp) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto call = e.mutate("m:send");
  server.expect_mutation();
  EXPECT_FALSE(e.engine.max_observed_timestamp());
  server.answer_mutation(0, nullptr, 1000);
  EXPECT_EQ(e.engine.max_observed_timestamp(), 1000u);
  server.transition({}, 500);
  EXPECT_EQ(e.engine.max_observed_timestamp(), 1000u);
  EXPECT_TRUE(e.is_pending(call));
  server.transition({}, 2000);
  EXPECT_EQ(e.engine.max_observed_timestamp(), 2000u);
  EXPECT_EQ(e.result_of(call), value(nullptr));
  e.drop();
  e.reconnect();
  EXPECT_EQ(mock::script(e).expect_connect().max_observed_timestamp, 2000u);
}

TEST(sync_wire, T20_fast_and_slow_query) {
  engine_harness e;
  mock::script server(e);
  const auto fast = e.key("q:fast");
  const auto slow = e.key("q:slow");
  e.subscribe(fast);
  e.subscribe(slow);
  e.start_and_open();
  server.expect_hello();
  server.transition();
  EXPECT_EQ(e.take_commits(), paths({{}}));
  server.transition({updated(0, "fast")}, 10);
  EXPECT_EQ(e.take_commits(), paths({{"q:fast"}}));
  EXPECT_EQ(e.seen(slow), std::nullopt);
  server.transition({updated(1, "slow")}, 20);
  EXPECT_EQ(e.take_commits(), paths({{"q:slow"}}));
  EXPECT_EQ(e.seen(fast), value("fast"));
  EXPECT_EQ(e.seen(slow), value("slow"));
}

TEST(sync_wire, T21_result_outside_of_the_acknowledged_version) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto q = e.key("q:list");
  e.subscribe(q);
  protocol::transition early;
  early.modifications.push_back(updated(0, "early"));
  early.end.query_set = 1;  // The Add was version 2.
  server.send(early);
  EXPECT_EQ(e.seen(q), value("early"));
}

TEST(sync_wire, T22_query_removed_by_the_server) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  e.take_commits();
  server.transition({mock::removed(0)}, 20);
  EXPECT_EQ(e.seen(q), std::nullopt);
  EXPECT_EQ(e.state(q)->state, query_state::status::loading);
  EXPECT_EQ(e.take_commits(), paths({{"q:list"}}));
  server.transition({updated(0, 2)}, 30);
  EXPECT_EQ(e.seen(q), value(2));
  EXPECT_EQ(e.take_commits(), paths({{"q:list"}}));
}

TEST(sync_wire, T23_chunks_are_one_transition) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  const std::string whole =
      protocol::encode(protocol::server_message(server.next_transition({updated(0, "long")}, 10)));
  const auto chunk = [&](std::uint32_t part, std::string text) {
    protocol::transition_chunk c;
    c.chunk = std::move(text);
    c.part_number = part;
    c.total_parts = 2;
    c.transition_id = std::to_string(whole.size());
    server.send(c);
  };
  chunk(0, whole.substr(0, 20));
  EXPECT_TRUE(e.take_commits().empty());
  server.send(protocol::ping{});
  EXPECT_EQ(e.seen(q), std::nullopt);
  chunk(1, whole.substr(20));
  EXPECT_EQ(e.seen(q), value("long"));
  EXPECT_EQ(e.take_commits(), paths({{"q:list"}}));
}

TEST(sync_wire, T39_two_subscribers_one_add_one_remove) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.subscribe(e.key("q.js:list"));  // The same query, written in another way.
  EXPECT_EQ(server.expect_modify_query_set().modifications.size(), 1u);
  e.unsubscribe(q);
  server.expect_silence();
  e.unsubscribe(q);
  const auto last = server.expect_modify_query_set();
  EXPECT_EQ(std::get<protocol::remove_query>(last.modifications.at(0)).id, 0u);
  EXPECT_EQ(e.engine.known_queries(), 0u);
}

TEST(sync_wire, T40_optimistic_value_and_unsubscribe) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto q = e.key("q:list");
  e.subscribe(q);
  server.expect_modify_query_set();
  e.mutate("m:send", object{}, [](local_store& s) { s.set_query("q:list", object{}, value("guess")); });
  EXPECT_EQ(e.take_commits(), paths({{"q:list"}}));
  EXPECT_EQ(e.seen(q), value("guess"));
  server.expect_mutation();
  e.unsubscribe(q);
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)));
}

TEST(sync_wire, N10_double_unsubscribe_is_harmless) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.unsubscribe(q);
  server.expect_modify_query_set();
  server.expect_modify_query_set();
  e.unsubscribe(q);
  server.expect_silence();
  e.subscribe(q);
  const auto again = server.expect_modify_query_set();
  EXPECT_EQ(std::get<protocol::add_query>(again.modifications.at(0)).id, 1u) << "ids are never used twice";
}

TEST(sync_wire, late_result_of_a_removed_query_does_not_reach_its_successor) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.unsubscribe(q);
  e.subscribe(q);
  for (int i = 0; i < 3; ++i) server.expect_modify_query_set();
  server.transition({updated(0, "old")}, 10);
  EXPECT_EQ(e.seen(q), std::nullopt);
  server.transition({updated(1, "new")}, 20);
  EXPECT_EQ(e.seen(q), value("new"));
}

TEST(sync_wire, N13_null_skew_and_server_time_are_tolerated) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  server.send_text(
      R"({"type":"Transition","startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},)"
      R"("endVersion":{"querySet":1,"identity":0,"ts":"ZAAAAAAAAAA="},"clientClockSkew":null,"serverTs":null,)"
      R"("modifications":[{"type":"QueryUpdated","queryId":0,"value":1,"logLines":[],"journal":null}]})");
  EXPECT_EQ(e.seen(q), value(1));
}

TEST(sync_wire, N14_deep_value_and_large_frame) {
  engine_harness e;
  mock::script server(e);
  const auto deep_query = e.key("q:deep");
  const auto large_query = e.key("q:large");
  e.subscribe(deep_query);
  e.subscribe(large_query);
  e.start_and_open();
  server.expect_hello();
  value deep = 1;
  for (int i = 0; i < 64; ++i) deep = value::make_array({deep});
  array texts;
  for (int i = 0; i < 40; ++i) texts.emplace_back(std::string(std::size_t{1} << 20, 'x'));
  server.transition({updated(0, deep), updated(1, value(texts))}, 10);
  EXPECT_EQ(e.seen(deep_query), deep);
  ASSERT_TRUE(e.seen(large_query));
  EXPECT_EQ(e.seen(large_query)->as_array().size(), 40u);
}

TEST(sync_wire, log_lines_carry_their_function) {
  engine_harness e;
  mock::script server(e);
  e.subscribe(e.key("q:list"));
  e.start_and_open();
  server.expect_hello();
  server.transition({updated(0, 1, {}, {"[LOG] 'hello'"})}, 10);
  EXPECT_TRUE(e.has_log("[CONVEX Q(q:list)] [LOG] 'hello'"));
  e.mutate("m:send");
  e.act("a:run");
  server.answer_mutation(0, nullptr, 5, {"[WARN] 'careful'"});
  server.fail_action(1, "Server Error");
  EXPECT_TRUE(e.has_log("[CONVEX M(m:send)] [WARN] 'careful'"));
  EXPECT_TRUE(e.has_log("[CONVEX A(a:run)] Server Error"));
}

}  // namespace
}  // namespace hull::test
