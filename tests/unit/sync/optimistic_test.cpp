// Optimistic layers: section 7.6 of the protocol's test inventory, and what upstream gets wrong.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace hull::test {
namespace {

using mock::updated;

optimistic_update set(std::string path, std::optional<value> v) {
  return [=](local_store& s) { s.set_query(path, object{}, v); };
}
optimistic_update change(std::string path, std::function<double(double)> f) {
  return [=](local_store& s) {
    if (const auto v = s.get_query(path, object{})) s.set_query(path, object{}, value(f(v->as_double())));
  };
}

/// A connected engine with two queries, q:a = 1 and q:b = 10, at time 100.
struct sync_optimistic : testing::Test {
  engine_harness e;
  mock::script server{e};
  sync::query_key a = e.key("q:a");
  sync::query_key b = e.key("q:b");
  sync_optimistic() {
    e.subscribe(a);
    e.subscribe(b);
    e.start_and_open();
    server.expect_hello();
    server.transition({updated(0, 1), updated(1, 10)}, 100);
    e.take_commits();
    e.take_events();
  }
  std::vector<std::string> last_commit() {
    const auto all = e.take_commits();
    if (all.size() != 1) throw mock::unexpected("expected one commit, saw " + std::to_string(all.size()));
    return all[0];
  }
};
using names = std::vector<std::string>;

TEST_F(sync_optimistic, T1_value_is_there_synchronously) {
  e.mutate("m:set", object{}, set("q:new", value("now")));
  EXPECT_EQ(e.seen(e.key("q:new")), value("now"));
  EXPECT_TRUE(e.state(e.key("q:new"))->is_optimistic);
}

TEST_F(sync_optimistic, T19_layer_on_subscribed_and_unsubscribed_query) {
  const auto other = e.key("q:other");
  const auto call = e.mutate("m:add", object{}, [](local_store& s) {
    const auto old = s.get_query("q:a", object{});
    s.set_query("q:a", object{}, value(old ? old->as_double() + 1 : -1));
    s.set_query("q:other", object{}, value("predicted"));
  });
  EXPECT_EQ(e.seen(a), value(2));
  EXPECT_EQ(e.seen(other), value("predicted"));
  EXPECT_EQ(last_commit(), names({"q:a", "q:other"}));
  EXPECT_EQ(e.take_events(), names({"commit", "send"}));
  EXPECT_EQ(server.expect_mutation().args, array{object{}});

  server.transition({updated(0, 5)}, 150);
  EXPECT_EQ(e.seen(a), value(6)) << "replayed on the new value";
  EXPECT_EQ(e.seen(other), value("predicted"));
  e.take_events();

  server.answer_mutation(0, "ok", 200);
  EXPECT_TRUE(e.is_pending(call));
  EXPECT_EQ(e.seen(a), value(6));
  server.transition({updated(0, 7)}, 200);
  EXPECT_EQ(e.seen(a), value(7));
  EXPECT_EQ(e.seen(other), std::nullopt);
  EXPECT_EQ(e.result_of(call), value("ok"));
  EXPECT_EQ(e.take_events(), names({"commit", "complete 1"})) << "watchers first, then the caller, in one step";
  EXPECT_EQ(e.engine.optimistic_layers(), 0u);
  EXPECT_EQ(e.engine.known_queries(), 2u);
}

TEST_F(sync_optimistic, T27_without_layers_results_pass_in_the_order_of_the_server) {
  server.transition({updated(1, 11), updated(0, 2)}, 110);
  EXPECT_EQ(last_commit(), names({"q:b", "q:a"}));
}

TEST_F(sync_optimistic, T28_server_error_is_a_state_with_the_last_value) {
  server.transition({mock::failed(0, "[Request ID: 1] Server Error", value("data"))}, 110);
  const auto s = e.state(a);
  EXPECT_EQ(s->state, query_state::status::error);
  EXPECT_EQ(s->failure->code, errc::function_failed);
  EXPECT_EQ(s->failure->message, "[Request ID: 1] Server Error");
  EXPECT_EQ(s->failure->data, value("data"));
  EXPECT_EQ(s->last_value, value(1));
  EXPECT_EQ(s->current(), nullptr);
  e.mutate("m:x", object{}, [](local_store& store) {
    if (store.get_query("q:a", object{})) throw std::logic_error("an errored query has no value");
  });
  EXPECT_EQ(e.completed.size(), 0u);
  server.transition({updated(0, 3)}, 120);
  EXPECT_EQ(e.seen(a), value(3));
}

TEST_F(sync_optimistic, T29_layer_replays_and_is_dropped_by_its_mutation) {
  e.mutate("m:inc", object{}, change("q:a", [](double v) { return v + 1; }));
  EXPECT_EQ(e.seen(a), value(2));
  server.transition({updated(0, 20)}, 110);
  EXPECT_EQ(e.seen(a), value(21));
  e.take_commits();
  server.fail_mutation(0, "no");
  EXPECT_EQ(e.seen(a), value(20));
  EXPECT_EQ(last_commit(), names({"q:a"}));
}

TEST_F(sync_optimistic, T30_only_queries_that_were_set_are_reported) {
  e.mutate("m:x", object{}, [](local_store& s) {
    s.get_query("q:b", object{});
    s.get_query("q:unknown", object{});
    s.set_query("q:a", object{}, value(5));
  });
  EXPECT_EQ(last_commit(), names({"q:a"}));
}

TEST_F(sync_optimistic, T31_layers_stack_in_order) {
  server.transition({updated(0, 2)}, 110);
  e.mutate("m:inc", object{}, change("q:a", [](double v) { return v + 1; }));
  e.mutate("m:double", object{}, change("q:a", [](double v) { return v * 2; }));
  EXPECT_EQ(e.seen(a), value(6));
  server.fail_mutation(0, "no");
  EXPECT_EQ(e.seen(a), value(4));
  server.fail_mutation(1, "no");
  EXPECT_EQ(e.seen(a), value(2));
}

TEST_F(sync_optimistic, a_layer_that_predicts_what_is_shown_is_no_news) {
  const optimistic_update predict = set("q:a", value::make_object({{"n", 5}}));
  const optimistic_update predict_too = set("q:a", value::make_object({{"n", 5}}));
  e.mutate("m:one", object{}, predict);
  EXPECT_EQ(last_commit(), std::vector<std::string>{"q:a"});
  e.mutate("m:two", object{}, predict_too);
  EXPECT_TRUE(e.take_commits().empty());
}

TEST_F(sync_optimistic, T32_set_to_nothing_means_loading) {
  e.mutate("m:x", object{}, set("q:a", std::nullopt));
  EXPECT_EQ(e.seen(a), std::nullopt);
  EXPECT_EQ(e.state(a)->state, query_state::status::loading);
  server.fail_mutation(0, "no");
  EXPECT_EQ(e.seen(a), value(1));
}

TEST_F(sync_optimistic, layer_reads_what_an_earlier_layer_wrote_elsewhere) {
  e.mutate("m:a", object{}, change("q:a", [](double v) { return v + 1; }));
  e.mutate("m:b", object{}, [](local_store& s) {
    s.set_query("q:b", object{}, value(s.get_query("q:a", object{})->as_double() * 100));
  });
  EXPECT_EQ(e.seen(b), value(200));
  e.take_commits();
  server.transition({updated(0, 4)}, 110);
  EXPECT_EQ(e.seen(a), value(5));
  EXPECT_EQ(e.seen(b), value(500)) << "the second layer ran again because the first wrote something else";
  EXPECT_EQ(last_commit().size(), 2u);
}

TEST_F(sync_optimistic, untouched_layers_do_not_run_again) {
  int runs = 0;
  e.mutate("m:a", object{}, [&](local_store& s) {
    ++runs;
    s.set_query("q:a", object{}, s.get_query("q:a", object{}));
  });
  server.transition({updated(1, 11)}, 110);
  EXPECT_EQ(runs, 1);
  server.transition({updated(0, 2)}, 120);
  EXPECT_EQ(runs, 2);
}

TEST_F(sync_optimistic, N16_all_queries_of_a_path_in_any_spelling) {
  e.mutate("m:x", object{}, [](local_store& s) {
    s.set_query("list.js", value::make_object({{"page", 1}}), value("one"));
    s.set_query("list:default", value::make_object({{"page", 2}}), std::nullopt);
  });
  std::vector<std::pair<value, std::optional<value>>> all;
  e.mutate("m:y", object{}, [&](local_store& s) { all = s.get_all_queries("list"); });
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].first, value::make_object({{"page", 1}}));
  EXPECT_EQ(all[0].second, value("one"));
  EXPECT_EQ(all[1].second, std::nullopt);
}

TEST_F(sync_optimistic, a_layer_that_lists_a_path_runs_again_when_one_of_it_changes) {
  e.mutate("m:x", object{}, [](local_store& s) {
    double sum = 0;
    for (const auto& [args, v] : s.get_all_queries("q:a")) sum += v ? v->as_double() : 0;
    s.set_query("q:sum", object{}, value(sum));
  });
  EXPECT_EQ(e.seen(e.key("q:sum")), value(1));
  e.subscribe(e.key("q:a", value::make_object({{"n", 2}})));
  server.expect_mutation();
  server.expect_modify_query_set();
  server.transition({updated(2, 5)}, 110);
  EXPECT_EQ(e.seen(e.key("q:sum")), value(6));
  server.fail_mutation(0, "no");
  EXPECT_EQ(e.engine.known_queries(), 3u);
}

TEST_F(sync_optimistic, N5_throwing_update_leaves_nothing) {
  const auto call = e.mutate("m:x", object{}, [](local_store& s) {
    s.set_query("q:a", object{}, value("half"));
    s.get_all_queries("q:nothing");
    throw std::runtime_error("boom");
  });
  EXPECT_EQ(e.failure_of(call).code, errc::bad_argument);
  EXPECT_NE(e.failure_of(call).message.find("boom"), std::string::npos);
  EXPECT_EQ(e.seen(a), value(1));
  EXPECT_TRUE(e.take_commits().empty());
  server.expect_silence();
  EXPECT_EQ(e.engine.optimistic_layers(), 0u);
  EXPECT_EQ(e.engine.connection(e.now).inflight_mutations, 0u);
  server.transition({updated(0, 2)}, 110);
  EXPECT_EQ(e.seen(a), value(2)) << "later results still arrive";
}

TEST_F(sync_optimistic, bad_path_in_an_update_fails_the_mutation) {
  const auto call = e.mutate("m:x", object{}, [](local_store& s) { s.set_query("q.a", object{}, value(1)); });
  EXPECT_EQ(e.failure_of(call).code, errc::bad_argument);
}

TEST_F(sync_optimistic, update_that_throws_on_replay_loses_its_layer_only) {
  const auto call = e.mutate("m:x", object{}, [](local_store& s) {
    if (s.get_query("q:a", object{})->as_double() > 1) throw std::runtime_error("too big");
    s.set_query("q:b", object{}, value("guess"));
  });
  EXPECT_EQ(e.seen(b), value("guess"));
  server.transition({updated(0, 2)}, 110);
  EXPECT_EQ(e.seen(a), value(2));
  EXPECT_EQ(e.seen(b), value(10));
  EXPECT_TRUE(e.has_log("too big"));
  EXPECT_TRUE(e.is_pending(call));
  server.answer_mutation(0, nullptr, 110);
  EXPECT_EQ(e.result_of(call), value(nullptr));
}

TEST_F(sync_optimistic, N6_bad_arguments_leave_no_layer) {
  const auto call = e.mutate("m:x", value::make_object({{"$bad", 1}}), set("q:a", value("guess")));
  EXPECT_EQ(e.failure_of(call).code, errc::bad_argument);
  EXPECT_EQ(e.seen(a), value(1));
  server.expect_silence();
}

TEST_F(sync_optimistic, N9_vanished_token_is_reported) {
  const auto lone = e.key("q:lone");
  e.mutate("m:x", object{}, set("q:lone", value("guess")));
  e.take_commits();
  server.fail_mutation(0, "no");
  EXPECT_EQ(last_commit(), names({"q:lone"}));
  EXPECT_EQ(e.state(lone)->state, query_state::status::loading);
  EXPECT_EQ(e.engine.known_queries(), 2u) << "forgotten";
}

TEST_F(sync_optimistic, N11_response_after_a_covering_transition) {
  const auto call = e.mutate("m:x", object{}, set("q:a", value("guess")));
  server.transition({updated(0, "real")}, 200);
  EXPECT_EQ(e.seen(a), value("guess"));
  e.take_events();
  server.answer_mutation(0, "ok", 150);
  EXPECT_EQ(e.result_of(call), value("ok"));
  EXPECT_EQ(e.seen(a), value("real"));
  EXPECT_EQ(e.take_events(), names({"commit", "complete 1"}));
}

TEST_F(sync_optimistic, cancelling_takes_the_layer_away) {
  const auto call = e.mutate("m:x", object{}, set("q:a", value("guess")));
  e.apply(sync::input::cancel{call});
  EXPECT_EQ(e.failure_of(call).code, errc::cancelled);
  EXPECT_EQ(e.seen(a), value(1));
}

TEST_F(sync_optimistic, layers_survive_a_reconnect_and_unsubscribed_queries) {
  e.mutate("m:inc", object{}, change("q:a", [](double v) { return v + 1; }));
  server.expect_mutation();
  e.unsubscribe(a);
  EXPECT_EQ(e.seen(a), std::nullopt) << "the layer ran again without the value that it read";
  server.expect_modify_query_set();
  e.drop();
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  EXPECT_EQ(again.expect_mutation().id, 0u);
  EXPECT_EQ(e.engine.optimistic_layers(), 1u);
  again.answer_mutation(0, nullptr, 150);
  again.transition({updated(1, 10)}, 150);
  EXPECT_EQ(e.engine.optimistic_layers(), 0u);
  EXPECT_EQ(e.engine.known_queries(), 1u);
}

}  // namespace
}  // namespace hull::test
