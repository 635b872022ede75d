// Live queries through a real socket.
#include "support/home.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

TEST(client_live, query_is_live) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("messages:list", value::make_object({{"room", "a"}}));
  EXPECT_EQ(w.current()->state, query_state::status::loading);
  std::vector<value> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen.push_back(*state->current()); });

  const auto socket = h.accept();
  EXPECT_EQ(socket->target(), "/api/sync");
  EXPECT_EQ(socket->header("Convex-Client"), std::string("cpp-") + version);
  mock::script server(*socket);
  server.expect_connect();
  const auto set = server.expect_modify_query_set();
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications.at(0)).args, array{value::make_object({{"room", "a"}})});
  server.transition({updated(0, "one")}, 10);
  server.transition({updated(0, "two")}, 20);
  ASSERT_TRUE(h.until([&] { return seen.size() == 2; }));
  EXPECT_EQ(seen[0], value("one"));
  EXPECT_EQ(seen[1], value("two"));
  EXPECT_EQ(*w.current()->current(), value("two"));
  EXPECT_TRUE(c.state().is_connected);

  s.reset();
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)));
  EXPECT_EQ(w.current()->state, query_state::status::loading);
}

TEST(client_live, R7_known_value_is_delivered_once_and_not_inside_the_call) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  int first = 0;
  int second = 0;
  subscription a = w.on_change([&](const query_state_ptr&) { ++first; });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return first == 1; }));

  subscription b = w.on_change([&](const query_state_ptr& state) {
    ++second;
    EXPECT_EQ(*state->current(), value(1));
  });
  EXPECT_EQ(second, 0);
  ASSERT_TRUE(h.until([&] { return second == 1; }));
  {
    subscription gone = w.on_change([](const query_state_ptr&) { FAIL() << "the subscription is gone"; });
  }
  h.pass();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST(client_live, R5_commit_shows_all_changes_at_once) {
  home h;
  client c = h.make_client();
  watch a = c.watch_query("q:a");
  watch b = c.watch_query("q:b");
  std::vector<commit_info> commits;
  subscription sa = a.on_change([&](const query_state_ptr&) { EXPECT_NE(b.current()->current(), nullptr) << "half a commit"; });
  subscription sb = b.on_change([&](const query_state_ptr&) { EXPECT_NE(a.current()->current(), nullptr) << "half a commit"; });
  subscription sc = c.on_commit([&](const commit_info& info) { commits.push_back(info); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1), updated(1, 2)}, 10);
  ASSERT_TRUE(h.until([&] { return !commits.empty(); }));
  EXPECT_EQ(commits[0].changed_tokens, std::vector<std::string>({query_token("q:a", object{}), query_token("q:b", object{})}));
}

TEST(client_live, error_is_a_state_that_heals) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("q:a");
  std::vector<query_state_ptr> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen.push_back(state); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, 1)}, 10);
  server.transition({mock::failed(0, "Server Error", value("why"))}, 20);
  server.transition({updated(0, 2)}, 30);
  ASSERT_TRUE(h.until([&] { return seen.size() == 3; }));
  EXPECT_EQ(seen[1]->failure->message, "Server Error");
  EXPECT_EQ(seen[1]->failure->data, value("why"));
  EXPECT_EQ(seen[1]->last_value, value(1));
  EXPECT_EQ(*seen[2]->current(), value(2));
}

TEST(client_live, bad_watch_tells_why) {
  home h;
  client c = h.make_client();
  watch w = c.watch_query("messages.list");
  EXPECT_EQ(w.current()->failure->code, errc::bad_argument);
  int calls = 0;
  subscription s = w.on_change([&](const query_state_ptr& state) {
    ++calls;
    EXPECT_EQ(state->state, query_state::status::error);
  });
  ASSERT_TRUE(h.until([&] { return calls == 1; }));
  const auto socket = h.accept();
  mock::script server(*socket);
  EXPECT_TRUE((server.expect_connect(), server.expect_modify_query_set().modifications.empty()));
}

TEST(client_live, two_clients_do_not_share) {
  home h;
  client one = h.make_client();
  const auto socket_one = h.accept();
  client two = h.make_client();
  const auto socket_two = h.accept();
  mock::script first(*socket_one);
  mock::script second(*socket_two);
  watch a = one.watch_query("q:a");
  watch b = two.watch_query("q:a");
  std::optional<value> seen_a;
  std::optional<value> seen_b;
  subscription sa = a.on_change([&](const query_state_ptr& s) { seen_a = *s->current(); });
  subscription sb = b.on_change([&](const query_state_ptr& s) { seen_b = *s->current(); });
  ASSERT_TRUE(h.until([&] { return one.state().is_connected && two.state().is_connected; }));
  EXPECT_NE(first.expect_hello().session_id, second.expect_hello().session_id);
  first.transition({updated(0, "first")}, 10);
  ASSERT_TRUE(h.until([&] { return seen_a.has_value(); }));
  EXPECT_EQ(seen_a, value("first"));
  EXPECT_FALSE(seen_b);
}

TEST(client_live, connection_state_is_told_when_it_changes) {
  home h;
  client c = h.make_client();
  std::vector<connection_state> seen;
  subscription s = c.on_connection_state([&](const connection_state& state) { seen.push_back(state); });
  const auto socket = h.accept();
  ASSERT_TRUE(h.until([&] { return !seen.empty() && seen.back().is_connected; }));
  socket->drop();
  ASSERT_TRUE(h.until([&] { return seen.size() > 2 && seen.back().is_connected; }));
  EXPECT_EQ(seen.back().connection_count, 2u);
}

}  // namespace
}  // namespace hull::test
