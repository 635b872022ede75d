// The order of values.
#include <hull/value/order.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

namespace hull {
namespace {

double from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

/// Every value is less than all that follow it.
void expect_ascending(const std::vector<value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      EXPECT_EQ(compare_values(values[i], values[k]), i <=> k) << "positions " << i << " and " << k;
      EXPECT_EQ(values[i] == values[k], i == k) << "positions " << i << " and " << k;
    }
  }
}

TEST(value_order, T110_float64_is_totally_ordered) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  expect_ascending({
      from_bits(0xFFF8'0000'0000'0001),
      from_bits(0xFFF8'0000'0000'0000),
      from_bits(0xFFF0'0000'0000'0001),
      -inf,
      -1.5,
      -1.0,
      -5e-324,
      -0.0,
      0.0,
      5e-324,
      0.5,
      1.0,
      1e300,
      inf,
      from_bits(0x7FF0'0000'0000'0001),
      from_bits(0x7FF8'0000'0000'0000),
      from_bits(0x7FF8'0000'0000'0001),
  });
}

TEST(value_order, kinds_come_before_content) {
  expect_ascending({
      nullptr,
      value::int64(std::numeric_limits<std::int64_t>::min()),
      value::int64(-1),
      value::int64(0),
      value::int64(std::numeric_limits<std::int64_t>::max()),
      from_bits(0xFFF8'0000'0000'0000),
      -1e300,
      0.0,
      false,
      true,
      "",
      "a",
      bytes{},
      bytes{0},
      array{},
      value::make_array({nullptr}),
      object{},
      value::make_object({{"", nullptr}}),
  });
}

TEST(value_order, text_by_code_point_and_bytes_unsigned) {
  expect_ascending({"", std::string(1, '\0'), "A", "Aa", "B", "a", "\x7f", "\xc2\x80", "\xc3\xa9", "\xef\xbf\xbd",
                    "\xf0\x9f\x98\x80"});  // UTF-16 code units would put the last before U+FFFD
  expect_ascending({bytes{}, bytes{0}, bytes{0, 0}, bytes{1}, bytes{0x7f}, bytes{0x80}, bytes{0xff}, bytes{0xff, 0}});
}

TEST(value_order, containers_element_by_element) {
  expect_ascending({array{}, value::make_array({1}), value::make_array({1, nullptr}), value::make_array({1, 1}),
                    value::make_array({2}), value::make_array({value::make_array({})})});
  expect_ascending({object{}, value::make_object({{"a", 1}}), value::make_object({{"a", 1}, {"b", 0}}),
                    value::make_object({{"a", 1}, {"c", nullptr}}), value::make_object({{"a", 2}}),
                    value::make_object({{"a", "x"}}), value::make_object({{"aa", 1}}), value::make_object({{"b", 0}})});
}

TEST(value_order, absent_comes_first) {
  const value null;
  EXPECT_EQ(compare_values(nullptr, nullptr), std::strong_ordering::equal);
  EXPECT_EQ(compare_values(nullptr, &null), std::strong_ordering::less);
  EXPECT_EQ(compare_values(&null, nullptr), std::strong_ordering::greater);
  EXPECT_EQ(compare_values(&null, &null), std::strong_ordering::equal);
}

TEST(value_order, sorted_containers) {
  const std::set<value, value_less> seen{2, "b", 1, "a", 1, value::int64(1)};
  const std::vector<value> in_order(seen.begin(), seen.end());
  EXPECT_EQ(in_order, (std::vector<value>{value::int64(1), 1, 2, "a", "b"}));
}

}  // namespace
}  // namespace hull
