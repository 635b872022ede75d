// C++ types to and from values.
#include <hull/value/convert.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <unordered_map>

namespace hull {
namespace shapes {

enum class mood { calm, loud };
BOOST_DESCRIBE_ENUM(mood, calm, loud)

struct base {
  std::string _id;
};
BOOST_DESCRIBE_STRUCT(base, (), (_id))

struct message : base {
  std::string body;
  std::int64_t likes = 0;
  std::optional<std::string> edited_by;
  std::vector<message> replies;
  mood tone = mood::calm;
  friend bool operator==(const message&, const message&) = default;
};
bool operator==(const base& a, const base& b) { return a._id == b._id; }
BOOST_DESCRIBE_STRUCT(message, (base), (body, likes, edited_by, replies, tone))

struct text_note {
  literal<"text"> kind;
  std::string body;
};
BOOST_DESCRIBE_STRUCT(text_note, (), (kind, body))
struct image_note {
  literal<"image"> kind;
  double width = 0;
};
BOOST_DESCRIBE_STRUCT(image_note, (), (kind, width))
using note = std::variant<text_note, image_note>;

struct counted {
  std::vector<std::map<std::string, std::uint64_t>> bad;
};
BOOST_DESCRIBE_STRUCT(counted, (), (bad))

struct tree {
  std::vector<tree> children;
};
BOOST_DESCRIBE_STRUCT(tree, (), (children))

struct explicit_null {
  std::variant<std::monostate, double> end;
};
BOOST_DESCRIBE_STRUCT(explicit_null, (), (end))

using seconds = std::chrono::sys_seconds;

}  // namespace shapes

/// Seconds since 1970, not before.
template <>
struct value_codec<shapes::seconds> {
  static result<value> to_value(shapes::seconds t) {
    if (t.time_since_epoch().count() < 0) return error{errc::bad_argument, "before 1970", {}, {}};
    return value(static_cast<double>(t.time_since_epoch().count()));
  }
  static result<shapes::seconds> from_value(const value& v) {
    const double* d = v.if_double();
    if (!d) return error{errc::bad_value, "no point in time", {}, {}};
    return shapes::seconds(std::chrono::seconds(static_cast<std::int64_t>(*d)));
  }
};

/// A type without a way to fail.
struct celsius {
  double degrees = 0;
};
template <>
struct value_codec<celsius> {
  static value to_value(celsius c) { return c.degrees; }
  static result<celsius> from_value(const value& v) { return celsius{v.as_double()}; }
};

namespace {

using shapes::message;

template <class T>
std::string why_not(const value& v) {
  const auto read = from_value<T>(v);
  if (!read.has_error()) return "it was read";
  EXPECT_EQ(read.error().code, errc::bad_value);
  return read.error().message;
}
template <class T>
std::string why_not_written(const T& t) {
  const auto written = to_value(t);
  if (!written.has_error()) return "it was written: " + write_json(*written);
  EXPECT_EQ(written.error().code, errc::bad_argument);
  return written.error().message;
}
/// The value, after a look that it reads back as what it came from.
template <class T>
value circle(const T& from) {
  const auto there = to_value(from);
  EXPECT_TRUE(there.has_value()) << there.error().message;
  const auto back = from_value<T>(*there);
  EXPECT_TRUE(back.has_value()) << back.error().message;
  EXPECT_TRUE(*back == from) << write_json(*there);
  return *there;
}

TEST(value_convert, scalars) {
  EXPECT_EQ(circle(true), value(true));
  EXPECT_EQ(circle(-7), value(-7));
  EXPECT_EQ(circle(std::uint8_t{255}), value(255));
  EXPECT_EQ(circle(4294967295u), value(4294967295.0));
  EXPECT_EQ(circle(1.5), value(1.5));
  EXPECT_EQ(circle(0.25f), value(0.25));
  EXPECT_EQ(circle(std::int64_t{-5}), value::int64(-5));
  EXPECT_EQ(circle(std::uint64_t{5}), value::int64(5));
  EXPECT_EQ(circle(std::string("text")), value("text"));
  EXPECT_EQ(circle(nullptr), value());
  EXPECT_EQ(circle(std::monostate{}), value());
  EXPECT_EQ(circle(bytes{1, 2}), value(bytes{1, 2}));
  EXPECT_EQ(circle(id<struct users>("u1")), value("u1"));
  EXPECT_EQ(circle(shapes::mood::loud), value("loud"));
  EXPECT_EQ(circle(literal<"text">{}), value("text"));
  EXPECT_EQ(to_value("literal").value(), value("literal"));
  EXPECT_EQ(to_value(std::string_view("view")).value(), value("view"));
}

TEST(value_convert, containers) {
  EXPECT_EQ(circle(std::vector<int>{1, 2}), value::make_array({1, 2}));
  EXPECT_EQ(circle(std::vector<bool>{true, false}), value::make_array({true, false}));
  EXPECT_EQ(circle(std::deque<std::string>{"a"}), value::make_array({"a"}));
  EXPECT_EQ(circle(std::array<double, 2>{1, 2}), value::make_array({1, 2}));
  EXPECT_EQ(circle(std::map<std::string, int>{{"b", 1}, {"a", 2}}), value::make_object({{"a", 2}, {"b", 1}}));
  EXPECT_EQ(circle(std::unordered_map<id<struct users>, bool>{{id<struct users>("u"), true}}),
            value::make_object({{"u", true}}));
  EXPECT_EQ(circle(std::vector<std::optional<int>>{1, std::nullopt}), value::make_array({1, nullptr}));
  EXPECT_EQ(circle(std::optional<std::string>{}), value());
  EXPECT_EQ(circle(value::make_array({1, "x"})), value::make_array({1, "x"}));
  EXPECT_EQ(circle(object{{"a", 1}}), value::make_object({{"a", 1}}));
  EXPECT_EQ(circle(array{1, "x"}), value::make_array({1, "x"}));
}

TEST(value_convert, T107_structs_leave_out_what_is_empty) {
  message m;
  m._id = "m1";
  m.body = "hi";
  m.likes = 3;
  m.replies.emplace_back();
  m.replies[0].edited_by = "ann";
  EXPECT_EQ(write_json(circle(m)),
            R"({"_id":"m1","body":"hi","likes":{"$integer":"AwAAAAAAAAA="},"replies":[)"
            R"({"_id":"","body":"","edited_by":"ann","likes":{"$integer":"AAAAAAAAAAA="},"replies":[],"tone":"calm"})"
            R"(],"tone":"calm"})");
}

TEST(value_convert, reading_ignores_fields_without_a_member_and_null_for_an_optional_one) {
  const auto read = from_value<shapes::image_note>(
      value::make_object({{"kind", "image"}, {"width", 2}, {"_creationTime", 1}, {"kinds", nullptr}}));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->width, 2);
  value m = *to_value(message{});
  object fields = m.as_object();
  fields.set("edited_by", nullptr);
  EXPECT_EQ(from_value<message>(fields).value(), message{});
}

TEST(value_convert, a_member_that_may_be_null_but_not_absent) {
  EXPECT_EQ(to_value(shapes::explicit_null{}).value(), value::make_object({{"end", nullptr}}));
  EXPECT_EQ(std::get<double>(from_value<shapes::explicit_null>(value::make_object({{"end", 1}}))->end), 1);
  EXPECT_EQ(why_not<shapes::explicit_null>(object{}), "end: the field is missing");
}

TEST(value_convert, own_codecs) {
  const shapes::seconds t{std::chrono::seconds(90)};
  EXPECT_EQ(circle(std::vector{t}), value::make_array({90}));
  EXPECT_EQ(why_not<std::vector<shapes::seconds>>(value::make_array({1, "x"})), "[1]: no point in time");
  EXPECT_EQ(why_not_written(std::map<std::string, shapes::seconds>{{"at", shapes::seconds(std::chrono::seconds(-1))}}),
            "at: before 1970");
  EXPECT_EQ(to_value(celsius{20.5}).value(), value(20.5));
}

TEST(value_convert, unions_by_their_tag) {
  EXPECT_EQ(to_value(shapes::note{shapes::image_note{{}, 2}}).value(),
            value::make_object({{"kind", "image"}, {"width", 2}}));
  EXPECT_EQ(from_value<shapes::note>(value::make_object({{"kind", "image"}, {"width", 2}}))->index(), 1u);
  EXPECT_EQ(why_not<std::vector<shapes::note>>(value::make_array({value::make_object({{"kind", "image"}})})),
            "[0].width: the field is missing")
      << "the tag says which alternative was meant";
  EXPECT_EQ(why_not<std::vector<shapes::note>>(value::make_array({value::make_object({{"kind", "film"}})})),
            R"([0]: fits none of the alternatives ([0].kind: expected "text", got "film"; )"
            R"([0].kind: expected "image", got "film"))");
}

TEST(value_convert, unions_in_order) {
  using number = std::variant<int, double, std::string>;
  EXPECT_EQ(from_value<number>(2)->index(), 0u);
  EXPECT_EQ(from_value<number>(2.5)->index(), 1u);
  EXPECT_EQ(from_value<number>("x")->index(), 2u);
  EXPECT_EQ(
      (why_not<std::variant<double, std::string>>(true)),
      "fits none of the alternatives (expected a number (Float64), got a Boolean; expected a string, got a Boolean)");
}

TEST(value_convert, says_what_is_wrong_and_where) {
  const auto with = [](const char* name, value v) {
    object fields = to_value(message{})->as_object();
    fields.set(name, std::move(v));
    return value::make_object({{"messages", value::make_array({value(fields)})}});
  };
  using page = std::map<std::string, std::vector<message>>;
  EXPECT_EQ(why_not<page>(with("body", 5)), "messages[0].body: expected a string, got a number (Float64)");
  EXPECT_EQ(why_not<page>(with("likes", 5)),
            "messages[0].likes: expected a 64-bit integer (Int64), got a number (Float64)");
  EXPECT_EQ(why_not<page>(with("tone", "angry")), R"(messages[0].tone: expected one of "calm", "loud", got "angry")");
  EXPECT_EQ(why_not<page>(with("tone", nullptr)), "messages[0].tone: expected a string, got null");
  EXPECT_EQ(why_not<page>(with("replies", value::make_array({object{}}))),
            "messages[0].replies[0]._id: the field is missing");
  EXPECT_EQ(why_not<page>(1), "expected an object, got a number (Float64)");
  EXPECT_EQ(why_not<bool>(1), "expected a Boolean, got a number (Float64)");
  EXPECT_EQ(why_not<double>(value::int64(1)), "expected a number (Float64), got a 64-bit integer (Int64)");
  EXPECT_EQ(why_not<bytes>("x"), "expected bytes, got a string");
  EXPECT_EQ(why_not<std::monostate>(0), "expected null, got a number (Float64)");
  EXPECT_EQ((why_not<std::array<int, 2>>(value::make_array({1}))), "expected 2 elements, got 1");
  EXPECT_EQ(why_not<std::vector<int>>(object{}), "expected an array, got an object");
  EXPECT_EQ(why_not<object>(array{}), "expected an object, got an array");
}

TEST(value_convert, integers_in_range_and_whole) {
  const std::string range = "expected a whole number from -128 to 127, got ";
  for (const value& v : {value(128), value(-129), value(0.5), value(1e300)})
    EXPECT_EQ(why_not<std::int8_t>(v), range + "the number " + write_clean_json(v));
  EXPECT_EQ(why_not<std::int8_t>(std::numeric_limits<double>::quiet_NaN()), range + "the number \"NaN\"");
  EXPECT_EQ(why_not<std::int8_t>(value::int64(1)), range + "a 64-bit integer (Int64)");
  EXPECT_EQ(why_not<std::int8_t>("1"), range + "\"1\"");
  EXPECT_EQ(from_value<std::int8_t>(-128.0).value(), -128);
  EXPECT_EQ(from_value<std::uint32_t>(4294967295.0).value(), 4294967295u);
  EXPECT_EQ(why_not<std::uint32_t>(-1), "expected a whole number from 0 to 4294967295, got the number -1");
  EXPECT_EQ(why_not<std::uint64_t>(value::int64(-1)), "expected no negative number, got -1");
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(circle(most), value::int64(most));
  EXPECT_EQ(circle(static_cast<std::uint64_t>(most)), value::int64(most));
}

TEST(value_convert, T105_T106_what_no_value_can_hold_is_refused_with_its_path) {
  EXPECT_EQ(why_not_written(shapes::counted{{{}, {{"n", std::numeric_limits<std::uint64_t>::max()}}}}),
            "bad[1].n: 18446744073709551615 is too large for Int64");
  EXPECT_EQ(why_not_written(std::vector<std::uint64_t>{1ull << 63}), "[0]: 9223372036854775808 is too large for Int64");
  EXPECT_EQ(why_not_written(std::vector{static_cast<shapes::mood>(9)}), "[0]: the enumerator 9 has no name");
  // What has no value at all is refused by the compiler.
  static_assert(!std::is_constructible_v<value, std::chrono::sys_seconds>);
  static_assert(!std::is_constructible_v<value, std::map<std::string, int>>);
  static_assert(!std::is_constructible_v<value, std::nullopt_t>);
  static_assert(!std::is_constructible_v<value, std::monostate>);
}

TEST(value_convert, nesting_is_bounded_both_ways) {
  const auto chain = [](int trees) {
    shapes::tree t;
    for (int i = 1; i < trees; ++i) {
      shapes::tree outer;
      outer.children.push_back(std::move(t));
      t = std::move(outer);
    }
    return t;
  };
  const auto deepest = to_value(chain(32));  // an object and an array each
  ASSERT_TRUE(deepest) << deepest.error().message;
  EXPECT_TRUE(from_value<shapes::tree>(*deepest));
  EXPECT_TRUE(read_json(write_json(*deepest))) << "just what may travel";
  EXPECT_NE(why_not_written(std::vector{chain(32)}).find("values nest at most 64 deep"), std::string::npos);
  value v = object{{"children", array{}}};
  for (int i = 0; i < 1000; ++i) v = value::make_object({{"children", value::make_array({v})}});
  EXPECT_NE(why_not<shapes::tree>(v).find("values nest at most 64 deep"), std::string::npos);
}

TEST(value_convert, ids_of_tables_are_types_of_their_own) {
  using user_id = id<struct users>;
  using post_id = id<struct posts>;
  static_assert(!std::is_convertible_v<user_id, post_id> && !std::is_constructible_v<user_id, post_id>);
  static_assert(!std::is_convertible_v<std::string, user_id>, "text becomes an id only when someone says so");
  EXPECT_TRUE(user_id("a") < user_id("b"));
  EXPECT_TRUE(user_id().empty());
}

}  // namespace
}  // namespace hull
