// Watch groups: sections 7.12 and 7.13 of the protocol's test inventory.
#include "support/home.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace hull::test {
namespace {

using mock::updated;
using names = std::vector<std::string>;

value room(const char* name) { return value::make_object({{"room", name}}); }

/// A client that is connected and greeted.
struct client_group : testing::Test {
  home h;
  client c = h.make_client();
  std::shared_ptr<turning_socket> socket = h.accept();
  mock::script server{*socket};
  std::vector<names> told;

  client_group() { server.expect_hello(); }
  auto tell() {
    return [this](const names& changed) { told.push_back(changed); };
  }
  bool until_told(std::size_t times) {
    return h.until([&] { return told.size() >= times; });
  }
  /// What the next message does: "+path" and "-id".
  names expect_changes() {
    names all;
    for (const auto& m : server.expect_modify_query_set().modifications) {
      if (const auto* add = std::get_if<protocol::add_query>(&m))
        all.push_back("+" + add->udf_path);
      else
        all.push_back("-" + std::to_string(std::get<protocol::remove_query>(m).id));
    }
    return all;
  }
  static std::optional<value> shown(const group_result& r) {
    return r.state->current() ? std::optional<value>(*r.state->current()) : std::nullopt;
  }
};

TEST_F(client_group, T74_own_changes_are_not_told_and_each_commit_once) {
  watch_group group = c.watch_queries();
  subscription s = group.on_change(tell());
  group.set_queries({{"one", {.path = "q:one"}}, {"two", {.path = "q:two"}}});
  EXPECT_EQ(expect_changes(), names({"+q:one", "+q:two"})) << "what one turn wants goes out together";
  EXPECT_TRUE(told.empty());
  EXPECT_EQ(group.current("one").state->state, query_state::status::loading);
  server.transition({updated(1, 2), updated(0, 1)}, 10);
  ASSERT_TRUE(until_told(1));
  EXPECT_EQ(told[0], names({"one", "two"})) << "both at once";
  EXPECT_EQ(shown(group.current("one")), value(1));
  EXPECT_EQ(shown(group.current("two")), value(2));

  outcome call;
  mutation_options guess;
  guess.optimistic = [](local_store& store) { store.set_query("q:two", object{}, value("guess")); };
  c.mutation("m:x", object{}, guess, call.token());
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1], names{"two"});
  server.transition({}, 20);
  h.pass(20ms);
  EXPECT_EQ(told.size(), 2u) << "an empty commit is no news";
  s.reset();
  server.transition({updated(0, 5)}, 30);
  ASSERT_TRUE(h.until([&] { return shown(group.current("one")) == value(5); }));
  EXPECT_EQ(told.size(), 2u);
}

TEST_F(client_group, T75_T76_other_query_or_arguments_subscribe_anew) {
  watch_group group = c.watch_queries({{"x", {.path = "q:a", .args = room("a")}}});
  EXPECT_EQ(expect_changes(), names{"+q:a"});
  group.set_queries({{"x", {.path = "q:b", .args = room("a")}}});
  EXPECT_EQ(expect_changes(), names({"-0", "+q:b"})) << "one message: neither without the other";
  group.set_queries({{"x", {.path = "q:b", .args = room("b")}}});
  EXPECT_EQ(expect_changes(), names({"-1", "+q:b"}));
  server.expect_silence(20ms);
}

TEST_F(client_group, T77_equal_queries_change_nothing) {
  watch_group group = c.watch_queries({{"x", {.path = "q:a", .args = room("a")}}});
  expect_changes();
  group.set_queries({{"x", {.path = "q:a", .args = room("a")}}});
  group.set_queries({{"x", {.path = "q.js:a", .args = room("a"), .keep_previous = true}}});
  server.expect_silence(20ms);
}

TEST_F(client_group, T78_T81_queries_end_with_the_group_and_when_they_are_dropped) {
  auto group = std::make_unique<watch_group>(
      c.watch_queries({{"a", {.path = "q:a"}}, {"b", {.path = "q:b"}}, {"c", {.path = "q:c"}}}));
  EXPECT_EQ(expect_changes().size(), 3u);
  group->set_queries({{"a", {.path = "q:a"}}, {"b", {.path = "q:other"}}});
  EXPECT_EQ(expect_changes(), names({"-1", "-2", "+q:other"}));
  group.reset();
  EXPECT_EQ(expect_changes().size(), 2u);
  server.expect_silence(20ms);
}

TEST_F(client_group, names_that_exchange_their_queries_lose_no_value) {
  watch_group group = c.watch_queries({{"a", {.path = "q:one"}}, {"b", {.path = "q:two"}}});
  expect_changes();
  server.transition({updated(0, 1), updated(1, 2)}, 10);
  ASSERT_TRUE(h.until([&] { return shown(group.current("b")) == value(2); }));
  group.set_queries({{"a", {.path = "q:two"}}, {"b", {.path = "q:one"}}});
  EXPECT_EQ(shown(group.current("a")), value(2));
  EXPECT_EQ(shown(group.current("b")), value(1));
  server.expect_silence(20ms);
}

TEST_F(client_group, T79_another_client_takes_the_queries_over_with_their_journals) {
  watch_group group = c.watch_queries({{"list", {.path = "q:list"}}, {"off", {.path = "q:off", .skip = true}}});
  expect_changes();
  server.transition({updated(0, "old", "end of page")}, 10);
  ASSERT_TRUE(h.until([&] { return shown(group.current("list")) == value("old"); }));
  subscription s = group.on_change(tell());
  ASSERT_TRUE(until_told(1));

  client other = h.make_client();
  const auto second_socket = h.accept();
  mock::script second(*second_socket);
  second.expect_hello();
  other.take_over(group);
  EXPECT_EQ(expect_changes(), names{"-0"}) << "the first client has none left";
  const auto set = second.expect_modify_query_set();
  ASSERT_EQ(set.modifications.size(), 1u);
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications[0]).journal, std::optional<std::string>("end of page"));
  EXPECT_EQ(shown(group.current("list")), value("old"));
  EXPECT_TRUE(group.current("list").is_previous);
  EXPECT_EQ(told.size(), 1u);
  second.transition({updated(0, "new")}, 5);
  ASSERT_TRUE(until_told(2));
  EXPECT_EQ(told[1], names{"list"});
  EXPECT_EQ(shown(group.current("list")), value("new"));
  EXPECT_FALSE(group.current("list").is_previous);
  c.close();
  EXPECT_EQ(shown(group.current("list")), value("new"));

  mock::mock_server elsewhere;
  client foreign(h.loop.get_executor(), elsewhere.url(), h.options());
  turning_socket third_socket(elsewhere.accept(), h.loop);
  mock::script third(third_socket);
  third.expect_hello();
  foreign.take_over(group);
  const auto fresh = third.expect_modify_query_set();
  EXPECT_EQ(std::get<protocol::add_query>(fresh.modifications.at(0)).journal, std::nullopt)
      << "a place in one deployment means nothing in another";
}

TEST_F(client_group, T80_adding_a_name_leaves_the_others_alone) {
  watch_group group = c.watch_queries({{"a", {.path = "q:a"}}});
  expect_changes();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return shown(group.current("a")) == value(1); }));
  const query_state_ptr before = group.current("a").state;
  group.set_queries({{"a", {.path = "q:a"}}, {"b", {.path = "q:b"}}});
  EXPECT_EQ(group.current("a").state, before);
  EXPECT_EQ(shown(group.current("b")), std::nullopt);
  EXPECT_EQ(expect_changes(), names{"+q:b"});
  server.transition({updated(1, 2)}, 20);
  ASSERT_TRUE(h.until([&] { return shown(group.current("b")) == value(2); }));
  EXPECT_EQ(group.current("a").state, before);
  EXPECT_EQ(group.results().size(), 2u);
}

TEST_F(client_group, T65_T82_what_is_known_shows_at_once_and_is_told_once) {
  watch w = c.watch_query("q:a");
  subscription live = w.on_change([](const query_state_ptr&) {});
  expect_changes();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return w.current()->current() != nullptr; }));
  watch_group group = c.watch_queries({{"a", {.path = "q:a"}}, {"b", {.path = "q:b"}}});
  EXPECT_EQ(shown(group.current("a")), value(1)) << "before any callback";
  subscription s = group.on_change(tell());
  EXPECT_TRUE(told.empty()) << "never inside the call";
  ASSERT_TRUE(until_told(1));
  EXPECT_EQ(told[0], names{"a"});
  h.pass(20ms);
  EXPECT_EQ(told.size(), 1u);
  EXPECT_EQ(expect_changes(), names{"+q:b"}) << "one subscription for both watchers of q:a";
}

TEST_F(client_group, T66_skipped_shows_nothing_although_a_value_exists) {
  watch_group group = c.watch_queries({{"a", {.path = "q:a"}}, {"b", {.path = "q:a", .skip = true}}});
  expect_changes();
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return shown(group.current("a")) == value(1); }));
  EXPECT_EQ(group.current("b").state->state, query_state::status::loading);
  group.set_queries({{"a", {.path = "q:a", .skip = true, .keep_previous = true}}, {"b", {.path = "q:a"}}});
  EXPECT_EQ(shown(group.current("a")), std::nullopt) << "skipping keeps nothing";
  EXPECT_EQ(shown(group.current("b")), value(1));
  server.expect_silence(20ms);
}

TEST_F(client_group, keep_previous_shows_the_earlier_value_until_there_is_a_result) {
  const auto asked = [](const char* name, bool keep) {
    return group_queries{{"x", {.path = "q:a", .args = room(name), .keep_previous = keep}}};
  };
  watch_group group = c.watch_queries(asked("1", true));
  subscription s = group.on_change(tell());
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(until_told(1));
  group.set_queries(asked("2", true));
  EXPECT_EQ(shown(group.current("x")), value(1));
  EXPECT_TRUE(group.current("x").is_previous);
  group.set_queries(asked("3", true));
  EXPECT_EQ(shown(group.current("x")), value(1)) << "kept until something is there";
  server.transition({mock::failed(2, "broken")}, 20);
  ASSERT_TRUE(until_told(2));
  EXPECT_EQ(group.current("x").state->failure->message, "broken") << "an error is a result";
  EXPECT_FALSE(group.current("x").is_previous);
  group.set_queries(asked("4", true));
  EXPECT_EQ(shown(group.current("x")), std::nullopt) << "an error is not kept";
  server.transition({updated(3, 4)}, 30);
  ASSERT_TRUE(until_told(3));
  group.set_queries(asked("5", false));
  EXPECT_EQ(shown(group.current("x")), std::nullopt);
}

TEST_F(client_group, errors_stay_with_their_name) {
  watch_group group = c.watch_queries({{"bad path", {.path = "q.a"}},
                                       {"bad args", {.path = "q:a", .args = value(1)}},
                                       {"failing", {.path = "q:b"}},
                                       {"fine", {.path = "q:c"}}});
  subscription s = group.on_change(tell());
  ASSERT_TRUE(until_told(1));
  EXPECT_EQ(told[0], names({"bad args", "bad path"}));
  server.transition({mock::failed(0, "why", value(7)), updated(1, 1)}, 10);
  ASSERT_TRUE(until_told(2));
  EXPECT_EQ(told[1], names({"failing", "fine"}));
  const auto all = group.results();
  EXPECT_EQ(all.find("bad path")->second.state->failure->code, errc::bad_argument);
  EXPECT_EQ(all.find("bad args")->second.state->failure->code, errc::bad_argument);
  EXPECT_EQ(all.find("failing")->second.state->failure->data, value(7));
  EXPECT_EQ(shown(all.find("fine")->second), value(1));
}

TEST_F(client_group, groups_and_watches_show_the_same_commit) {
  watch w = c.watch_query("q:a");
  watch_group group = c.watch_queries({{"a", {.path = "q:a"}}, {"b", {.path = "q:b"}}});
  names order;
  const auto check = [&](const char* who) {
    order.emplace_back(who);
    EXPECT_EQ(shown(group.current("a")), value(1)) << who;
    EXPECT_EQ(shown(group.current("b")), value(2)) << who;
    EXPECT_NE(w.current()->current(), nullptr) << who;
  };
  subscription s1 = group.on_change([&](const names&) { check("group"); });
  subscription s2 = w.on_change([&](const query_state_ptr&) { check("watch"); });
  server.transition({updated(1, 2), updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return order.size() == 2; }));
  EXPECT_EQ(order, names({"watch", "group"}));
}

TEST_F(client_group, callbacks_may_change_and_destroy_the_group) {
  auto group = std::make_unique<watch_group>(c.watch_queries({{"a", {.path = "q:a"}}}));
  int calls = 0;
  subscription s = group->on_change([&](const names&) {
    if (++calls == 1) {
      group->set_queries({{"b", {.path = "q:b"}}});
      EXPECT_EQ(shown(group->current("a")), std::nullopt);
    } else {
      group.reset();
    }
  });
  server.transition({updated(0, 1)}, 10);
  ASSERT_TRUE(h.until([&] { return calls == 1; }));
  server.transition({updated(1, 2)}, 20);
  ASSERT_TRUE(h.until([&] { return calls == 2; }));
  EXPECT_FALSE(group);

  watch_group last = c.watch_queries({{"a", {.path = "q:a"}}});
  subscription t = last.on_change([](const names&) { FAIL() << "closed"; });
  c.close();
  EXPECT_EQ(last.current("a").state->state, query_state::status::loading);
  last.set_queries({{"b", {.path = "q:b"}}});
  h.pass(20ms);
  watch_group nothing;
  EXPECT_EQ(nothing.current("a").state->state, query_state::status::loading);
  EXPECT_TRUE(nothing.results().empty());
}

}  // namespace
}  // namespace hull::test
