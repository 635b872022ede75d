// Callbacks that run the home executor, as a modal dialog does: what comes meanwhile is delivered in there, commit by
// commit, to everybody but the callbacks on the stack, which hear of it when they return.
#include "support/home.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hull::test {
namespace {

using mock::updated;

/// A loop made for one thread alone keeps what a handler posts from the turns nested in that handler.
struct nesting_home : home {
  nesting_home() : home({}, BOOST_ASIO_CONCURRENCY_HINT_SAFE) {}
};

TEST(client_nested, commits_are_delivered_whole_and_in_order) {
  nesting_home h;
  client c = h.make_client();
  watch first = c.watch_query("q:a");
  watch second = c.watch_query("q:b");
  std::vector<std::string> order;
  mock::script* deployment = nullptr;
  int depth = 0;
  const auto text = [](const query_state_ptr& state) { return write_json(*state->current()); };
  subscription a = first.on_change([&](const query_state_ptr& state) {
    EXPECT_EQ(++depth, 1) << "called while it was on the stack";
    order.push_back("a" + text(state));
    if (order.size() == 1) {
      deployment->transition({updated(0, 2), updated(1, 2)}, 20);
      deployment->transition({updated(1, 3)}, 30);
      EXPECT_TRUE(h.until([&] { return order.size() == 4; }));
    }
    order.push_back("end of a" + text(state));
    --depth;
  });
  subscription b = second.on_change([&](const query_state_ptr& state) { order.push_back("b" + text(state)); });
  std::size_t commits = 0;
  subscription all = c.on_commit([&](const commit_info&) { ++commits; });

  const auto socket = h.accept();
  mock::script server(*socket);
  deployment = &server;
  server.expect_hello();
  server.transition({updated(0, 1), updated(1, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return commits == 3 && order.size() == 7; }));
  EXPECT_EQ(order, std::vector<std::string>({"a1", "b1", "b2", "b3", "end of a1", "a2", "end of a2"}));
  EXPECT_EQ(c.state().connection_count, 1u);
}

TEST(client_nested, news_that_came_together_stay_in_order) {
  nesting_home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  watch other = c.watch_query("q:b");
  std::vector<double> seen;
  subscription b =
      other.on_change([&](const query_state_ptr& state) { seen.push_back(state->current()->as_double()); });
  bool has_nested = false;
  subscription a = w.on_change([&](const query_state_ptr&) {
    if (std::exchange(has_nested, true)) return;
    EXPECT_TRUE(h.until([&] { return seen.size() == 50; }));
  });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  for (int i = 1; i <= 50; ++i) server.transition({updated(0, i), updated(1, i)}, static_cast<unsigned>(10 * i));
  ASSERT_TRUE(h.until([&] { return seen.size() == 50; }));
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], double(i + 1));
  EXPECT_EQ(c.state().connection_count, 1u) << "news in the wrong order break the protocol";
}

TEST(client_nested, what_is_in_hand_comes_without_further_news) {
  nesting_home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  watch same = c.watch_query("q:a");
  int others = 0;
  subscription a = w.on_change([&](const query_state_ptr&) { EXPECT_TRUE(h.until([&] { return others == 1; })); });
  subscription b = same.on_change([&](const query_state_ptr&) { ++others; });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return others == 1; }));
}

TEST(client_nested, calls_and_queries_of_a_nested_loop_work) {
  nesting_home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  mock::script* deployment = nullptr;
  outcome call;
  std::optional<value> dialog;
  subscription a = w.on_change([&](const query_state_ptr&) {
    watch inner = c.watch_query("q:dialog");
    subscription s = inner.on_change([&](const query_state_ptr& state) { dialog = *state->current(); });
    c.mutation("m:save", object{}, call.token());
    deployment->expect_modify_query_set();
    const auto id = deployment->expect_mutation().id;
    deployment->transition({updated(1, "shown")}, 20);
    EXPECT_TRUE(h.until([&] { return dialog.has_value(); }));
    deployment->answer_mutation(id, "saved", 30);
    deployment->transition({}, 30);
    EXPECT_TRUE(h.until([&] { return call.got.has_value(); }));
  });
  const auto socket = h.accept();
  mock::script server(*socket);
  deployment = &server;
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return call.got.has_value(); }));
  EXPECT_EQ(dialog, value("shown"));
  EXPECT_EQ(call.got->value(), value("saved"));
}

TEST(client_nested, the_client_ends_in_a_nested_loop) {
  nesting_home h;
  std::optional<client> c = h.make_client();
  watch w = c->watch_query("q:a");
  watch other = c->watch_query("q:b");
  bool is_over = false;
  int others = 0;
  subscription a = w.on_change([&](const query_state_ptr&) {
    boost::asio::post(h.loop, [&] {
      c.reset();
      is_over = true;
    });
    EXPECT_TRUE(h.until([&] { return is_over; }));
  });
  subscription b = other.on_change([&](const query_state_ptr&) { ++others; });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1), updated(1, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return is_over; }));
  h.pass(20ms);
  EXPECT_LE(others, 1);
}

}  // namespace
}  // namespace hull::test
