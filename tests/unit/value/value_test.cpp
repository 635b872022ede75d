// Values: kinds, sharing, equality, objects.
#include <hull/value/value.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using hull::kind;
using hull::value;

TEST(value, kinds_of_cpp_types) {
  EXPECT_EQ(value().kind(), kind::null);
  EXPECT_EQ(value(nullptr).kind(), kind::null);
  EXPECT_EQ(value(true).kind(), kind::boolean);
  EXPECT_EQ(value(1).kind(), kind::float64);
  EXPECT_EQ(value(1u).kind(), kind::float64);
  EXPECT_EQ(value(1.5f).kind(), kind::float64);
  EXPECT_EQ(value::int64(1).kind(), kind::int64);
  EXPECT_EQ(value("x").kind(), kind::string);
  EXPECT_EQ(value(hull::bytes{1, 2}).kind(), kind::bytes);
  EXPECT_EQ(value::make_array({1, "x"}).kind(), kind::array);
  EXPECT_EQ(value::make_object({{"a", 1}}).kind(), kind::object);
  EXPECT_EQ(to_string(kind::float64), "Float64");
  static_assert(!std::is_constructible_v<value, std::int64_t>, "a 64-bit integer must say what it means");
  static_assert(!std::is_constructible_v<value, std::size_t>);
  static_assert(!std::is_constructible_v<value, const value*>, "a pointer is no Boolean");
  static_assert(std::is_constructible_v<value, char*>);
}

TEST(value, int64_and_float64_differ) {
  EXPECT_FALSE(value(1) == value::int64(1));
  EXPECT_TRUE(value(1) == value(1.0));
}

TEST(value, zero_signs_and_nan) {
  EXPECT_FALSE(value(0.0) == value(-0.0));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(value(nan) == value(nan));
  EXPECT_FALSE(value(nan) == value(-nan));
}

TEST(value, copies_share_and_equal_values_need_not) {
  const value a = value::make_object({{"list", value::make_array({1, 2, 3})}});
  const value b = a;
  const value c = value::make_object({{"list", value::make_array({1, 2, 3})}});
  EXPECT_TRUE(a.same_as(b));
  EXPECT_FALSE(a.same_as(c));
  EXPECT_TRUE(a == c);
}

TEST(value, moved_from_is_null) {
  value a("text");
  const value b = std::move(a);
  EXPECT_TRUE(a.is_null());  // NOLINT: the state after a move is part of the contract
  EXPECT_EQ(b.as_string(), "text");
}

TEST(value, assignment_to_itself_and_from_own_child) {
  value a = value::make_array({value::make_array({"deep"})});
  a = *&a;
  a = a.as_array()[0];
  EXPECT_EQ(a.as_array()[0].as_string(), "deep");
}

TEST(object, sorts_and_keeps_the_last_of_equal_names) {
  const hull::object o{{"b", 1}, {"a", 2}, {"b", 3}};
  ASSERT_EQ(o.size(), 2u);
  EXPECT_EQ(o.begin()->first, "a");
  EXPECT_EQ(o.find("b")->as_double(), 3);
  EXPECT_EQ(o.find("c"), nullptr);
}

TEST(object, set_and_erase) {
  hull::object o;
  o.set("b", 1);
  o.set("a", 1);
  o.set("b", 2);
  EXPECT_EQ(o.size(), 2u);
  EXPECT_TRUE(o.erase("a"));
  EXPECT_FALSE(o.erase("a"));
  EXPECT_EQ(o.find("b")->as_double(), 2);
}

TEST(value, find_in_something_else_is_null) {
  EXPECT_EQ(value(1).find("a"), nullptr);
  EXPECT_EQ(value::make_array({1}).find("a"), nullptr);
}
