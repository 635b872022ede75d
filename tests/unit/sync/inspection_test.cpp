// What a look into an engine shows.
#include "support/engine_harness.hpp"

#include <hull/value/size.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::failed;
using mock::updated;
using progress = inspected_call::progress;

struct inspected_engine : testing::Test {
  engine_harness e;
  mock::script server{e};
  sync::query_key list = e.key("q:list", value::make_object({{"channel", "a"}}));

  void connect() {
    e.start_and_open();
    server.expect_hello();
  }
  inspection look() { return e.engine.inspect(e.now); }
  optimistic_update predict(value v) {
    return [this, v](local_store& store) {
      store.get_query("q:list", list.args());
      store.set_query("q:list", list.args(), v);
    };
  }
};

TEST_F(inspected_engine, nothing_is_there_at_first) {
  const inspection seen = look();
  EXPECT_TRUE(seen.queries.empty() && seen.calls.empty() && seen.layers.empty() && seen.finished.empty());
  EXPECT_FALSE(seen.connection.is_connected);
  EXPECT_FALSE(seen.keeps_history);
  EXPECT_EQ(seen.transitions, 0u);
}

TEST_F(inspected_engine, queries_show_what_their_watchers_see) {
  const sync::query_key other = e.key("q:other");
  e.subscribe(list);
  e.subscribe(other);
  connect();
  server.transition({updated(0, "one"), failed(1, "Uncaught Error: no")}, 10);
  const inspection seen = look();
  ASSERT_EQ(seen.queries.size(), 2u);
  const inspected_query& first = seen.queries[0];
  EXPECT_EQ(first.path, "q:list");
  EXPECT_EQ(first.args, list.args());
  EXPECT_EQ(first.token, list.token());
  EXPECT_EQ(first.state, e.state(list));
  EXPECT_EQ(first.value_bytes, value_size(value("one")));
  EXPECT_FALSE(first.since_change) << "there is no history";
  EXPECT_FALSE(first.retained_for);
  EXPECT_EQ(seen.queries[1].state->state, query_state::status::error);
  EXPECT_EQ(seen.queries[1].value_bytes, 0u);
  EXPECT_EQ(seen.transitions, 1u);
  EXPECT_TRUE(seen.connection.is_connected);

  e.drop();
  EXPECT_TRUE(look().queries[0].state->is_stale);
  EXPECT_FALSE(look().connection.is_connected);
}

TEST_F(inspected_engine, a_query_without_watchers_says_how_long_it_stays) {
  e.subscribe(list);
  e.subscribe(list);
  connect();
  e.apply(sync::input::unsubscribe{list, 3s});
  e.apply(sync::input::unsubscribe{list, 5s});
  e.advance(1s);
  ASSERT_EQ(look().queries.size(), 1u);
  EXPECT_EQ(look().queries[0].retained_for, 4s);
  e.advance(4s);
  EXPECT_TRUE(look().queries.empty());
}

TEST_F(inspected_engine, calls_show_how_far_they_are) {
  e.subscribe(list);
  e.mutate("m:early", value::make_object({{"n", 1}}), predict("soon"));
  e.advance(20ms);
  ASSERT_EQ(look().calls.size(), 1u);
  EXPECT_EQ(look().calls[0].state, progress::waiting);
  EXPECT_EQ(look().calls[0].age, 20ms);
  EXPECT_TRUE(look().calls[0].has_layer);
  connect();
  e.act("a:run");
  inspection seen = look();
  ASSERT_EQ(seen.calls.size(), 2u);
  EXPECT_EQ(seen.calls[0].state, progress::sent);
  EXPECT_EQ(seen.calls[0].args, value::make_object({{"n", 1}}));
  EXPECT_EQ(seen.calls[1].kind, call_kind::action);
  EXPECT_EQ(seen.calls[1].path, "a:run");
  EXPECT_FALSE(seen.calls[1].has_layer);
  server.expect_mutation();
  server.answer_mutation(0, value(), 20);
  EXPECT_EQ(look().calls[0].state, progress::answered);
  server.transition({updated(0, "now")}, 20);
  seen = look();
  ASSERT_EQ(seen.calls.size(), 1u);
  EXPECT_EQ(seen.calls[0].number, 1u);
  EXPECT_TRUE(seen.finished.empty()) << "there is no history";
}

TEST_F(inspected_engine, layers_are_in_order_and_name_their_queries) {
  e.subscribe(list);
  connect();
  server.transition({updated(0, "base")}, 10);
  e.mutate("m:one", object{}, predict("first"));
  e.mutate("m:none");
  e.mutate("m:two", object{}, predict("second"));
  const inspection seen = look();
  ASSERT_EQ(seen.layers.size(), 2u);
  EXPECT_EQ(seen.layers[0].path, "m:one");
  EXPECT_EQ(seen.layers[1].path, "m:two");
  EXPECT_THAT(seen.layers[1].writes, testing::ElementsAre(list.token()));
  EXPECT_THAT(seen.layers[1].reads, testing::ElementsAre(list.token()));
  EXPECT_THAT(seen.queries[0].layers, testing::ElementsAre(seen.layers[0].number, seen.layers[1].number));
  EXPECT_TRUE(seen.queries[0].state->is_optimistic);
  EXPECT_EQ(*seen.queries[0].state->current(), value("second"));
}

TEST_F(inspected_engine, a_history_remembers_calls_and_changes_while_it_is_wanted) {
  e.subscribe(list);
  connect();
  server.transition({updated(0, "before")}, 10);
  e.engine.keep_history(2);
  EXPECT_FALSE(look().queries[0].since_change) << "it changed before";
  e.advance(5ms);
  server.transition({updated(0, "after")}, 20);
  e.advance(7ms);
  EXPECT_EQ(look().queries[0].since_change, 7ms);
  EXPECT_EQ(look().queries[0].value_bytes, value_size(value("after")));

  for (int i = 0; i < 3; ++i) e.act("a:run" + std::to_string(i));
  for (int i = 0; i < 3; ++i) server.expect_action();
  e.advance(30ms);
  server.fail_action(0, "Uncaught Error: no");
  server.fail_action(1, "Uncaught Error: no");
  e.advance(10ms);
  server.answer_action(2, "fine");
  e.advance(1ms);
  const inspection seen = look();
  EXPECT_TRUE(seen.keeps_history);
  ASSERT_EQ(seen.finished.size(), 2u) << "the oldest is forgotten";
  EXPECT_EQ(seen.finished[0].path, "a:run1");
  EXPECT_EQ(seen.finished[0].took, 30ms);
  EXPECT_EQ(seen.finished[0].ago, 11ms);
  ASSERT_TRUE(seen.finished[0].failure);
  EXPECT_EQ(seen.finished[0].failure->code, errc::function_failed);
  EXPECT_EQ(seen.finished[1].took, 40ms);
  EXPECT_FALSE(seen.finished[1].failure);
  EXPECT_EQ(seen.finished[1].kind, call_kind::action);

  e.engine.keep_history(0);
  EXPECT_TRUE(look().finished.empty());
  EXPECT_FALSE(look().queries[0].since_change);
}

}  // namespace
}  // namespace hull::test
