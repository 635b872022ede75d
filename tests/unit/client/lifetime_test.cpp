// Closing and destroying, at every inconvenient moment.
#include "support/home.hpp"

#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>

namespace hull::test {
namespace {

using mock::updated;

TEST(client_lifetime, close_settles_calls_and_ends_the_loop) {
  home h;
  client c = h.make_client();
  outcome mutation;
  outcome query;
  c.mutation("m:x", object{}, mutation.token());
  c.query("q:x", object{}, query.token());
  const auto socket = h.accept();
  c.close();
  c.close();
  EXPECT_TRUE(c.is_closed());
  EXPECT_FALSE(mutation.got) << "not inside the call";
  h.loop.restart();
  h.loop.run();  // Returns: a closed client is no work.
  EXPECT_EQ(mutation.got->error().code, errc::closed);
  EXPECT_EQ(query.got->error().code, errc::closed);
  EXPECT_TRUE(socket->wait_for_close());
  outcome late;
  c.action("a:x", object{}, late.token());
  h.loop.restart();
  h.loop.run();
  EXPECT_EQ(late.got->error().code, errc::closed);
}

TEST(client_lifetime, R6_letting_go_of_the_client_ends_its_socket_and_its_work) {
  home h;
  outcome open;
  std::optional<client> c(h.make_client());
  watch w = c->watch_query("q:a");
  subscription s = w.on_change([](const query_state_ptr&) {});
  c->mutation("m:send", object{}, open.token());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.expect_mutation();
  c.reset();
  EXPECT_TRUE(socket->wait_for_close());
  h.loop.restart();
  h.loop.run();  // Returns although the watch is still there.
  ASSERT_TRUE(open.got);
  EXPECT_EQ(open.got->error().code, errc::closed);
}

TEST(client_lifetime, T70_no_callback_after_close) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  subscription s = w.on_change([](const query_state_ptr&) { FAIL() << "closed"; });
  subscription k = c.on_commit([](const commit_info&) { FAIL() << "closed"; });
  subscription n = c.on_connection_state([](const connection_state&) {});
  const auto socket = h.accept();
  mock::script server(*socket);
  ASSERT_TRUE(h.until([&] { return c.state().is_connected; }));
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  std::this_thread::sleep_for(50ms);  // The result waits at home, undelivered.
  c.close();
  h.pass();
  EXPECT_EQ(w.current()->state, query_state::status::loading);
}

TEST(client_lifetime, destroyed_inside_a_callback) {
  home h;
  auto c = std::make_unique<client>(h.make_client());
  watch w = c->watch_query("q:a");
  int calls = 0;
  subscription s = w.on_change([&](const query_state_ptr&) {
    ++calls;
    c.reset();
  });
  subscription other = w.on_change([&](const query_state_ptr&) { ++calls; });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return calls == 1; }));
  h.pass();
  EXPECT_EQ(calls, 1);
  s.reset();
  EXPECT_EQ(w.current()->state, query_state::status::loading);
  EXPECT_FALSE(w.on_change([](const query_state_ptr&) {}));
}

TEST(client_lifetime, subscription_ended_inside_its_own_callback) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  int calls = 0;
  subscription s;
  subscription t;
  s = w.on_change([&](const query_state_ptr&) {
    ++calls;
    t.reset();
    s.reset();
  });
  t = w.on_change([](const query_state_ptr&) { FAIL() << "its neighbour ended it"; });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return calls == 1; }));
  server.expect_modify_query_set();
  server.transition({}, 20);
  h.pass();
  EXPECT_EQ(calls, 1);
}

TEST(client_lifetime, callbacks_may_call_the_client) {
  home h;
  client c = h.make_client();
  watch a = c.watch_query("q:a");
  watch b = c.watch_query("q:b");
  std::vector<std::string> order;
  subscription sb;
  outcome call;
  subscription sa = a.on_change([&](const query_state_ptr&) {
    if (!order.empty()) return;
    order.push_back("a");
    sb = b.on_change([&](const query_state_ptr&) { order.push_back("b"); });
    mutation_options options;
    options.optimistic = [](local_store& s) { s.set_query("q:b", object{}, value("guess")); };
    c.mutation("m:x", object{}, options, call.token());
    order.push_back("end of a");
  });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return order.size() == 3; }));
  EXPECT_EQ(order, std::vector<std::string>({"a", "end of a", "b"})) << "what a callback causes comes after the batch";
  server.expect_modify_query_set();
  server.expect_mutation();
}

TEST(client_lifetime, exception_from_a_callback_loses_nothing_else) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  std::vector<value> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) {
    seen.push_back(*state->current());
    if (seen.size() == 1) throw std::runtime_error("careless");
  });
  outcome call;
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  c.mutation("m:x", object{}, call.token());
  server.answer_mutation(server.expect_mutation().id, "done", 10);
  server.transition({updated(0, 1)}, 10);
  EXPECT_THROW(h.until([&] { return !seen.empty(); }), std::runtime_error);
  ASSERT_TRUE(h.until([&] { return call.got.has_value(); }));
  EXPECT_EQ(call.got->value(), value("done"));
  server.transition({updated(0, 2)}, 20);
  ASSERT_TRUE(h.until([&] { return seen.size() == 2; }));
}

TEST(client_lifetime, moved_clients_go_on) {
  home h;
  client first = h.make_client();
  client second = std::move(first);
  EXPECT_TRUE(first.is_closed());
  watch w = second.watch_query("q:a");
  bool seen = false;
  subscription s = w.on_change([&](const query_state_ptr&) { seen = true; });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return seen; }));
  second = h.make_client();
  EXPECT_TRUE(socket->wait_for_close());
}

TEST(client_lifetime, subscription_outlives_the_client) {
  home h;
  subscription s;
  {
    client c = h.make_client();
    s = c.watch_query("q:a").on_change([](const query_state_ptr&) {});
  }
  s.reset();
}

TEST(client_lifetime, many_clients_come_and_go) {
  home h;
  for (int i = 0; i < 20; ++i) {
    client c = h.make_client();
    if (i % 2 == 0) h.accept();
  }
}

TEST(client_lifetime, T2_bad_address_throws) {
  home h;
  EXPECT_THROW(client(h.loop.get_executor(), "ws://127.0.0.1"), std::invalid_argument);
  EXPECT_THROW(client(h.loop.get_executor(), "https://x.convex.site"), std::invalid_argument);
}

}  // namespace
}  // namespace hull::test
