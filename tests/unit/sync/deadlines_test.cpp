// Calls that have to be over by some time.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

struct sync_deadlines : testing::Test {
  engine_harness e;
  mock::script server{e};
  sync::query_key q = e.key("q:a");

  void connect() {
    e.subscribe(q);
    e.start_and_open();
    server.expect_hello();
    server.transition({updated(0, 1)}, 100);
  }
  /// For the call that comes next.
  void allow(std::chrono::milliseconds time) { e.apply(sync::input::set_deadline{e.calls + 1, time}); }
  static optimistic_update guess() {
    return [](local_store& s) { s.set_query("q:a", object{}, value("guess")); };
  }
};

TEST_F(sync_deadlines, a_late_mutation_is_forgotten_with_its_layer_and_its_answer) {
  connect();
  allow(100ms);
  const auto call = e.mutate("m:x", object{}, guess());
  server.expect_mutation();
  EXPECT_EQ(e.seen(q), value("guess"));
  e.advance(99ms);
  EXPECT_TRUE(e.is_pending(call));
  e.take_events();
  e.advance(1ms);
  EXPECT_EQ(e.failure_of(call).code, errc::timed_out);
  EXPECT_TRUE(e.failure_of(call).is_retryable());
  EXPECT_NE(e.failure_of(call).message.find("may still take effect"), std::string::npos);
  EXPECT_EQ(e.seen(q), value(1)) << "the prediction is taken back";
  EXPECT_EQ(e.take_events(), std::vector<std::string>({"commit", "complete 1"})) << "watchers first";
  EXPECT_EQ(e.engine.connection(e.now).inflight_mutations, 0u);
  server.answer_mutation(0, "late", 200);
  server.transition({updated(0, 2)}, 200);
  EXPECT_EQ(e.seen(q), value(2)) << "it may have committed all the same";
  EXPECT_EQ(e.completed.size(), 1u);
}

TEST_F(sync_deadlines, a_call_that_was_never_sent_says_so_and_never_is) {
  e.start();
  allow(50ms);
  const auto mutation = e.mutate("m:x");
  allow(60ms);
  const auto action = e.act("a:x");
  e.advance(60ms);
  for (const auto call : {mutation, action}) {
    EXPECT_EQ(e.failure_of(call).code, errc::timed_out);
    EXPECT_NE(e.failure_of(call).message.find("no effect"), std::string::npos);
  }
  e.open();
  server.expect_hello();
  server.expect_silence();
}

TEST_F(sync_deadlines, a_mutation_that_waits_for_its_replay_may_have_taken_effect) {
  connect();
  allow(100ms);
  const auto call = e.mutate("m:x");
  server.expect_mutation();
  e.drop();
  e.advance(100ms);
  EXPECT_NE(e.failure_of(call).message.find("may still take effect"), std::string::npos);
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  again.expect_silence();
}

TEST_F(sync_deadlines, a_call_that_is_over_in_time_has_no_deadline_any_more) {
  connect();
  allow(1000ms);
  const auto mutation = e.mutate("m:x");
  allow(1000ms);
  const auto action = e.act("a:x");
  allow(1000ms);
  const auto failed = e.mutate("m:y");
  allow(1000ms);
  const auto refused = e.mutate("m.y");
  allow(1000ms);
  const auto thrown = e.mutate("m:z", object{}, [](local_store&) { throw std::runtime_error("boom"); });
  for (int i = 0; i < 3; ++i) e.receive();
  server.answer_mutation(0, 1, 150);
  server.answer_action(1, 2);
  server.fail_mutation(2, "no");
  server.transition({}, 150);
  e.advance(5000ms);
  EXPECT_EQ(e.result_of(mutation), value(1));
  EXPECT_EQ(e.result_of(action), value(2));
  EXPECT_EQ(e.failure_of(failed).code, errc::function_failed);
  EXPECT_EQ(e.failure_of(refused).code, errc::bad_argument);
  EXPECT_EQ(e.failure_of(thrown).code, errc::bad_argument);
}

TEST_F(sync_deadlines, each_call_has_its_own_and_zero_means_now) {
  connect();
  allow(300ms);
  const auto third = e.act("a:third");
  allow(100ms);
  const auto first = e.act("a:first");
  allow(200ms);
  const auto second = e.act("a:second");
  const auto none = e.act("a:none");
  allow(0ms);
  const auto now = e.act("a:now");
  e.take_events();
  e.advance(0ms);
  EXPECT_EQ(e.failure_of(now).code, errc::timed_out);
  e.advance(10'000ms);
  EXPECT_EQ(e.take_events(),
            std::vector<std::string>({"complete " + std::to_string(now), "complete " + std::to_string(first),
                                      "complete " + std::to_string(second), "complete " + std::to_string(third)}));
  EXPECT_TRUE(e.is_pending(none));
}

TEST_F(sync_deadlines, calls_that_the_caller_keeps_are_reported_unless_they_were_ended) {
  connect();
  e.apply(sync::input::set_deadline{70, 100ms});
  e.apply(sync::input::set_deadline{71, 100ms});
  e.apply(sync::input::cancel{71});
  e.advance(100ms);
  EXPECT_EQ(e.failure_of(70).code, errc::timed_out);
  EXPECT_TRUE(e.is_pending(71));
}

TEST_F(sync_deadlines, cancelled_and_closed_calls_do_not_end_twice) {
  connect();
  allow(100ms);
  const auto cancelled = e.act("a:first");
  e.apply(sync::input::cancel{cancelled});
  allow(100ms);
  const auto closed = e.act("a:second");
  e.apply(sync::input::close{});
  e.timer.reset();
  EXPECT_EQ(e.failure_of(cancelled).code, errc::cancelled);
  EXPECT_EQ(e.failure_of(closed).code, errc::closed);
  e.apply(sync::input::set_deadline{90, 1ms});
  e.apply(sync::input::timer{});
  EXPECT_TRUE(e.is_pending(90)) << "nothing is waited for after the end";
  EXPECT_FALSE(e.timer);
}

TEST_F(sync_deadlines, T79_a_journal_from_elsewhere_goes_out_with_the_first_add) {
  e.apply(sync::input::subscribe{q, {}, std::optional<std::string>("end of page")});
  e.start_and_open();
  server.expect_connect();
  const auto set = server.expect_modify_query_set();
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications.at(0)).journal, std::optional<std::string>("end of page"));
  EXPECT_EQ(e.engine.journal_of(q.token()), std::optional<std::string>("end of page"));
  server.transition({updated(0, 1, "newer")}, 10);
  EXPECT_EQ(e.engine.journal_of(q.token()), std::optional<std::string>("newer"));
  e.apply(sync::input::subscribe{q, {}, std::optional<std::string>("late")});
  EXPECT_EQ(e.engine.journal_of(q.token()), std::optional<std::string>("newer"))
      << "a query that is live keeps its own";
  e.unsubscribe(q);
  e.unsubscribe(q);
  EXPECT_EQ(e.engine.journal_of(q.token()), std::nullopt);
}

}  // namespace
}  // namespace hull::test
