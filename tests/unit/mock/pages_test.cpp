// Paginated queries of a fake deployment, under the client's lists.
#include "rig.hpp"

#include <gtest/gtest.h>

namespace hull::mock::test {
namespace {

struct pages_rig : rig {
  pages_rig(int rows, page_request request = {}) {
    deployment.query("messages:page", [request](query_context& db, const value& args) {
      return db.paginate("messages", *args.find("paginationOpts"), request);
    });
    add(rows);
  }
  void add(int rows) {
    deployment.change([&](tables& all) {
      for (int i = 0; i < rows; ++i) all.table("messages").insert({{"n", next++}});
    });
  }
  int next = 0;
};

std::vector<int> numbers(const array& rows) {
  std::vector<int> out;
  for (const auto& row : rows) out.push_back(static_cast<int>(row.find("n")->as_double()));
  return out;
}

value options(int items, value cursor = {}, value end = {}) {
  object o{{"numItems", items}, {"cursor", std::move(cursor)}};
  if (!end.is_null()) o.set("endCursor", std::move(end));
  return object{{"paginationOpts", std::move(o)}};
}

TEST(fake_pages, one_page_follows_another) {
  pages_rig r(5);
  client c = r.make_client();
  auto page = r.ask(c, "messages:page", options(3));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(numbers(page->find("page")->as_array()), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(*page->find("isDone"), value(false));
  page = r.ask(c, "messages:page", options(3, *page->find("continueCursor")));
  ASSERT_TRUE(page);
  EXPECT_EQ(numbers(page->find("page")->as_array()), (std::vector<int>{3, 4}));
  EXPECT_EQ(*page->find("isDone"), value(true));
}

TEST(fake_pages, newest_first_and_filtered) {
  page_request request;
  request.newest_first = true;
  request.where = [](const value& row) { return static_cast<int>(row.find("n")->as_double()) % 2 == 0; };
  pages_rig r(7, request);
  client c = r.make_client();
  auto page = r.ask(c, "messages:page", options(2));
  ASSERT_TRUE(page);
  EXPECT_EQ(numbers(page->find("page")->as_array()), (std::vector<int>{6, 4}));
  page = r.ask(c, "messages:page", options(2, *page->find("continueCursor")));
  ASSERT_TRUE(page);
  EXPECT_EQ(numbers(page->find("page")->as_array()), (std::vector<int>{2, 0}));
}

TEST(fake_pages, a_split_gives_two_halves_that_meet) {
  pages_rig r(6);
  client c = r.make_client();
  const auto whole = r.ask(c, "messages:page", options(4));
  ASSERT_TRUE(whole);
  const value middle = *whole->find("splitCursor");
  ASSERT_TRUE(middle.is_string());
  const auto first = r.ask(c, "messages:page", options(4, {}, middle));
  const auto second = r.ask(c, "messages:page", options(4, middle, *whole->find("continueCursor")));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(numbers(first->find("page")->as_array()), (std::vector<int>{0, 1}));
  EXPECT_EQ(numbers(second->find("page")->as_array()), (std::vector<int>{2, 3}));
  EXPECT_EQ(*second->find("continueCursor"), *whole->find("continueCursor"));
}

TEST(fake_pages, rows_read_are_limited_on_request) {
  pages_rig r(6);
  client c = r.make_client();
  object o{{"numItems", 5}, {"cursor", nullptr}, {"maximumRowsRead", 3}};
  const auto page = r.ask(c, "messages:page", object{{"paginationOpts", std::move(o)}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->find("page")->as_array().size(), 3u);
  EXPECT_EQ(*page->find("pageStatus"), value("SplitRequired"));
  EXPECT_EQ(*page->find("isDone"), value(false));
}

TEST(fake_pages, bad_options_and_foreign_cursors_are_refused) {
  pages_rig r(3);
  r.deployment.query("messages:other", [](query_context& db, const value& args) {
    return db.paginate("messages", *args.find("paginationOpts"));
  });
  r.deployment.query("messages:twice", [](query_context& db, const value& args) {
    db.paginate("messages", *args.find("paginationOpts"));
    return db.paginate("messages", *args.find("paginationOpts"));
  });
  client c = r.make_client();
  const value cursor = *r.ask(c, "messages:page", options(2))->find("continueCursor");
  for (const value& foreign : {cursor, value("nonsense"), value("")}) {
    const auto out = r.ask(c, "messages:other", options(2, foreign));
    ASSERT_FALSE(out);
    ASSERT_TRUE(out.error().data);
    EXPECT_EQ(*out.error().data->find("paginationError"), value("InvalidCursor"));
  }
  EXPECT_FALSE(r.ask(c, "messages:page", options(0)));
  EXPECT_FALSE(r.ask(c, "messages:page", object{{"paginationOpts", "none"}}));
  EXPECT_FALSE(r.ask(c, "messages:page", options(2, 5)));
  EXPECT_FALSE(r.ask(c, "messages:twice", options(2)));
}

TEST(fake_pages, a_list_grows_splits_and_stays_whole) {
  pages_rig r(3);
  client c = r.make_client();
  pages_options list_options;
  list_options.initial_items = 4;
  paginated_watch list = c.watch_pages("messages:page", object(), list_options);
  const auto live = list.on_change([](const paginated_state_ptr&) {});
  using status = paginated_state::status;
  r.until([&] { return list.current()->state == status::exhausted; }, "the short list");
  EXPECT_EQ(numbers(list.current()->items), (std::vector<int>{0, 1, 2}));
  r.add(10);  // the page's end is the table's: it grows beyond twice its size, and is split
  r.until([&] { return list.current()->items.size() == 13 && r.deployment.live_queries() > 1; }, "the split");
  r.add(1);
  r.until([&] { return list.current()->items.size() == 14; }, "a row more");
  std::vector<int> all(14);
  for (int i = 0; i < 14; ++i) all[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(numbers(list.current()->items), all) << "no row is missing, none doubled";
}

TEST(fake_pages, a_page_in_the_middle_keeps_its_ends) {
  pages_rig r(6);
  client c = r.make_client();
  pages_options list_options;
  list_options.initial_items = 3;
  paginated_watch list = c.watch_pages("messages:page", object(), list_options);
  const auto live = list.on_change([](const paginated_state_ptr&) {});
  using status = paginated_state::status;
  r.until([&] { return list.current()->state == status::can_load_more; }, "the first page");
  ASSERT_TRUE(list.load_more(3));
  r.until([&] { return list.current()->items.size() == 6; }, "the second page");
  r.deployment.change([](tables& all) { all.table("messages").remove("messages-2"); });
  r.until([&] { return list.current()->items.size() == 5; }, "a row less");
  EXPECT_EQ(numbers(list.current()->items), (std::vector<int>{0, 2, 3, 4, 5}));
  // A reconnect brings the journals: the pages still meet.
  r.deployment.drop_connections();
  r.until([&] { return c.state().connection_count >= 2 && c.state().is_connected; }, "the reconnect");
  r.deployment.change([](tables& all) { all.table("messages").remove("messages-1"); });
  r.until([&] { return list.current()->items.size() == 4; }, "another row less");
  EXPECT_EQ(numbers(list.current()->items), (std::vector<int>{2, 3, 4, 5}));
}

}  // namespace
}  // namespace hull::mock::test
