// Index keys: vectors, and that keys order as values do.
#include "database/index_key.hpp"
#include "common/encoding.hpp"
#include "database/document.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace hull::backend::database {
namespace {

std::string hex(const std::string& key) {
  return encode_hex({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
}

TEST(IndexKey, Vectors) {
  using limits = std::numeric_limits<double>;
  const std::pair<maybe_value, const char*> cases[] = {
      {std::nullopt, "01"},
      {value(), "03"},
      {value::int64(0), "08"},
      {value::int64(1), "0901"},
      {value::int64(127), "097f"},
      {value::int64(128), "0a0080"},
      {value::int64(-1), "07ff"},
      {value::int64(-128), "0780"},
      {value::int64(-129), "06ff7f"},
      {value::int64(40000), "0b00009c40"},
      {value::int64(std::int64_t{1} << 40), "0c0000010000000000"},
      {value::int64(std::numeric_limits<std::int64_t>::min()), "048000000000000000"},
      {value(0.0), "0d8000000000000000"},
      {value(-0.0), "0d7fffffffffffffff"},
      {value(1.5), "0dbff8000000000000"},
      {value(-1.5), "0d4007ffffffffffff"},
      {value(limits::quiet_NaN()), "0dfff8000000000000"},
      {value(limits::infinity()), "0dfff0000000000000"},
      {value(false), "0e"},
      {value(true), "0f"},
      {value(""), "1000"},
      {value(std::string("a\0b", 3)), "106100ff6200"},
      {value(bytes{0x00, 0xff}), "1100ffff00"},
      {value(array{}), "1200"},
      {value::make_array({nullptr, value::make_array({value::int64(1)})}), "12031209010000"},
      {value(object{}), "1500"},
      {value::make_object({{"", value::int64(1)}}), "1500ff090100"},
      {value::make_object({{"a", true}, {"b", "x"}}), "1561000f620010780000"},
  };
  for (const auto& [v, expected] : cases) EXPECT_EQ(hex(key_of(v)), expected);
}

TEST(IndexKey, OfADocument) {
  const value document = value::make_object(
      {{"name", "alice"}, {"_creationTime", 1700000000000.0}, {"_id", "j57000820c20a1g7104gm2rc1m70ynr8"}});
  const std::vector<field_path> fields = {{"name"}, {"_creationTime"}};
  const std::string tail =
      "0dc278bcfe56800000"
      "106a353730303038323063323061316737313034676d327263316d3730796e723800";
  EXPECT_EQ(hex(index_key_of(document, fields)), "10616c69636500" + tail);
  object nameless = document.as_object();
  nameless.erase("name");
  EXPECT_EQ(hex(index_key_of(value(nameless), fields)), "01" + tail);
}

TEST(IndexKey, FollowsPaths) {
  const value document = value::make_object({{"a", value::make_object({{"b", 1}})}, {"c", 2}});
  EXPECT_EQ(field_at(document, parse_field_path("a.b")), maybe_value(value(1)));
  EXPECT_EQ(field_at(document, parse_field_path("c.d")), std::nullopt);
  EXPECT_EQ(field_at(document, parse_field_path("a.x")), std::nullopt);
}

class random_values {
 public:
  explicit random_values(unsigned seed) : random_(seed) {}

  maybe_value maybe() { return pick(30) == 0 ? maybe_value() : next(3); }

  value next(int depth) {
    switch (pick(depth > 0 ? 8u : 6u)) {
      case 0:
        return value();
      case 1:
        return value::int64(integer());
      case 2:
        return value(number());
      case 3:
        return value(pick(2) == 0);
      case 4:
        return value(text());
      case 5: {
        const std::string t = text();
        return value(bytes(t.begin(), t.end()));
      }
      case 6: {
        array items(pick(4));
        for (value& item : items) item = next(depth - 1);
        return value(std::move(items));
      }
      default: {
        object fields;
        for (unsigned n = pick(4); n > 0; --n) fields.set(name(), next(depth - 1));
        return value(std::move(fields));
      }
    }
  }

 private:
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
  std::int64_t integer() {
    const auto bits = static_cast<std::int64_t>(random_());
    return pick(3) == 0 ? static_cast<std::int64_t>(pick(5)) - 2 : bits >> pick(64);
  }
  double number() {
    constexpr double special[] = {0.0, -0.0, 1.0, -1.0, 1e300, -1e-300};
    if (pick(3) == 0) return special[pick(6)];
    if (pick(10) == 0) return pick(2) == 0 ? std::numeric_limits<double>::infinity() : std::nan("");
    return static_cast<double>(static_cast<std::int64_t>(random_())) / 1e6;
  }
  std::string text() {
    constexpr char letters[] = {'\0', 'a', 'b', '\x01', '\x7f'};
    std::string out(pick(4), ' ');
    for (char& c : out) c = letters[pick(5)];
    return out;
  }
  std::string name() {
    constexpr char letters[] = {' ', 'a', '~'};
    std::string out(pick(3), ' ');
    for (char& c : out) c = letters[pick(3)];
    return out;
  }
  std::mt19937_64 random_;
};

TEST(IndexKey, OrdersAsTheValuesDo) {
  random_values values(3);
  for (int i = 0; i < 20'000; ++i) {
    const maybe_value a = values.maybe();
    const maybe_value b = i % 5 == 0 ? a : values.maybe();
    const int keys = key_of(a).compare(key_of(b));
    const auto order = compare(a, b);
    ASSERT_EQ(keys < 0, order < 0) << hex(key_of(a)) << " " << hex(key_of(b));
    ASSERT_EQ(keys == 0, order == 0) << hex(key_of(a)) << " " << hex(key_of(b));
  }
}

TEST(Document, SizesAndNesting) {
  EXPECT_EQ(convex_size(value()), 1u);
  EXPECT_EQ(convex_size(value(true)), 1u);
  EXPECT_EQ(convex_size(value(1.5)), 9u);
  EXPECT_EQ(convex_size(value::int64(1)), 9u);
  EXPECT_EQ(convex_size(value("abc")), 5u);
  EXPECT_EQ(convex_size(value(bytes{1, 2})), 4u);
  EXPECT_EQ(convex_size(value::make_array({1, "a"})), 2u + 9 + 3);
  EXPECT_EQ(convex_size(value::make_object({{"ab", 1}})), 2u + 3 + 9);
  EXPECT_EQ(nesting(value(1)), 0u);
  EXPECT_EQ(nesting(value(array{})), 1u);
  EXPECT_EQ(nesting(value::make_object({{"a", value::make_array({1})}})), 2u);
}

TEST(Document, RefusesWhatItMustNotHold) {
  const auto code = [](object fields) {
    auto ok = check_document(value(std::move(fields)));
    return ok ? std::string() : ok.error().code;
  };
  value deep(1);
  for (int i = 0; i < 15; ++i) deep = value::make_array({deep});
  EXPECT_EQ(code({{"a", deep}, {"_id", "x"}, {"_creationTime", 1}}), "");
  EXPECT_EQ(code({{"a", value::make_array({deep})}}), "TooNestedError");
  EXPECT_EQ(code({{"_secret", 1}}), "InvalidFieldName");
  EXPECT_EQ(code({{"", 1}}), "InvalidFieldName");
  EXPECT_EQ(code({{"$x", 1}}), "InvalidFieldName");
  EXPECT_EQ(code({{"a", value::make_object({{"$x", 1}})}}), "InvalidFieldName");
  EXPECT_EQ(code({{"a", value::make_object({{"_x", 1}, {"", 2}})}}), "");
  EXPECT_EQ(code({{"\xc3\xa4", 1}}), "InvalidFieldName");
  EXPECT_EQ(code({{std::string(65, 'a'), 1}}), "InvalidFieldName");
  EXPECT_EQ(code({{"a", value(array(8193))}}), "ArrayTooLong");
  EXPECT_EQ(code({{"a", value(std::string(1u << 20, 'x'))}}), "ValueTooLargeError");
}

}  // namespace
}  // namespace hull::backend::database
