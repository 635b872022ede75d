// The engine as a whole: the end of a client, refusals, and what its state says.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

TEST(sync_engine, T13_connection_state_is_published_when_it_changes) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  server.transition();
  int before = e.connection_changes;
  const auto changes = [&] { return e.connection_changes - std::exchange(before, e.connection_changes); };
  e.mutate("m:x");
  EXPECT_EQ(changes(), 1);
  e.act("a:x");
  EXPECT_EQ(changes(), 1);
  server.answer_action(1, nullptr);
  EXPECT_EQ(changes(), 1);
  server.answer_mutation(0, nullptr, 10);
  EXPECT_EQ(changes(), 0) << "answered, not reflected";
  server.transition({}, 10);
  EXPECT_EQ(changes(), 1);
  server.transition({}, 20);
  EXPECT_EQ(changes(), 0);
  e.drop();
  EXPECT_EQ(changes(), 1);
}

TEST(sync_engine, connection_state_counts) {
  engine_harness e;
  mock::script server(e);
  EXPECT_EQ(e.engine.connection(e.now), connection_state{});
  e.start();
  e.mutate("m:x");
  e.open();
  const auto s = e.engine.connection(e.now);
  EXPECT_TRUE(s.is_connected);
  EXPECT_TRUE(s.has_ever_connected);
  EXPECT_EQ(s.connection_count, 1u);
  EXPECT_EQ(s.inflight_mutations, 1u);
  EXPECT_TRUE(s.has_inflight_requests());
  EXPECT_FALSE(s.next_retry_in);
  e.drop();
  EXPECT_FALSE(e.engine.connection(e.now).is_connected);
  EXPECT_TRUE(e.engine.connection(e.now).has_ever_connected);
}

TEST(sync_engine, N12_fatal_error_ends_everything) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  const auto mutation = e.mutate("m:x", object{}, [](local_store& s) { s.set_query("q:list", object{}, value("guess")); });
  const auto action = e.act("a:x");
  e.take_events();
  server.send(protocol::fatal_error{"gone wrong"});
  EXPECT_EQ(e.failure_of(mutation).code, errc::fatal);
  EXPECT_EQ(e.failure_of(mutation).message, "gone wrong");
  EXPECT_EQ(e.failure_of(action).code, errc::fatal);
  EXPECT_TRUE(e.has_log("[CONVEX FATAL ERROR] gone wrong"));
  EXPECT_EQ(e.take_events(), std::vector<std::string>({"log", "close_socket", "commit", "complete 1", "complete 2"}));
  EXPECT_EQ(e.state(q)->failure->code, errc::fatal);
  EXPECT_EQ(e.state(q)->last_value, value(1));
  EXPECT_FALSE(e.engine.connection(e.now).is_connected);

  e.advance(10min);
  EXPECT_FALSE(e.opening) << "no further try";
  EXPECT_EQ(e.failure_of(e.mutate("m:later")).code, errc::fatal);
  const auto late = e.key("q:late");
  e.subscribe(late);
  EXPECT_EQ(e.state(late)->failure->code, errc::fatal);
}

TEST(sync_engine, N12_close_settles_all_calls) {
  engine_harness e;
  mock::script server(e);
  e.start();
  const auto unsent = e.mutate("m:x");
  e.open();
  const auto action = e.act("a:x");
  e.take_events();
  e.apply(sync::input::close{});
  EXPECT_EQ(e.failure_of(unsent).code, errc::closed);
  EXPECT_EQ(e.failure_of(action).code, errc::closed);
  EXPECT_EQ(e.take_events(), std::vector<std::string>({"close_socket", "complete 1", "complete 2"}));
  e.apply(sync::input::close{});
  EXPECT_TRUE(e.take_events().empty());
  EXPECT_EQ(e.failure_of(e.act("a:late")).code, errc::closed);
}

TEST(sync_engine, T15_nothing_is_left_to_wait_for_after_close) {
  engine_harness e;
  e.start_and_open();
  e.apply(sync::input::close{});
  e.timer.reset();
  e.advance(10min);
  EXPECT_FALSE(e.timer);
  EXPECT_FALSE(e.opening);
}

TEST(sync_engine, N15_bad_path_never_reaches_the_wire) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  EXPECT_EQ(e.failure_of(e.mutate("messages.send")).code, errc::bad_argument);
  EXPECT_EQ(e.failure_of(e.act("")).code, errc::bad_argument);
  EXPECT_EQ(e.failure_of(e.mutate("m:x", value(1))).code, errc::bad_argument);
  server.expect_silence();
}

TEST(sync_engine, failed_mutation_settles_at_once_with_the_servers_words) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto plain = e.mutate("m:x");
  const auto custom = e.mutate("m:y");
  server.fail_mutation(0, "[Request ID: abc] Server Error");
  server.fail_mutation(1, "Uncaught ConvexError", value(nullptr));
  EXPECT_EQ(e.failure_of(plain).code, errc::function_failed);
  EXPECT_EQ(e.failure_of(plain).message, "[Request ID: abc] Server Error");
  EXPECT_FALSE(e.failure_of(plain).data);
  EXPECT_EQ(e.failure_of(custom).data, value(nullptr)) << "null is data";
  EXPECT_TRUE(e.has_log("[CONVEX M(m:x)] [Request ID: abc] Server Error"));
}

TEST(sync_engine, mutations_complete_in_one_step_with_the_transition_that_covers_them) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  server.transition({updated(0, 0)}, 5);
  for (int i = 0; i < 3; ++i) e.mutate("m:x");
  for (protocol::request_id i = 0; i < 3; ++i) server.answer_mutation(i, static_cast<double>(i), 10 * (i + 1));
  EXPECT_EQ(e.completed.size(), 0u);
  e.take_events();
  server.transition({updated(0, 2)}, 20);
  EXPECT_EQ(e.take_events(), std::vector<std::string>({"commit", "complete 1", "complete 2"}));
  server.transition({}, 30);
  EXPECT_EQ(e.result_of(3), value(2));
}

TEST(sync_engine, window_of_mutations_on_the_wire) {
  auto options = engine_harness::default_options();
  options.max_mutations_on_wire = 2;
  engine_harness e(options);
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  for (int i = 0; i < 4; ++i) e.mutate("m:x");
  server.expect_mutation();
  server.expect_mutation();
  server.expect_silence();
  server.fail_mutation(0, "no");
  EXPECT_EQ(server.expect_mutation().id, 2u);
  server.expect_silence();
}

TEST(sync_engine, answers_nobody_waits_for_are_ignored) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  server.answer_mutation(77, nullptr, 10);
  server.fail_action(78, "who?");
  EXPECT_TRUE(e.engine.connection(e.now).is_connected);
  EXPECT_TRUE(e.completed.empty());
}

TEST(sync_engine, changed_log_lines_are_a_change) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  server.transition({updated(0, 1, {}, {"[LOG] 'a'"})}, 10);
  e.take_commits();
  server.transition({updated(0, 1, {}, {"[LOG] 'b'"})}, 20);
  EXPECT_EQ(e.state(q)->log_lines, std::vector<std::string>({"[LOG] 'b'"}));
  EXPECT_EQ(e.take_commits().at(0).size(), 1u);
}

TEST(sync_engine, one_timer_for_a_moving_deadline) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto armed = e.timer;
  e.now += 1s;
  server.transition();
  EXPECT_EQ(e.timer, armed) << "a message does not set the timer anew";
}

}  // namespace
}  // namespace hull::test
