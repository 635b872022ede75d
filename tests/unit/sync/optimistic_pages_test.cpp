// Optimistic updates of paginated lists: the second half of section 7.14 of the protocol's test inventory.
#include "support/paging_rig.hpp"

#include <hull/sync/optimistic_pages.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace hull::test {
namespace {

using mock::updated;

/// Rows are objects with a rank and, so that equal ranks can be told apart, a name.
value ranked(double rank, const char* name = "") { return value::make_object({{"rank", rank}, {"name", name}}); }
value rank_of(const value& row) { return *row.find("rank"); }

array ranks(const array& rows) {
  array all;
  for (const value& row : rows) all.push_back(rank_of(row));
  return all;
}
array ranked_rows(std::initializer_list<double> of) {
  array rows;
  for (const double rank : of) rows.push_back(ranked(rank));
  return rows;
}

/// A list of messages in room "a" of which the given pages are loaded; the last one may be the end of the list.
struct edited_list : paging_rig {
  explicit edited_list(const std::vector<std::initializer_list<double>>& pages, bool is_done = false) {
    show(value::make_object({{"room", "a"}, {"filter", value::make_object({{"kind", 1}})}}), 2);
    for (std::size_t i = 0; i < pages.size(); ++i) {
      if (i != 0) more(2);
      give(
          {updated(static_cast<protocol::query_id>(i), page_of(ranked_rows(pages[i]), "after page " + std::to_string(i),
                                                               is_done && i + 1 == pages.size()))});
    }
  }
  void edit(optimistic_update update) {
    last_call = e.mutate("m:send", object{}, std::move(update));
    if (!e.is_pending(last_call)) throw mock::unexpected(e.failure_of(last_call).message);
    settle();
  }
  void at_top(const value& row, const object& where = {}) {
    edit([=](local_store& s) { insert_at_top(s, "messages:list", where, row); });
  }
  void at_bottom(const value& row) {
    edit([=](local_store& s) { insert_at_bottom_if_loaded(s, "messages:list", object{}, row); });
  }
  /// The ranks that are shown once a row of this rank was inserted where it belongs.
  array with(double rank, sort_order order, const object& where = {}) {
    edit([=](local_store& s) { insert_at_position(s, "messages:list", where, order, rank_of, ranked(rank)); });
    return ranks(items());
  }
  sync::call_id last_call = 0;
};

TEST(optimistic_pages, T90_insert_at_top_of_a_list_that_is_not_loaded) {
  edited_list list({});
  list.at_top(ranked(1));
  EXPECT_EQ(list.items(), array{});
  EXPECT_EQ(list.status(), paginated_state::status::loading_first_page);
}

TEST(optimistic_pages, T91_insert_at_top_of_one_page) {
  edited_list list({{3, 2}});
  list.at_top(ranked(4));
  EXPECT_EQ(ranks(list.items()), array({4, 3, 2}));
  EXPECT_EQ(list.status(), paginated_state::status::can_load_more);
  list.server.fail_mutation(0, "no");
  list.settle();
  EXPECT_EQ(ranks(list.items()), array({3, 2}));
}

TEST(optimistic_pages, T92_insert_at_top_of_many_pages) {
  edited_list list({{5, 4}, {3, 2}, {1}}, true);
  list.at_top(ranked(6));
  EXPECT_EQ(ranks(list.items()), array({6, 5, 4, 3, 2, 1}));
}

TEST(optimistic_pages, T93_insert_only_where_the_arguments_match) {
  edited_list list({{3, 2}});
  const value nested = value::make_object({{"kind", 1}});
  list.at_top(ranked(9), object{{"room", "b"}});
  list.at_top(ranked(9), object{{"room", "a"}, {"unknown", 1}});
  list.at_top(ranked(9), object{{"filter", value::make_object({{"kind", value::int64(1)}})}});
  EXPECT_EQ(ranks(list.items()), array({3, 2}));
  list.at_top(ranked(4), object{{"room", "a"}});
  list.at_top(ranked(5), object{{"filter", nested}});
  EXPECT_EQ(ranks(list.items()), array({5, 4, 3, 2}));
  EXPECT_EQ(list.with(4.5, sort_order::descending, object{{"filter", nested}}), array({5, 4.5, 4, 3, 2}))
      << "nested arguments match by their value there, too";
  EXPECT_EQ(list.with(4.6, sort_order::descending, object{{"room", "b"}}), array({5, 4.5, 4, 3, 2}));
}

TEST(optimistic_pages, insert_at_bottom_only_when_the_end_is_loaded) {
  edited_list done({{1, 2}, {3}}, true);
  done.at_bottom(ranked(4));
  EXPECT_EQ(ranks(done.items()), array({1, 2, 3, 4}));
  edited_list open({{1, 2}, {3}});
  open.at_bottom(ranked(4));
  EXPECT_EQ(ranks(open.items()), array({1, 2, 3}));
  edited_list empty({{}}, true);
  empty.at_bottom(ranked(1));
  EXPECT_EQ(ranks(empty.items()), array{1});
}

TEST(optimistic_pages, T94_T95_T96_T97_T98_insert_at_position_descending) {
  constexpr auto down = sort_order::descending;
  EXPECT_EQ(edited_list({{8, 6}}).with(7, down), array({8, 7, 6})) << "middle";
  EXPECT_EQ(edited_list({{8, 6}}).with(9, down), array({9, 8, 6})) << "top";
  EXPECT_EQ(edited_list({{8, 6}}, true).with(5, down), array({8, 6, 5})) << "bottom of a list that is complete";
  EXPECT_EQ(edited_list({{8, 6}}).with(5, down), array({8, 6})) << "not behind rows that may be followed by others";
  EXPECT_EQ(edited_list({{8, 6}, {4, 2}}).with(5, down), array({8, 6, 5, 4, 2})) << "between two pages";
  EXPECT_EQ(edited_list({{8, 6}, {4, 2}}).with(3, down), array({8, 6, 4, 3, 2})) << "in the second page";
  EXPECT_EQ(edited_list({{8, 6}, {}, {4, 2}}).with(5, down), array({8, 6, 5, 4, 2})) << "over an empty page";
}

TEST(optimistic_pages, T99_T100_T101_T102_T103_insert_at_position_ascending) {
  constexpr auto up = sort_order::ascending;
  EXPECT_EQ(edited_list({{2, 4}}).with(3, up), array({2, 3, 4})) << "middle";
  EXPECT_EQ(edited_list({{2, 4}}).with(1, up), array({1, 2, 4})) << "top";
  EXPECT_EQ(edited_list({{2, 4}}, true).with(5, up), array({2, 4, 5})) << "bottom of a list that is complete";
  EXPECT_EQ(edited_list({{2, 4}}).with(5, up), array({2, 4})) << "not behind rows that may be followed by others";
  EXPECT_EQ(edited_list({{2, 4}, {6, 8}}).with(5, up), array({2, 4, 5, 6, 8})) << "between two pages";
  EXPECT_EQ(edited_list({{2, 4}, {6, 8}}).with(7, up), array({2, 4, 6, 7, 8})) << "in the second page";
  EXPECT_EQ(edited_list({{2, 4}, {6, 8}}).with(9, up), array({2, 4, 6, 8}));
}

TEST(optimistic_pages, a_row_stays_out_while_the_page_that_it_belongs_to_loads) {
  edited_list list({{2, 4}});
  list.more(2);
  EXPECT_EQ(list.with(5, sort_order::ascending), array({2, 4}));
  EXPECT_EQ(list.with(3, sort_order::ascending), array({2, 3, 4}));
  EXPECT_EQ(edited_list({}).with(3, sort_order::ascending), array{});
}

TEST(optimistic_pages, the_only_row_of_an_empty_list) {
  EXPECT_EQ(edited_list({{}}, true).with(1, sort_order::ascending), array{1});
  EXPECT_EQ(edited_list({{}}, false).with(1, sort_order::ascending), array{}) << "there may be rows behind";
}

TEST(optimistic_pages, equal_keys_sort_by_age) {
  const auto names = [](sort_order order) {
    edited_list list({});
    list.give({updated(0, page_of({ranked(1, "a"), ranked(1, "b"), ranked(1, "c")}, "end", true))});
    list.edit(
        [=](local_store& s) { insert_at_position(s, "messages:list", object{}, order, rank_of, ranked(1, "new")); });
    std::string all;
    for (const value& row : list.items()) all += row.find("name")->as_string() + " ";
    return all;
  };
  EXPECT_EQ(names(sort_order::ascending), "a b c new ");
  EXPECT_EQ(names(sort_order::descending), "new a b c ");
}

TEST(optimistic_pages, keys_of_several_fields_and_kinds) {
  edited_list list({});
  const auto pair = [](value a, value b) { return value::make_object({{"a", std::move(a)}, {"b", std::move(b)}}); };
  const auto key = [](const value& row) { return value::make_array({*row.find("a"), *row.find("b")}); };
  list.give({updated(0, page_of({pair(nullptr, 1), pair(1, "x"), pair("text", 0)}, "end", true))});
  const value row = pair(1, 99);
  list.edit([=](local_store& s) { insert_at_position(s, "messages:list", object{}, sort_order::ascending, key, row); });
  EXPECT_EQ(list.items(), array({pair(nullptr, 1), row, pair(1, "x"), pair("text", 0)})) << "numbers come before texts";
}

TEST(optimistic_pages, a_row_does_not_come_and_go_while_its_page_is_split) {
  edited_list list({});
  list.give({updated(0, splittable(page_of(ranked_rows({1, 3, 5, 7, 9}), "end"), "mid"))});
  list.give({updated(1, page_of(ranked_rows({1, 3, 5}), "mid"))});
  EXPECT_EQ(list.with(4, sort_order::ascending), array({1, 3, 4, 5, 7, 9})) << "the whole page shows it";
  list.give({updated(2, page_of(ranked_rows({7, 9}), "end"))});
  EXPECT_EQ(ranks(list.items()), array({1, 3, 4, 5, 7, 9})) << "and so does the half that took its place";
}

TEST(optimistic_pages, every_list_that_matches_is_edited) {
  edited_list one({{3, 2}});
  sync::paging other([] { return 77; });
  other.set_target(sync::paging_target{"messages:list", value::make_object({{"room", "b"}}), 5}).value();
  const auto page = other.wanted().at(0);
  one.e.subscribe(page);
  one.give({updated(1, page_of(ranked_rows({30}), "end", true))});
  one.at_top(ranked(40));
  other.evaluate(one.read());
  EXPECT_EQ(ranks(other.state()->items), array({40, 30}));
  EXPECT_EQ(ranks(one.items()), array({40, 3, 2}));
}

TEST(optimistic_pages, update_in_pages_changes_rows_where_they_are) {
  edited_list list({{1, 2}, {3, 4}});
  const object same = list.list.wanted().at(0).args().as_object();
  object args = same;
  args.erase("paginationOpts");
  const auto rename = [](double rank, const char* name) {
    return [=](const value& row) { return rank_of(row) == value(rank) ? ranked(rank, name) : row; };
  };
  list.edit([&](local_store& s) { update_in_pages(s, "messages:list", args, rename(3, "changed")); });
  EXPECT_EQ(*list.items().at(2).find("name"), value("changed"));
  EXPECT_EQ(ranks(list.items()), array({1, 2, 3, 4}));
  EXPECT_FALSE(list.e.state(list.list.wanted().at(0))->is_optimistic) << "a page without a change stays the server's";
  EXPECT_TRUE(list.e.state(list.list.wanted().at(1))->is_optimistic);
  list.edit([&](local_store& s) {
    update_in_pages(s, "messages:list", object{{"room", "a"}}, rename(1, "other list"));
  });
  EXPECT_EQ(*list.items().at(0).find("name"), value("")) << "all arguments have to be the same";
  list.give({updated(1, page_of(ranked_rows({3, 4, 5}), "after page 1"))});
  EXPECT_EQ(*list.items().at(2).find("name"), value("changed")) << "replayed on what the server says";
  EXPECT_EQ(ranks(list.items()), array({1, 2, 3, 4, 5}));
}

TEST(optimistic_pages, queries_that_are_no_pages_are_left_alone) {
  edited_list list({{1}}, false);
  const auto plain = list.e.key("messages:list", value::make_object({{"room", "a"}}));
  list.e.subscribe(plain);
  list.give({updated(1, page_of(ranked_rows({5}), "end", true))});
  const auto odd = list.e.key("messages:list", value::make_object({{"paginationOpts", 7}}));
  list.e.subscribe(odd);
  list.give({updated(2, value("no page"))});
  list.at_top(ranked(9));
  list.at_bottom(ranked(9));
  list.with(0, sort_order::ascending);
  EXPECT_FALSE(list.e.state(plain)->is_optimistic);
  EXPECT_EQ(list.e.seen(odd), value("no page"));
  EXPECT_THROW(list.edit([](local_store& s) { insert_at_top(s, "no.path", object{}, value(1)); }), mock::unexpected);
}

}  // namespace
}  // namespace hull::test
