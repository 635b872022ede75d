// Paginated lists: sections 7.7 and 7.14 of the protocol's test inventory, and what upstream gets wrong.
#include "support/paging_rig.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace hull::test {
namespace {

using mock::updated;
using list_status = paginated_state::status;

value opts(double items, value cursor, double id = 1) {
  return value::make_object({{"numItems", items}, {"cursor", std::move(cursor)}, {"id", id}});
}
value opts_until(double items, value cursor, const char* end, double id = 1) {
  return value::make_object({{"numItems", items}, {"cursor", std::move(cursor)}, {"endCursor", end}, {"id", id}});
}
protocol::query_change refused_cursor(protocol::query_id id) {
  // The text is redacted in production.
  return mock::failed(id, "[Request ID: 9f] Server Error",
                      value::make_object({{"isConvexSystemError", true}, {"paginationError", "InvalidCursor"}}));
}

TEST(paging, T33_first_page_then_more) {
  paging_rig rig;
  rig.list.set_target(sync::paging_target{"myQuery", value::make_object({{"channel", "general"}}), 3}).value();
  rig.settle();
  const auto first = rig.server.expect_modify_query_set();
  ASSERT_EQ(first.modifications.size(), 1u);
  const auto& add = std::get<protocol::add_query>(first.modifications[0]);
  EXPECT_EQ(add.udf_path, "myQuery:default");
  EXPECT_EQ(add.args, array{value::make_object({{"channel", "general"}, {"paginationOpts", opts(3, nullptr)}})});
  EXPECT_EQ(rig.status(), list_status::loading_first_page);
  EXPECT_EQ(rig.items(), array{});

  rig.give({updated(0, page_of({"a", "b", "c"}, "after c"))});
  EXPECT_EQ(rig.status(), list_status::can_load_more);
  EXPECT_EQ(rig.items(), array({"a", "b", "c"}));

  ASSERT_TRUE(rig.list.load_more(5));
  EXPECT_EQ(rig.status(), list_status::loading_more) << "at once";
  EXPECT_FALSE(rig.list.load_more(5)) << "one at a time";
  rig.settle();
  EXPECT_EQ(rig.added_page(), opts(5, "after c"));
  EXPECT_EQ(rig.status(), list_status::loading_more);
  EXPECT_EQ(rig.items(), array({"a", "b", "c"}));

  rig.give({updated(1, page_of({"d", "e"}, "after e"))});
  EXPECT_EQ(rig.status(), list_status::can_load_more);
  EXPECT_EQ(rig.items(), array({"a", "b", "c", "d", "e"}));

  rig.give({updated(0, splittable(page_of({"a", "a2", "b", "c"}, "after c"), "after a2", "SplitRecommended"))});
  EXPECT_EQ(rig.items(), array({"a", "a2", "b", "c", "d", "e"})) << "all rows while the halves load";
  EXPECT_EQ(rig.status(), list_status::can_load_more);
  rig.server.expect_modify_query_set();
  rig.server.expect_modify_query_set();
  rig.server.expect_silence();
}

TEST(paging, T34_split_of_an_optimistic_page) {
  paging_rig rig;
  rig.show(object{});
  rig.added_page();
  const auto first = rig.list.wanted().at(0);
  const auto prediction = splittable(page_of({1, 2, 3, 4, 5}, "after5"), "after3", "SplitRecommended");
  rig.e.mutate("m:x", object{}, [&](local_store& s) { s.set_query("messages:list", first.args(), prediction); });
  rig.settle();
  rig.server.expect_mutation();
  EXPECT_EQ(rig.added_page(), opts_until(3, nullptr, "after3"));
  EXPECT_EQ(rig.added_page(), opts_until(3, "after3", "after5"));
  EXPECT_EQ(rig.items(), array({1, 2, 3, 4, 5}));

  rig.give({updated(1, page_of({1, 2, 30}, "after3"))});
  EXPECT_EQ(rig.items(), array({1, 2, 3, 4, 5})) << "not before both are there";
  rig.give({updated(2, page_of({4, 50}, "after5"))});
  EXPECT_EQ(rig.items(), array({1, 2, 30, 4, 50}));
  EXPECT_EQ(rig.removed_page(), 0u);
  EXPECT_EQ(rig.list.wanted().size(), 2u);
}

TEST(paging, split_of_a_later_page_starts_at_its_own_cursor) {
  paging_rig rig;
  rig.show(object{});
  rig.give({updated(0, page_of({1, 2, 3}, "A"))});
  rig.more(4);
  rig.give({updated(1, page_of({4, 5}, "E"))});
  for (int i = 0; i < 2; ++i) rig.server.expect_modify_query_set();
  rig.give({updated(1, splittable(page_of({4, 5, 6}, "E"), "C", "SplitRecommended"))});
  EXPECT_EQ(rig.added_page(), opts_until(4, "A", "C"));
  EXPECT_EQ(rig.added_page(), opts_until(4, "C", "E"));
  rig.give({updated(2, page_of({4, 5}, "C")), updated(3, page_of({6}, "E"))});
  EXPECT_EQ(rig.items(), array({1, 2, 3, 4, 5, 6})) << "nothing twice";
  EXPECT_EQ(rig.removed_page(), 1u);
  rig.more(1);
  EXPECT_EQ(rig.added_page(), opts(1, "E")) << "the list goes on behind the second half";
}

TEST(paging, T83_bad_options) {
  const auto refusal = [](double items) {
    sync::paging list([] { return 1; });
    return list.set_target(sync::paging_target{"q:list", object{}, items}).error();
  };
  const std::string text = "`options.initialNumItems` must be a positive number. Received `";
  EXPECT_EQ(refusal(-1).message, text + "-1`.");
  EXPECT_EQ(refusal(-0.5).message, text + "-0.5`.");
  EXPECT_EQ(refusal(std::numeric_limits<double>::quiet_NaN()).message, text + "NaN`.");
  EXPECT_EQ(refusal(std::numeric_limits<double>::infinity()).message, text + "Infinity`.");
  EXPECT_EQ(refusal(-std::numeric_limits<double>::infinity()).message, text + "-Infinity`.");
  EXPECT_EQ(refusal(-1).code, errc::bad_argument);

  paging_rig rig;
  EXPECT_FALSE(rig.list.set_target(sync::paging_target{"q:list", object{}, 0}).has_error()) << "the server refuses it";
}

TEST(paging, targets_that_cannot_be_listed_change_nothing) {
  paging_rig rig;
  rig.show(object{});
  const auto before = rig.list.wanted().at(0).token();
  object full;
  for (int i = 0; i < 1024; ++i) full.set("f" + std::to_string(i), 1);
  const sync::paging_target bad[] = {
      {"no.path", object{}, 1},
      {"q:list", value(1), 1},
      {"q:list", value::make_object({{"paginationOpts", object{}}}), 1},
      {"q:list", value(full), 1},  // No room for paginationOpts.
  };
  for (const auto& target : bad) EXPECT_EQ(rig.list.set_target(target).error().code, errc::bad_argument) << target.path;
  EXPECT_EQ(rig.list.wanted().at(0).token(), before);
}

TEST(paging, T84_skipped) {
  paging_rig rig;
  rig.settle();
  EXPECT_TRUE(rig.list.wanted().empty());
  EXPECT_EQ(rig.status(), list_status::loading_first_page);
  EXPECT_TRUE(rig.list.state()->is_loading());
  EXPECT_EQ(rig.items(), array{});
  EXPECT_FALSE(rig.list.load_more(5));
  rig.server.expect_silence();

  rig.show(object{});
  rig.give({updated(0, page_of({1}, "c"))});
  rig.server.expect_modify_query_set();
  rig.list.set_target(std::nullopt).value();
  rig.settle();
  EXPECT_EQ(rig.removed_page(), 0u);
  EXPECT_EQ(rig.items(), array{});
}

TEST(paging, T85_T86_what_is_watched) {
  paging_rig rig;
  const auto room = [](const char* name) { return value::make_object({{"room", name}}); };
  rig.show(room("a"), 10);
  EXPECT_EQ(rig.status(), list_status::loading_first_page);
  EXPECT_EQ(rig.added_page(), opts(10, nullptr, 1));
  rig.show(room("a"), 10);
  rig.server.expect_silence();
  rig.show(room("a"), 20);
  rig.server.expect_silence();
  rig.show(room("b"), 20);
  EXPECT_EQ(rig.added_page(), opts(20, nullptr, 2)) << "a new life of the list never meets pages of an old one";
  EXPECT_EQ(rig.removed_page(), 0u);
  rig.list.set_target(sync::paging_target{"other.js:list", room("b"), 20}).value();
  rig.settle();
  EXPECT_EQ(rig.added_page(), opts(20, nullptr, 3));
}

TEST(paging, T87_load_more_until_exhausted) {
  paging_rig rig;
  rig.show(object{}, 1);
  rig.give({updated(0, page_of({"one"}, "c1"))});
  EXPECT_TRUE(rig.more(2));
  rig.give({updated(1, page_of({"two", "three"}, "c2"))});
  EXPECT_EQ(rig.items(), array({"one", "two", "three"}));
  EXPECT_TRUE(rig.more(2));
  rig.give({updated(2, page_of({"four"}, "c3", true))});
  EXPECT_EQ(rig.status(), list_status::exhausted);
  EXPECT_FALSE(rig.list.state()->is_loading());
  EXPECT_EQ(rig.items(), array({"one", "two", "three", "four"}));
  EXPECT_FALSE(rig.more(1));
  rig.give({updated(2, page_of({"four", "five"}, "c4"))});
  EXPECT_EQ(rig.status(), list_status::can_load_more) << "the end may move away";
}

TEST(paging, T88_one_page_changes_in_place) {
  paging_rig rig;
  rig.show(object{});
  rig.give({updated(0, page_of({1, 2}, "c"))});
  const auto before = rig.list.state();
  rig.give({});
  EXPECT_EQ(rig.list.state(), before) << "the same object while nothing changed";
  rig.give({updated(0, page_of({1, 3}, "c"))});
  EXPECT_EQ(rig.items(), array({1, 3}));
  EXPECT_NE(rig.list.state(), before);
}

TEST(paging, T89_a_page_of_more_than_twice_the_size_is_split) {
  paging_rig rig;
  rig.show(object{}, 1);
  rig.added_page();
  rig.give({updated(0, splittable(page_of({"a", "b"}, "end"), "mid"))});
  rig.server.expect_silence();
  rig.give({updated(0, splittable(page_of({"a", "b", "c"}, "end"), "mid"))});
  EXPECT_EQ(rig.added_page(), opts_until(1, nullptr, "mid"));
  EXPECT_EQ(rig.added_page(), opts_until(1, "mid", "end"));
  rig.give({updated(1, page_of({"a"}, "mid"))});
  EXPECT_EQ(rig.items(), array({"a", "b", "c"}));
  EXPECT_EQ(rig.status(), list_status::can_load_more);
  rig.give({updated(2, page_of({"b", "c2"}, "end", true))});
  EXPECT_EQ(rig.items(), array({"a", "b", "c2"}));
  EXPECT_EQ(rig.status(), list_status::exhausted);
}

TEST(paging, halves_may_be_split_in_their_turn) {
  paging_rig rig;
  rig.show(object{}, 1);
  rig.give({updated(0, splittable(page_of({1, 2, 3, 4}, "end"), "mid"))});
  rig.give({updated(1, splittable(page_of({1, 2}, "mid"), "quarter", "SplitRecommended")),
            updated(2, page_of({3, 4}, "end"))});
  EXPECT_EQ(rig.items(), array({1, 2, 3, 4}));
  EXPECT_EQ(rig.list.wanted().size(), 4u) << "two halves shown, two quarters under way";
  rig.give({updated(3, page_of({1}, "quarter")), updated(4, page_of({2}, "mid"))});
  EXPECT_EQ(rig.items(), array({1, 2, 3, 4}));
  EXPECT_EQ(rig.list.wanted().size(), 3u);
}

TEST(paging, a_page_cut_short_by_a_limit_is_hidden_until_its_halves_are_there) {
  paging_rig rig;
  rig.show(object{}, 10);
  rig.give({updated(0, page_of({1, 2}, "c1"))});
  rig.more(10);
  rig.give({updated(1, splittable(page_of({3}, "c2"), "mid", "SplitRequired"))});
  EXPECT_EQ(rig.status(), list_status::loading_more);
  EXPECT_EQ(rig.items(), array({1, 2}));
  EXPECT_FALSE(rig.list.load_more(1));
  rig.give({updated(2, page_of({3}, "mid")), updated(3, page_of({4}, "c2"))});
  EXPECT_EQ(rig.items(), array({1, 2, 3, 4}));
  EXPECT_EQ(rig.status(), list_status::can_load_more);

  paging_rig only;
  only.show(object{}, 10);
  value cut = page_of({1}, "c");
  object fields = cut.as_object();
  fields.set("pageStatus", "SplitRequired");
  only.give({updated(0, value(fields))});
  EXPECT_EQ(only.items(), array{1}) << "nothing better will come of a page that cannot be split";
}

TEST(paging, refused_cursor_starts_over) {
  const std::vector<protocol::query_change> refusals = {refused_cursor(1),
                                                        mock::failed(1, "Uncaught Error: InvalidCursor: xyz")};
  for (const auto& refusal : refusals) {
    paging_rig rig;
    rig.show(object{});
    rig.give({updated(0, page_of({1, 2, 3}, "c1"))});
    rig.more(3);
    for (int i = 0; i < 2; ++i) rig.server.expect_modify_query_set();
    rig.give({refusal});
    EXPECT_EQ(rig.added_page(), opts(3, nullptr, 2));
    EXPECT_EQ(rig.status(), list_status::loading_first_page);
    EXPECT_EQ(rig.items(), array{});
    EXPECT_FALSE(rig.list.state()->failure);
    ASSERT_EQ(rig.warnings.size(), 1u);
    EXPECT_NE(rig.warnings[0].find("messages:list"), std::string::npos);
    rig.give({updated(2, page_of({9}, "c"))});
    EXPECT_EQ(rig.items(), array{9});
  }
}

TEST(paging, refused_journal_of_the_first_page_starts_over_but_not_for_ever) {
  paging_rig rig;
  rig.show(object{});
  rig.give({updated(0, page_of({1}, "c1"), "journal")});
  rig.give({refused_cursor(0)});
  EXPECT_EQ(rig.status(), list_status::loading_first_page);
  EXPECT_EQ(rig.last_id, 2u);
  rig.give({refused_cursor(1)});
  EXPECT_EQ(rig.status(), list_status::error) << "a page without any cursor is refused for another reason";
  EXPECT_EQ(rig.last_id, 2u);
}

TEST(paging, other_errors_keep_the_rows_and_heal) {
  paging_rig rig;
  rig.show(object{});
  rig.give({updated(0, page_of({1, 2}, "c1"))});
  rig.more(3);
  rig.give({mock::failed(1, "Server Error", value("why"))});
  EXPECT_EQ(rig.status(), list_status::error);
  EXPECT_EQ(rig.list.state()->failure->data, value("why"));
  EXPECT_EQ(rig.items(), array({1, 2}));
  EXPECT_FALSE(rig.list.load_more(1));
  EXPECT_TRUE(rig.warnings.empty());
  rig.give({updated(1, page_of({3}, "c2"))});
  EXPECT_EQ(rig.status(), list_status::can_load_more);
  EXPECT_EQ(rig.items(), array({1, 2, 3}));
}

TEST(paging, a_half_that_fails_counts_as_there) {
  paging_rig rig;
  rig.show(object{}, 1);
  rig.give({updated(0, splittable(page_of({1, 2, 3}, "end"), "mid"))});
  rig.give({updated(1, page_of({1}, "mid")), mock::failed(2, "broken")});
  EXPECT_EQ(rig.status(), list_status::error);
  EXPECT_EQ(rig.items(), array{1});
}

TEST(paging, a_query_that_returns_no_page_says_so) {
  const value results[] = {value(5), value(nullptr),
                           value::make_object({{"page", 1}, {"isDone", true}, {"continueCursor", "c"}}),
                           value::make_object({{"page", array{}}, {"isDone", "no"}, {"continueCursor", "c"}}),
                           value::make_object({{"page", array{}}, {"isDone", true}})};
  for (const value& v : results) {
    paging_rig rig;
    rig.show(object{});
    rig.give({updated(0, v)});
    ASSERT_EQ(rig.status(), list_status::error);
    EXPECT_EQ(rig.list.state()->failure->code, errc::bad_value);
    EXPECT_NE(rig.list.state()->failure->message.find("messages:list is no paginated query"), std::string::npos);
  }
}

TEST(paging, keep_previous_shows_the_earlier_rows_while_others_load) {
  paging_rig rig({.keep_previous = true});
  const auto room = [](const char* name) { return value::make_object({{"room", name}}); };
  rig.show(room("a"));
  rig.give({updated(0, page_of({"a1"}, "c"))});
  rig.show(room("b"));
  EXPECT_EQ(rig.items(), array{"a1"});
  EXPECT_TRUE(rig.list.state()->is_previous);
  EXPECT_EQ(rig.status(), list_status::loading_first_page);
  rig.show(room("c"));
  EXPECT_EQ(rig.items(), array{"a1"}) << "kept until something is there";
  rig.give({updated(2, page_of({}, "c", true))});
  EXPECT_EQ(rig.items(), array{}) << "an empty list is something";
  EXPECT_FALSE(rig.list.state()->is_previous);
  rig.show(room("d"));
  EXPECT_FALSE(rig.list.state()->is_previous);
  rig.give({updated(3, page_of({"d1"}, "c"))});
  rig.list.reset();
  rig.settle();
  EXPECT_EQ(rig.items(), array{"d1"});
  EXPECT_TRUE(rig.list.state()->is_previous);
  rig.give({mock::failed(4, "broken")});
  EXPECT_EQ(rig.items(), array{}) << "the error belongs to the new list, the rows did not";
  EXPECT_FALSE(rig.list.state()->is_previous);

  paging_rig plain;
  plain.show(room("a"));
  plain.give({updated(0, page_of({"a1"}, "c"))});
  plain.show(room("b"));
  EXPECT_EQ(plain.items(), array{});
}

TEST(paging, queued_load_more_runs_when_it_can) {
  paging_rig rig({.queue_load_more = true});
  rig.show(object{});
  rig.added_page();
  EXPECT_TRUE(rig.more(5));
  EXPECT_TRUE(rig.more(7)) << "the last one counts";
  rig.server.expect_silence();
  rig.give({updated(0, page_of({1}, "c1"))});
  EXPECT_EQ(rig.added_page(), opts(7, "c1"));
  EXPECT_EQ(rig.status(), list_status::loading_more);
  EXPECT_TRUE(rig.more(9));
  rig.give({updated(1, page_of({2}, "c2", true))});
  EXPECT_EQ(rig.status(), list_status::exhausted);
  rig.give({updated(1, page_of({2, 3}, "c3"))});
  EXPECT_EQ(rig.status(), list_status::can_load_more);
  rig.server.expect_silence();  // What was asked for before the end was reached is forgotten.
}

TEST(paging, load_more_of_nonsense_is_refused) {
  paging_rig rig({.queue_load_more = true});
  rig.show(object{});
  for (const double items :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    EXPECT_FALSE(rig.list.load_more(items));
  }
  rig.give({updated(0, page_of({1}, "c1"))});
  EXPECT_FALSE(rig.list.load_more(0));
  EXPECT_EQ(rig.list.wanted().size(), 1u);
}

TEST(paging, rows_are_stale_from_a_reconnect_until_every_page_is_confirmed) {
  paging_rig rig;
  rig.show(object{});
  rig.give({updated(0, page_of({1}, "c1"), "j1")});
  rig.more(1);
  rig.give({updated(1, page_of({2}, "c2"), "j2")});
  const auto before = rig.list.state(rig.read());
  EXPECT_FALSE(before->is_stale);
  rig.e.drop();
  EXPECT_TRUE(rig.list.state(rig.read())->is_stale);
  EXPECT_EQ(rig.items(), array({1, 2}));
  rig.e.sent.clear();
  rig.e.reconnect();
  mock::script again(rig.e);
  again.expect_connect();
  const auto set = again.expect_modify_query_set();
  ASSERT_EQ(set.modifications.size(), 2u);
  EXPECT_EQ(std::get<protocol::add_query>(set.modifications[1]).journal, std::optional<std::string>("j2"))
      << "journals keep neighbouring pages gapless";
  again.transition({updated(0, page_of({1}, "c1"), "j1")}, 10);
  EXPECT_TRUE(rig.list.state(rig.read())->is_stale);
  again.transition({updated(1, page_of({2}, "c2"), "j2")}, 20);
  rig.settle();
  EXPECT_EQ(rig.list.state(rig.read()), rig.list.state());
  EXPECT_FALSE(rig.list.state()->is_stale);
  EXPECT_EQ(rig.items(), array({1, 2}));
}

}  // namespace
}  // namespace hull::test
