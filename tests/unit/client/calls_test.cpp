// Mutations, actions and one-shot queries through a real socket, with every kind of completion.
#include "support/home.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace hull::test {
namespace {

using mock::updated;

TEST(client_calls, mutation_with_optimistic_layer_reads_its_own_write) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:count");
  std::vector<std::pair<value, bool>> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen.emplace_back(*state->current(), state->is_optimistic); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return seen.size() == 1; }));

  mutation_options options;
  options.optimistic = [](local_store& store) {
    if (const auto old = store.get_query("q:count", object{})) store.set_query("q:count", object{}, value(old->as_double() + 1));
  };
  outcome o;
  c.mutation("m:add", value::make_object({{"by", 1}}), options, [&](result<value> r) {
    EXPECT_EQ(*w.current()->current(), value(2)) << "the caller sees its own write";
    EXPECT_FALSE(w.current()->is_optimistic);
    o.got = std::move(r);
  });
  ASSERT_EQ(seen.size(), 2u) << "the prediction shows inside the call";
  EXPECT_EQ(seen[1], std::make_pair(value(2), true));
  EXPECT_EQ(c.state().inflight_mutations, 1u);
  EXPECT_EQ(server.expect_mutation().args, array{value::make_object({{"by", 1}})});
  server.answer_mutation(0, "added", 20);
  h.pass();
  EXPECT_FALSE(o.got) << "not before a transition shows it";
  server.transition({updated(0, 2)}, 20);
  ASSERT_TRUE(h.until([&] { return o.got.has_value(); }));
  EXPECT_EQ(o.got->value(), value("added"));
}

TEST(client_calls, failures_are_values) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  outcome thrown;
  outcome refused;
  outcome bad_path;
  c.action("a:run", object{}, thrown.token());
  c.mutation("m:x", value(1), refused.token());
  c.mutation("m.x", object{}, bad_path.token());
  EXPECT_FALSE(refused.got) << "never inside the call";
  server.expect_hello();
  server.expect_action();
  server.fail_action(0, "Uncaught ConvexError: no", value::make_object({{"code", 7}}));
  ASSERT_TRUE(h.until([&] { return thrown.got && refused.got && bad_path.got; }));
  EXPECT_EQ(thrown.got->error().code, errc::function_failed);
  EXPECT_EQ(thrown.got->error().message, "Uncaught ConvexError: no");
  EXPECT_EQ(thrown.got->error().data, value::make_object({{"code", 7}}));
  EXPECT_EQ(refused.got->error().code, errc::bad_argument);
  EXPECT_EQ(bad_path.got->error().code, errc::bad_argument);
  EXPECT_THROW(thrown.got->value(), error_exception);
}

TEST(client_calls, update_that_calls_the_client_does_no_harm) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  watch w = c.watch_query("q:a");
  subscription s = w.on_change([](const query_state_ptr&) {});
  server.expect_modify_query_set();
  outcome inner;
  mutation_options options;
  options.optimistic = [&](local_store&) {
    s.reset();
    c.action("a:x", object{}, inner.token());
  };
  outcome outer;
  c.mutation("m:x", object{}, options, outer.token());
  server.expect_mutation();
  server.expect_modify_query_set();
  server.answer_action(server.expect_action().id, 1);
  server.fail_mutation(0, "no");
  ASSERT_TRUE(h.until([&] { return inner.got && outer.got; }));
  EXPECT_EQ(inner.got->value(), value(1));
}

TEST(client_calls, coroutine) {
  home h;
  client c = h.make_client();
  std::vector<value> got;
  boost::asio::co_spawn(
      h.loop,
      [&]() -> boost::asio::awaitable<void> {
        auto first = co_await c.query("q:a", object{}, boost::asio::use_awaitable);
        got.push_back(first.value());
        auto second = co_await c.action("a:b", object{}, boost::asio::use_awaitable);
        got.push_back(second.value());
        auto third = co_await c.mutation("m:c", object{}, boost::asio::deferred);
        got.push_back(value(third.error().message));
      },
      [](std::exception_ptr e) { EXPECT_FALSE(e); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_connect();
  // The query may be asked before or after the socket opened.
  if (server.expect_modify_query_set().modifications.empty()) server.expect_modify_query_set();
  server.transition({updated(0, "a")}, 10);
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)));
  server.answer_action(server.expect_action().id, "b");
  server.fail_mutation(server.expect_mutation().id, "c");
  ASSERT_TRUE(h.until([&] { return got.size() == 3; }));
  EXPECT_EQ(got, std::vector<value>({"a", "b", "c"}));
}

TEST(client_calls, T69_one_shot_query_uses_what_is_known) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  subscription s = w.on_change([](const query_state_ptr&) {});
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 5)}, 10);
  ASSERT_TRUE(h.until([&] { return w.current()->current() != nullptr; }));
  outcome o;
  c.query("q:a", object{}, o.token());
  EXPECT_FALSE(o.got);
  ASSERT_TRUE(h.until([&] { return o.got.has_value(); }));
  EXPECT_EQ(o.got->value(), value(5));
  server.expect_silence();
}

TEST(client_calls, one_shot_query_fails_with_the_error_of_the_query) {
  home h;
  client c = h.make_client();
  outcome o;
  c.query("q:a", object{}, o.token());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({mock::failed(0, "broken")}, 10);
  ASSERT_TRUE(h.until([&] { return o.got.has_value(); }));
  EXPECT_EQ(o.got->error().message, "broken");
}

TEST(client_calls, future_and_foreign_executor) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  std::future<result<value>> future = c.action("a:one", object{}, boost::asio::use_future);
  boost::asio::thread_pool pool(1);
  std::promise<std::thread::id> ran_on;
  c.action("a:two", object{}, boost::asio::bind_executor(pool.get_executor(), [&](result<value>) {
             ran_on.set_value(std::this_thread::get_id());
           }));
  server.expect_hello();
  server.expect_action();
  server.expect_action();
  server.answer_action(0, 1);
  server.answer_action(1, 2);
  auto where = ran_on.get_future();
  ASSERT_TRUE(h.until([&] { return where.wait_for(0s) == std::future_status::ready && future.wait_for(0s) == std::future_status::ready; }));
  EXPECT_NE(where.get(), std::this_thread::get_id());
  EXPECT_EQ(future.get().value(), value(1));
  pool.join();
}

TEST(client_calls, cancellation_removes_the_call) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  boost::asio::cancellation_signal stop;
  outcome mutation;
  outcome query;
  boost::asio::cancellation_signal stop_query;
  c.mutation("m:x", object{}, boost::asio::bind_cancellation_slot(stop.slot(), mutation.token()));
  c.query("q:x", object{}, boost::asio::bind_cancellation_slot(stop_query.slot(), query.token()));
  server.expect_hello();
  stop.emit(boost::asio::cancellation_type::terminal);
  stop_query.emit(boost::asio::cancellation_type::total);
  ASSERT_TRUE(h.until([&] { return mutation.got && query.got; }));
  EXPECT_EQ(mutation.got->error().code, errc::cancelled);
  EXPECT_EQ(query.got->error().code, errc::cancelled);
  EXPECT_EQ(c.state().inflight_mutations, 0u);
}

TEST(client_calls, disconnect_and_replay) {
  home h;
  client c = h.make_client();
  outcome mutation;
  outcome action;
  std::string session;
  {
    const auto socket = h.accept();
    mock::script server(*socket);
    session = server.expect_hello().session_id;
    c.mutation("m:x", value::make_object({{"n", 1}}), mutation.token());
    c.action("a:x", object{}, action.token());
    h.pass(10ms);
    server.expect_mutation();
    server.expect_action();
    server.drop();
  }
  ASSERT_TRUE(h.until([&] { return action.got.has_value(); }));
  EXPECT_EQ(action.got->error().code, errc::connection_lost);
  h.pass(30ms);
  const auto socket = h.accept();
  mock::script server(*socket);
  const auto hello = server.expect_hello();
  EXPECT_EQ(hello.session_id, session);
  EXPECT_EQ(hello.connection_count, 1u);
  EXPECT_EQ(hello.last_close_reason, "closed with code 1006");
  const auto again = server.expect_mutation();
  EXPECT_EQ(again.id, 0u);
  EXPECT_EQ(again.args, array{value::make_object({{"n", 1}})});
  server.answer_mutation(0, "once", 10);
  server.transition({}, 10);
  ASSERT_TRUE(h.until([&] { return mutation.got.has_value(); }));
  EXPECT_EQ(mutation.got->value(), value("once"));
}

TEST(client_calls, fatal_error_reaches_every_caller) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  outcome mutation;
  outcome query;
  c.mutation("m:x", object{}, mutation.token());
  c.query("q:x", object{}, query.token());
  server.send(protocol::fatal_error{"no more"});
  ASSERT_TRUE(h.until([&] { return mutation.got && query.got; }));
  EXPECT_EQ(mutation.got->error().code, errc::fatal);
  EXPECT_EQ(query.got->error().code, errc::fatal);
  EXPECT_TRUE(h.has_log("[CONVEX FATAL ERROR] no more"));
}

}  // namespace
}  // namespace hull::test
