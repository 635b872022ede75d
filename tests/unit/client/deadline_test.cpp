// Calls that end before their answer: by a deadline, by cancellation of every kind, offline; and what else the
// inventory asks of calls.
#include "support/home.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

namespace hull::test {
namespace {

using mock::updated;
namespace asio = boost::asio;

/// A client that is connected and greeted.
struct client_deadline : testing::Test {
  home h;
  client c = h.make_client();
  std::shared_ptr<turning_socket> socket = h.accept();
  mock::script server{*socket};
  client_deadline() { server.expect_hello(); }
};

TEST_F(client_deadline, every_kind_of_call_times_out) {
  outcome mutation;
  outcome action;
  outcome query;
  mutation_options limited;
  limited.deadline = 20ms;
  limited.optimistic = [](local_store& s) { s.set_query("q:a", object{}, value("guess")); };
  watch w = c.watch_query("q:a");
  c.mutation("m:x", object{}, limited, mutation.token());
  EXPECT_EQ(*w.current()->current(), value("guess"));
  c.action("a:x", object{}, {.deadline = 20ms}, action.token());
  c.query("q:x", object{}, {.deadline = 20ms}, query.token());
  server.expect_mutation();
  server.expect_action();
  server.expect_modify_query_set();
  ASSERT_TRUE(h.until([&] { return mutation.got && action.got && query.got; }));
  for (const outcome* o : {&mutation, &action, &query}) EXPECT_EQ(o->got->error().code, errc::timed_out);
  EXPECT_EQ(w.current()->current(), nullptr) << "the prediction is taken back";
  EXPECT_FALSE(c.state().has_inflight_requests());
  const auto change = server.expect_modify_query_set();
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(change.modifications.at(0)))
      << "nobody asks for it any more";
  server.answer_mutation(0, 1, 10);
  server.answer_action(1, 1);
  server.transition({}, 10);
  h.pass(10ms);
}

TEST_F(client_deadline, answers_in_time_win) {
  outcome query;
  outcome action;
  c.query("q:x", object{}, {.deadline = 1h}, query.token());
  c.action("a:x", object{}, {.deadline = 1h}, action.token());
  server.expect_modify_query_set();
  server.expect_action();
  server.transition({updated(0, 5)}, 10);
  server.answer_action(0, 6);
  ASSERT_TRUE(h.until([&] { return query.got && action.got; }));
  EXPECT_EQ(query.got->value(), value(5));
  EXPECT_EQ(action.got->value(), value(6));
  c.close();
  h.loop.restart();
  h.loop.run();  // Returns: no deadline keeps a client alive.
}

TEST(client_offline_calls, wait_for_the_connection_or_the_deadline) {
  home h;
  h.server.refuse_connections(true);
  auto options = h.options();
  options.backoff_max = 100ms;  // Whatever try it is at, the next one comes soon.
  client c(h.loop.get_executor(), h.server.url(), options);
  outcome patient;
  outcome impatient;
  outcome mutation;
  c.query("q:a", object{}, patient.token());
  c.query("q:b", object{}, {.deadline = 20ms}, impatient.token());
  mutation_options limited;
  limited.deadline = 20ms;
  c.mutation("m:x", object{}, limited, mutation.token());
  ASSERT_TRUE(h.until([&] { return impatient.got && mutation.got; }));
  EXPECT_EQ(impatient.got->error().code, errc::timed_out);
  EXPECT_EQ(mutation.got->error().code, errc::timed_out);
  EXPECT_NE(mutation.got->error().message.find("no effect"), std::string::npos) << "it was never sent";
  EXPECT_FALSE(patient.got);
  h.server.refuse_connections(false);
  c.reconnect_now();
  const auto socket = h.accept_at_last();  // A try that was under way may still be refused.
  mock::script server(*socket);
  server.expect_connect();
  ASSERT_EQ(server.expect_modify_query_set().modifications.size(), 1u) << "only what is still waited for";
  server.transition({updated(0, "there")}, 10);
  ASSERT_TRUE(h.until([&] { return patient.got.has_value(); }));
  EXPECT_EQ(patient.got->value(), value("there"));
}

TEST_F(client_deadline, T68_one_shot_query_takes_an_optimistic_value) {
  outcome query;
  c.query("q:a", object{}, query.token());
  server.expect_modify_query_set();
  mutation_options guess;
  guess.optimistic = [](local_store& s) { s.set_query("q:a", object{}, value("guess")); };
  outcome mutation;
  c.mutation("m:x", object{}, guess, mutation.token());
  ASSERT_TRUE(h.until([&] { return query.got.has_value(); }));
  EXPECT_EQ(query.got->value(), value("guess"));
  EXPECT_FALSE(mutation.got);
}

TEST_F(client_deadline, two_one_shot_queries_share_a_subscription) {
  outcome one;
  outcome two;
  c.query("q:a", object{}, one.token());
  c.query("q:a", object{}, two.token());
  EXPECT_EQ(server.expect_modify_query_set().modifications.size(), 1u);
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return one.got && two.got; }));
  EXPECT_EQ(one.got->value(), two.got->value());
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)));
  server.expect_silence(10ms);
}

TEST_F(client_deadline, T39_T40_watchers_share_and_hear_of_a_prediction_once) {
  watch w = c.watch_query("q:a");
  std::vector<value> first;
  std::vector<value> second;
  subscription a = w.on_change([&](const query_state_ptr& s) { first.push_back(*s->current()); });
  subscription b = c.watch_query("q:a").on_change([&](const query_state_ptr& s) { second.push_back(*s->current()); });
  EXPECT_EQ(server.expect_modify_query_set().modifications.size(), 1u);
  mutation_options guess;
  guess.optimistic = [](local_store& s) { s.set_query("q:a", object{}, value("guess")); };
  outcome call;
  c.mutation("m:x", object{}, guess, call.token());
  server.expect_mutation();
  EXPECT_EQ(first, std::vector<value>({"guess"}));
  EXPECT_EQ(second, first);
  EXPECT_EQ(*w.current()->current(), value("guess"));
  a.reset();
  server.expect_silence(10ms);
  b.reset();
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)));
}

TEST_F(client_deadline, T62_T63_each_call_has_the_update_that_came_with_it) {
  watch w = c.watch_query("q:a");
  subscription s = w.on_change([](const query_state_ptr&) {});
  server.expect_modify_query_set();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return w.current()->current() != nullptr; }));
  const auto add = [](double by) {
    mutation_options options;
    options.optimistic = [by](local_store& store) {
      if (const auto old = store.get_query("q:a", object{}))
        store.set_query("q:a", object{}, value(old->as_double() + by));
    };
    return options;
  };
  outcome one;
  outcome two;
  outcome none;
  c.mutation("m:add", object{}, add(10), one.token());
  c.mutation("m:add", object{}, add(100), two.token());
  c.mutation("m:add", object{}, none.token());
  EXPECT_EQ(*w.current()->current(), value(111));
  for (int i = 0; i < 3; ++i) server.expect_mutation();
  server.fail_mutation(0, "no");
  ASSERT_TRUE(h.until([&] { return one.got.has_value(); }));
  EXPECT_EQ(*w.current()->current(), value(101)) << "only its own update went with the call";
}

TEST_F(client_deadline, T64_arguments_that_are_no_object_are_refused) {
  const std::pair<value, std::string> rows[] = {
      {value("text"), "String"}, {value(1), "Float64"}, {value(nullptr), "Null"}, {value::make_array({1}), "Array"}};
  for (const auto& [args, name] : rows) {
    outcome mutation;
    outcome action;
    outcome query;
    c.mutation("m:x", args, mutation.token());
    c.action("a:x", args, action.token());
    c.query("q:x", args, query.token());
    ASSERT_TRUE(h.until([&] { return mutation.got && action.got && query.got; }));
    for (const outcome* o : {&mutation, &action, &query}) {
      EXPECT_EQ(o->got->error().code, errc::bad_argument);
      EXPECT_EQ(o->got->error().message, "The arguments to a Convex function must be an object. Received: " + name);
    }
  }
  server.expect_silence(10ms);
}

TEST_F(client_deadline, T67_an_update_that_throws_is_isolated_to_its_call) {
  watch w = c.watch_query("q:a");
  std::vector<value> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen.push_back(*state->current()); });
  server.expect_modify_query_set();
  mutation_options broken;
  broken.optimistic = [](local_store& store) {
    store.set_query("q:a", object{}, value("half"));
    throw std::runtime_error("boom");
  };
  outcome bad;
  outcome good;
  c.mutation("m:bad", object{}, broken, bad.token());
  c.mutation("m:good", object{}, good.token());
  EXPECT_EQ(server.expect_mutation().udf_path, "m:good");
  server.transition({updated(0, 1)}, 10);
  server.fail_mutation(1, "no");
  ASSERT_TRUE(h.until([&] { return bad.got && good.got && !seen.empty(); }));
  EXPECT_EQ(bad.got->error().code, errc::bad_argument);
  EXPECT_NE(bad.got->error().message.find("boom"), std::string::npos);
  EXPECT_EQ(seen, std::vector<value>({1}));
}

TEST_F(client_deadline, T70_close_between_send_and_delivery_of_an_answer) {
  outcome mutation;
  watch_group group = c.watch_queries({{"a", {.path = "q:a"}}});
  subscription s = group.on_change([](const std::vector<std::string>&) { FAIL() << "closed"; });
  paginated_watch list = c.watch_pages("q:list");
  subscription t = list.on_change([](const paginated_state_ptr&) { FAIL() << "closed"; });
  c.mutation("m:x", object{}, mutation.token());
  server.expect_modify_query_set();
  server.expect_mutation();
  server.transition({updated(0, 1), mock::failed(1, "no")}, 10);
  server.fail_mutation(0, "no");
  std::this_thread::sleep_for(20ms);  // What the server said waits at home, undelivered.
  c.close();
  h.pass(20ms);
  ASSERT_TRUE(mutation.got);
  EXPECT_EQ(mutation.got->error().code, errc::closed);
}

TEST_F(client_deadline, the_faster_of_two_calls_cancels_the_other_in_a_coroutine) {
  using namespace asio::experimental::awaitable_operators;
  std::optional<value> got;
  asio::co_spawn(
      h.loop,
      [&]() -> asio::awaitable<void> {
        const auto first = co_await (c.action("a:slow", object{}, asio::use_awaitable) ||
                                     c.action("a:fast", object{}, asio::use_awaitable));
        got = std::get<1>(first).value();
      },
      [](std::exception_ptr e) { EXPECT_FALSE(e); });
  const auto slow = server.expect_action();
  const auto fast = server.expect_action();
  ASSERT_EQ(fast.udf_path, "a:fast");
  server.answer_action(fast.id, "won");
  ASSERT_TRUE(h.until([&] { return got.has_value(); }));
  EXPECT_EQ(got, value("won"));
  EXPECT_EQ(c.state().inflight_actions, 0u) << "the slow one was forgotten";
  server.answer_action(slow.id, "late");
  h.pass(10ms);
}

TEST_F(client_deadline, a_parallel_group_gathers_and_cancels) {
  std::vector<errc> codes;
  asio::cancellation_signal stop;
  asio::experimental::make_parallel_group(c.action("a:x", object{}, asio::deferred),
                                          c.query("q:x", object{}, asio::deferred),
                                          c.mutation("m:x", object{}, asio::deferred))
      .async_wait(
          asio::experimental::wait_for_all(),
          asio::bind_cancellation_slot(stop.slot(), [&](const std::array<std::size_t, 3>&, const result<value>& a,
                                                        const result<value>& q, const result<value>& m) {
            codes = {a.error().code, q.error().code, m.error().code};
          }));
  server.expect_action();
  server.expect_modify_query_set();
  server.expect_mutation();
  stop.emit(asio::cancellation_type::all);
  ASSERT_TRUE(h.until([&] { return !codes.empty(); }));
  EXPECT_EQ(codes, std::vector<errc>(3, errc::cancelled));
}

TEST_F(client_deadline, a_future_is_cancelled_from_another_thread) {
  asio::cancellation_signal stop;
  std::future<result<value>> future =
      c.action("a:x", object{}, asio::bind_cancellation_slot(stop.slot(), asio::use_future));
  server.expect_action();
  // A signal and its slot are one thread's business: the other thread asks home to pull it.
  std::thread other([&] { asio::post(h.loop, [&] { stop.emit(asio::cancellation_type::partial); }); });
  ASSERT_TRUE(h.until([&] { return future.wait_for(0s) == std::future_status::ready; }));
  other.join();
  EXPECT_EQ(future.get().error().code, errc::cancelled);
  stop.emit(asio::cancellation_type::terminal);  // Nobody is left to hear it.
}

TEST_F(client_deadline, function_logs_reach_the_log_once) {
  watch w = c.watch_query("q:list");
  subscription s = w.on_change([](const query_state_ptr&) {});
  outcome mutation;
  outcome action;
  c.mutation("m:send", object{}, mutation.token());
  c.action("a:run", object{}, action.token());
  server.expect_modify_query_set();
  server.expect_mutation();
  server.expect_action();
  server.transition({updated(0, 1, {}, {"[LOG] 'from the query'"})}, 10);
  server.answer_mutation(0, nullptr, 20, {"[WARN] 'from the mutation'"});
  server.answer_mutation(0, nullptr, 20, {"[WARN] 'from the mutation'"});
  server.fail_action(1, "Server Error");
  server.transition({}, 20);
  ASSERT_TRUE(h.until([&] { return mutation.got && action.got; }));
  const auto count = [&](std::string_view line) { return std::count(h.logs.begin(), h.logs.end(), line); };
  EXPECT_EQ(count("[CONVEX Q(q:list)] [LOG] 'from the query'"), 1);
  EXPECT_EQ(count("[CONVEX M(m:send)] [WARN] 'from the mutation'"), 1);
  EXPECT_EQ(count("[CONVEX A(a:run)] Server Error"), 1);
}

TEST_F(client_deadline, connection_state_counts_calls_and_their_age) {
  outcome mutation;
  outcome action;
  EXPECT_FALSE(c.state().oldest_request_age);
  EXPECT_TRUE(c.state().has_ever_connected);
  EXPECT_EQ(c.state().connection_count, 1u);
  c.mutation("m:x", object{}, mutation.token());
  c.action("a:x", object{}, action.token());
  EXPECT_EQ(c.state().inflight_mutations, 1u);
  EXPECT_EQ(c.state().inflight_actions, 1u);
  EXPECT_TRUE(c.state().has_inflight_requests());
  EXPECT_TRUE(c.has_unacknowledged_mutations());
  std::this_thread::sleep_for(5ms);
  ASSERT_TRUE(c.state().oldest_request_age);
  EXPECT_GE(*c.state().oldest_request_age, 4ms);
  h.server.refuse_connections(true);
  server.drop();
  ASSERT_TRUE(h.until([&] { return c.state().next_retry_in.has_value(); }));
  EXPECT_FALSE(c.state().is_connected);
  EXPECT_TRUE(c.state().has_ever_connected);
  EXPECT_GE(c.state().connection_retries, 1u);
  EXPECT_EQ(c.state().inflight_actions, 0u) << "lost";
  EXPECT_EQ(c.state().inflight_mutations, 1u) << "to be replayed";
}

}  // namespace
}  // namespace hull::test
