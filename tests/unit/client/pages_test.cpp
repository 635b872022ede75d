// Paginated lists through their handle: what is told, when, and that lists and watches never show half a commit.
#include "support/home.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>

namespace hull::test {
namespace {

using mock::updated;
using list_status = paginated_state::status;

value list_page(array rows, std::string cursor, bool is_done = false) {
  return value::make_object({{"page", std::move(rows)}, {"isDone", is_done}, {"continueCursor", std::move(cursor)}});
}

/// A client that is connected and greeted.
struct client_pages : testing::Test {
  home h;
  client c = h.make_client();
  std::shared_ptr<turning_socket> socket = h.accept();
  mock::script server{*socket};
  std::vector<paginated_state_ptr> told;

  client_pages() { server.expect_hello(); }
  auto tell() {
    return [this](const paginated_state_ptr& state) { told.push_back(state); };
  }
  static value options_of(const protocol::query_set_change& added) {
    return *std::get<protocol::add_query>(added).args.at(0).find("paginationOpts");
  }
  value expect_page() {
    const auto m = server.expect_modify_query_set();
    EXPECT_EQ(m.modifications.size(), 1u);
    return options_of(m.modifications.at(0));
  }
  /// One page takes the place of another, in one message.
  value expect_page_instead_of(protocol::query_id old) {
    const auto m = server.expect_modify_query_set();
    EXPECT_EQ(m.modifications.size(), 2u);
    EXPECT_EQ(std::get<protocol::remove_query>(m.modifications.at(0)).id, old);
    return options_of(m.modifications.at(1));
  }
};

TEST_F(client_pages, T33_load_more_is_told_at_once_and_each_page_once) {
  paginated_watch list = c.watch_pages("myQuery", value::make_object({{"channel", "general"}}), {.initial_items = 3});
  subscription s = list.on_change(tell());
  const value first = expect_page();
  EXPECT_EQ(*first.find("numItems"), value(3));
  EXPECT_EQ(*first.find("cursor"), value(nullptr));
  EXPECT_EQ(list.current()->state, list_status::loading_first_page);
  EXPECT_FALSE(list.load_more(5));
  server.transition({updated(0, list_page({"a", "b", "c"}, "start after c"))}, 10);
  ASSERT_TRUE(h.until([&] { return told.size() == 1; }));
  EXPECT_EQ(told[0]->state, list_status::can_load_more);
  EXPECT_EQ(told[0]->items, array({"a", "b", "c"}));

  EXPECT_TRUE(list.load_more(5));
  ASSERT_EQ(told.size(), 2u) << "inside the call";
  EXPECT_EQ(told[1]->state, list_status::loading_more);
  const value second = expect_page();
  EXPECT_EQ(*second.find("numItems"), value(5));
  EXPECT_EQ(*second.find("cursor"), value("start after c"));
  EXPECT_EQ(second.find("id")->as_double(), first.find("id")->as_double());
  server.transition({updated(0, list_page({"a", "b", "C"}, "start after c")), updated(1, list_page({"d"}, "e", true))},
                    20);
  ASSERT_TRUE(h.until([&] { return told.size() == 3; }));
  EXPECT_EQ(told[2]->items, array({"a", "b", "C", "d"})) << "two pages, one commit, one call";
  EXPECT_EQ(told[2]->state, list_status::exhausted);
  h.pass(20ms);
  EXPECT_EQ(told.size(), 3u);
}

TEST_F(client_pages, lists_and_watches_show_the_same_commit_in_every_callback) {
  paginated_watch one = c.watch_pages("q:one");
  paginated_watch two = c.watch_pages("q:two");
  watch count = c.watch_query("q:count");
  std::vector<std::string> order;
  const auto check = [&](const char* who) {
    order.emplace_back(who);
    EXPECT_EQ(one.current()->items.size(), 1u) << who;
    EXPECT_EQ(two.current()->items.size(), 2u) << who;
    EXPECT_NE(count.current()->current(), nullptr) << who;
  };
  subscription all = c.on_commit([&](const commit_info& info) {
    if (!info.changed_tokens.empty()) check("commit");
  });
  subscription s1 = one.on_change([&](const paginated_state_ptr&) { check("one"); });
  subscription s2 = two.on_change([&](const paginated_state_ptr&) { check("two"); });
  subscription s3 = count.on_change([&](const query_state_ptr&) { check("count"); });
  EXPECT_EQ(server.expect_modify_query_set().modifications.size(), 3u);
  server.transition({updated(1, list_page({1, 2}, "c")), updated(0, list_page({1}, "c")), updated(2, 3)}, 10);
  ASSERT_TRUE(h.until([&] { return order.size() == 4; }));
  EXPECT_EQ(order, std::vector<std::string>({"count", "two", "one", "commit"}));
}

TEST_F(client_pages, two_lists_of_the_same_arguments_do_not_share_pages) {
  paginated_watch one = c.watch_pages("q:list");
  paginated_watch two = c.watch_pages("q:list");
  const auto both = server.expect_modify_query_set();
  ASSERT_EQ(both.modifications.size(), 2u);
  const value first = options_of(both.modifications[0]);
  const value second = options_of(both.modifications[1]);
  EXPECT_NE(*first.find("id"), *second.find("id"));
}

TEST_F(client_pages, T83_bad_arguments_are_a_state) {
  struct row {
    std::string path;
    value args;
    double items;
  };
  const row rows[] = {{"q:list", object{}, -1},
                      {"q:list", object{}, std::numeric_limits<double>::quiet_NaN()},
                      {"q.list", object{}, 5},
                      {"q:list", value("text"), 5},
                      {"q:list", value::make_object({{"paginationOpts", 1}}), 5}};
  for (const row& r : rows) {
    paginated_watch list = c.watch_pages(r.path, r.args, {.initial_items = r.items});
    EXPECT_EQ(list.current()->state, list_status::error);
    EXPECT_EQ(list.current()->failure->code, errc::bad_argument);
    int calls = 0;
    subscription s = list.on_change([&](const paginated_state_ptr& state) {
      ++calls;
      EXPECT_EQ(state->state, list_status::error);
    });
    EXPECT_FALSE(list.load_more(1));
    list.reset();
    EXPECT_TRUE(h.until([&] { return calls == 1; }));
    s.reset();
    list.skip();
    EXPECT_EQ(list.current()->state, list_status::loading_first_page);
  }
  server.expect_silence();
}

TEST_F(client_pages, T84_T86_skip_and_other_arguments) {
  paginated_watch list = c.watch_pages_later("q:list");
  subscription s = list.on_change(tell());
  EXPECT_TRUE(list.current()->is_loading());
  server.expect_silence(20ms);
  list.set_args(value::make_object({{"room", "a"}}));
  expect_page();
  list.set_args(value::make_object({{"room", "a"}}));
  server.transition({updated(0, list_page({"a1"}, "c"))}, 10);
  ASSERT_TRUE(h.until([&] { return told.size() == 1; }));
  list.set_args(value::make_object({{"room", "b"}}));
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1]->state, list_status::loading_first_page);
  EXPECT_EQ(told[1]->items, array{});
  expect_page_instead_of(0);
  list.skip();
  EXPECT_EQ(std::get<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)).id, 1u);
  server.expect_silence(20ms);
  EXPECT_EQ(told.size(), 2u) << "loading nothing looks like loading something";
}

TEST_F(client_pages, what_is_known_is_delivered_once) {
  paginated_watch list = c.watch_pages("q:list");
  server.expect_modify_query_set();
  server.transition({updated(0, list_page({1}, "c"))}, 10);
  ASSERT_TRUE(h.until([&] { return list.current()->state == list_status::can_load_more; }));
  subscription s = list.on_change(tell());
  EXPECT_TRUE(told.empty());
  ASSERT_TRUE(h.until([&] { return told.size() == 1; }));
  subscription changed_first = list.on_change(tell());
  list.reset();
  EXPECT_EQ(told.size(), 3u) << "both hear of the reset";
  h.pass(20ms);
  EXPECT_EQ(told.size(), 3u) << "nobody hears of it twice";
}

TEST_F(client_pages, refused_cursor_starts_over_with_a_warning) {
  paginated_watch list = c.watch_pages("q:list", object{}, {.keep_previous = true});
  subscription s = list.on_change(tell());
  const double id = expect_page().find("id")->as_double();
  server.transition({updated(0, list_page({1}, "c"))}, 10);
  server.transition({mock::failed(0, "InvalidCursor: the query changed")}, 20);
  EXPECT_NE(expect_page_instead_of(0).find("id")->as_double(), id);
  ASSERT_TRUE(h.until([&] { return told.size() == 2; }));
  EXPECT_TRUE(told[1]->is_previous);
  EXPECT_EQ(told[1]->items, array{1});
  EXPECT_TRUE(h.has_log("q:list: the deployment refused a cursor"));
}

TEST_F(client_pages, a_callback_that_loads_more_keeps_the_order_for_the_others) {
  paginated_watch list = c.watch_pages("q:list");
  subscription eager = list.on_change([&](const paginated_state_ptr&) { list.load_more(1); });
  std::vector<list_status> seen;
  subscription s = list.on_change([&](const paginated_state_ptr& state) { seen.push_back(state->state); });
  server.expect_modify_query_set();
  server.transition({updated(0, list_page({1}, "c"))}, 10);
  ASSERT_TRUE(h.until([&] { return !seen.empty() && seen.back() == list_status::loading_more; }));
  server.expect_modify_query_set();
  server.transition({updated(1, list_page({2}, "d", true))}, 20);
  ASSERT_TRUE(h.until([&] { return seen.back() == list_status::exhausted; }));
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GE(seen[i], seen[i - 1]) << "time goes back at " << i;
}

TEST_F(client_pages, ends_inside_its_own_callback_and_outlives_the_client) {
  auto list = std::make_unique<paginated_watch>(c.watch_pages("q:list"));
  int calls = 0;
  subscription s = list->on_change([&](const paginated_state_ptr&) {
    ++calls;
    list.reset();
  });
  server.expect_modify_query_set();
  server.transition({updated(0, list_page({1}, "c"))}, 10);
  ASSERT_TRUE(h.until([&] { return calls == 1; }));
  EXPECT_EQ(std::get<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)).id, 0u);

  auto inside = std::make_unique<paginated_watch>(c.watch_pages("q:list"));
  subscription t = inside->on_change([&](const paginated_state_ptr& state) {
    if (state->state == list_status::loading_more) inside.reset();
  });
  server.expect_modify_query_set();
  server.transition({updated(1, list_page({1}, "c"))}, 20);
  ASSERT_TRUE(h.until([&] { return inside->current()->state == list_status::can_load_more; }));
  EXPECT_TRUE(inside->load_more(1)) << "destroyed while it was called";
  EXPECT_FALSE(inside);

  paginated_watch last = c.watch_pages("q:list");
  subscription u = last.on_change([](const paginated_state_ptr&) { FAIL() << "closed"; });
  c.close();
  EXPECT_EQ(last.current()->items, array{});
  last.reset();
  last.set_args(value::make_object({{"other", 1}}));
  EXPECT_FALSE(last.load_more(1));
  h.pass(20ms);
  paginated_watch moved = std::move(last);
  EXPECT_EQ(paginated_watch().current()->state, list_status::loading_first_page);
  EXPECT_FALSE(paginated_watch().load_more(1));
}

}  // namespace
}  // namespace hull::test
