// The query set on its own: section 7.3 of the protocol's test inventory.
#include <hull/sync/query_set.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

namespace hull::sync {
namespace {

struct sync_query_set : testing::Test {
  query_table table;
  query_set set{table};
  query_record& add(const char* path) {
    query_record& record = table.obtain(query_key::make(path, object{}).value());
    set.subscribe(record);
    return record;
  }
};

TEST_F(sync_query_set, T4_empty_set_has_nothing_to_say) {
  EXPECT_FALSE(set.take_message());
  EXPECT_TRUE(set.is_confirmed());
  EXPECT_EQ(set.restart(), (protocol::modify_query_set{0, 1, {}}));
  EXPECT_FALSE(set.take_message());
}

TEST_F(sync_query_set, T5_confirmed_when_every_query_was_heard_of) {
  EXPECT_TRUE(set.is_confirmed());
  set.restart();
  EXPECT_TRUE(set.is_confirmed()) << "nothing to wait for";
  query_record& a = add("q:a");
  query_record& b = add("q:b");
  set.restart();
  EXPECT_FALSE(set.is_confirmed());
  set.confirm(a);
  EXPECT_FALSE(set.is_confirmed());
  set.confirm(a);
  EXPECT_FALSE(set.is_confirmed()) << "the same query twice counts once";
  set.confirm(b);
  EXPECT_TRUE(set.is_confirmed());
}

TEST_F(sync_query_set, T6_unsubscribing_the_outstanding_query_confirms) {
  query_record& a = add("q:a");
  set.restart();
  EXPECT_FALSE(set.is_confirmed());
  EXPECT_TRUE(set.unsubscribe(a));
  EXPECT_TRUE(set.is_confirmed());
}

TEST_F(sync_query_set, restart_lists_queries_in_order_with_their_journals) {
  query_record& a = add("q:a");
  query_record& b = add("q:b");
  query_record& c = add("q:c");
  a.last_journal.set(std::nullopt);
  b.last_journal.set("cursor");
  set.unsubscribe(c);
  const auto m = set.restart();
  EXPECT_EQ(m.base_version, 0u);
  EXPECT_EQ(m.new_version, 1u);
  ASSERT_EQ(m.modifications.size(), 2u);
  const auto& first = std::get<protocol::add_query>(m.modifications[0]);
  const auto& second = std::get<protocol::add_query>(m.modifications[1]);
  EXPECT_EQ(first.udf_path, "q:a");
  ASSERT_TRUE(first.journal.has_value()) << "null was received, which is not nothing";
  EXPECT_FALSE(first.journal->has_value());
  EXPECT_EQ(second.journal, std::optional<std::string>("cursor"));
}

TEST_F(sync_query_set, versions_count_up_from_the_restart) {
  set.restart();
  query_record& a = add("q:a");
  EXPECT_EQ(set.take_message()->base_version, 1u);
  EXPECT_FALSE(set.take_message()) << "said already";
  set.unsubscribe(a);
  const auto remove = set.take_message();
  ASSERT_TRUE(remove);
  EXPECT_EQ(remove->base_version, 2u);
  EXPECT_EQ(remove->new_version, 3u);
  EXPECT_EQ(std::get<protocol::remove_query>(remove->modifications.at(0)).id, a.id);
  set.restart();
  set.subscribe(a);
  EXPECT_EQ(set.take_message()->base_version, 1u);
}

TEST_F(sync_query_set, without_a_socket_nothing_is_remembered_but_the_set) {
  query_record& a = add("q:a");
  EXPECT_FALSE(set.take_message());
  set.restart();
  add("q:b");
  set.socket_lost();
  EXPECT_FALSE(set.take_message());
  set.unsubscribe(a);
  EXPECT_EQ(set.restart().modifications.size(), 1u);
}

TEST_F(sync_query_set, a_new_subscription_starts_without_the_old_journal) {
  query_record& a = add("q:a");
  a.last_journal.set("cursor");
  set.restart();
  set.unsubscribe(a);
  set.subscribe(a);
  EXPECT_EQ(a.id, 1u);
  const auto m = set.take_message();
  ASSERT_EQ(m->modifications.size(), 2u);
  EXPECT_FALSE(std::get<protocol::add_query>(m->modifications[1]).journal);
}

TEST(sync_query_key, token_text) {
  EXPECT_EQ(query_token("m", value::make_object({{"z", value::int64(2)}, {"b", 1}})),
            R"({"udfPath":"m:default","args":{"b":1,"z":{"$integer":"AgAAAAAAAAA="}}})");
  const auto key = query_key::make("a/b.js:f", object{}).value();
  EXPECT_EQ(key.path(), "a/b:f");
  EXPECT_EQ(key.token(), query_token("a/b:f", object{}));
}

TEST(sync_query_key, arguments_come_back_from_the_token) {
  const value cases[] = {
      value(object{}),
      value::make_object({{"a", -0.0}, {"b", std::numeric_limits<double>::quiet_NaN()}, {"c", value::int64(-1)}}),
      value::make_object({{"text", "a\"b\\c\xc3\xa9\n"},
                          {"bytes", bytes{0, 255}},
                          {"list", value::make_array({nullptr, true, 1e300})}}),
  };
  for (const value& args : cases) {
    const auto key = query_key::make("m:f", args).value();
    EXPECT_EQ(key.args(), args) << key.token();
    EXPECT_EQ(key.path(), "m:f");
    EXPECT_EQ(key, query_key::make("m.js:f", args).value());
  }
  EXPECT_FALSE(query_key::make("m:f", cases[0]).value() == query_key::make("m:f", cases[1]).value());
  EXPECT_FALSE(query_key() == query_key::make("m:f", cases[0]).value());
}

TEST(rare, holds_what_an_optional_holds) {
  rare<std::string> nothing;
  EXPECT_FALSE(nothing);
  EXPECT_FALSE(nothing.has_value());
  EXPECT_THROW(nothing.value(), std::bad_optional_access);
  EXPECT_EQ(std::optional<std::string>(nothing), std::nullopt);
  rare<std::string> text(std::string("x"));
  rare<std::string> copy = text;
  *copy += "y";
  EXPECT_EQ(*text, "x") << "a copy is its own";
  EXPECT_EQ(copy->size(), 2u);
  nothing = copy;
  EXPECT_EQ(nothing.value(), "xy");
  nothing = std::optional<std::string>();
  EXPECT_FALSE(nothing);
  EXPECT_EQ(sizeof(text), sizeof(void*));
}

}  // namespace
}  // namespace hull::sync
