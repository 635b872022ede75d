// Values as text: the encoding table of Convex, JavaScript's number layout, and what is refused.
#include <hull/value/json.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using hull::read_json;
using hull::value;
using hull::write_json;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

struct encoding {
  value v;
  const char* text;
};

const encoding encodings[] = {
    {nullptr, "null"},
    {true, "true"},
    {1, "1"},
    {-1.5, "-1.5"},
    {0.1, "0.1"},
    {1e21, "1e+21"},
    {1e20, "100000000000000000000"},
    {123456789012345680000.0, "123456789012345680000"},
    {1e-6, "0.000001"},
    {1e-7, "1e-7"},
    {1.25e-7, "1.25e-7"},
    {5e-324, "5e-324"},
    {1.7976931348623157e308, "1.7976931348623157e+308"},
    {std::numeric_limits<double>::quiet_NaN(), R"({"$float":"AAAAAAAA+H8="})"},
    {inf, R"({"$float":"AAAAAAAA8H8="})"},
    {-inf, R"({"$float":"AAAAAAAA8P8="})"},
    {-0.0, R"({"$float":"AAAAAAAAAIA="})"},
    {value::int64(5151996), R"({"$integer":"/JxOAAAAAAA="})"},
    {value::int64(-1), R"({"$integer":"//////////8="})"},
    {value::int64(std::numeric_limits<std::int64_t>::min()), R"({"$integer":"AAAAAAAAAIA="})"},
    {hull::bytes{0, 255, 1}, R"({"$bytes":"AP8B"})"},
    {hull::bytes{}, R"({"$bytes":""})"},
    {"", R"("")"},
    {"q\" b\\ n\n t\t \x01 \x7f", "\"q\\\" b\\\\ n\\n t\\t \\u0001 \x7f\""},
    {"h\xc3\xa9 \xf0\x9f\x98\x80", "\"h\xc3\xa9 \xf0\x9f\x98\x80\""},
    {hull::array{}, "[]"},
    {hull::object{}, "{}"},
    {value::make_object({{"b", value::make_array({1, "x", nullptr})}, {"a", value::int64(2)}}),
     R"({"a":{"$integer":"AgAAAAAAAAA="},"b":[1,"x",null]})"},
};

}  // namespace

TEST(json, encodings_both_ways) {
  for (const auto& [v, text] : encodings) {
    EXPECT_EQ(write_json(v), text);
    const auto back = read_json(text);
    ASSERT_TRUE(back) << text << ": " << back.error().message;
    EXPECT_TRUE(*back == v) << text;
  }
}

TEST(json, reads_what_javascript_reads) {
  EXPECT_EQ(read_json(" [1 , 2.50,\t-3e2 ]\n")->as_array()[2].as_double(), -300);
  EXPECT_EQ(read_json(R"("\u0041\ud83d\ude00\/")")->as_string(), "A\xf0\x9f\x98\x80/");
  EXPECT_EQ(read_json(R"({"$bytes":"-_8="})")->as_bytes(), (hull::bytes{0xfb, 0xff}));  // URL-safe alphabet
  // A name that is there twice counts once, with its last value, before anybody asks what the object encodes.
  hull::json_options any;
  any.any_names = true;
  EXPECT_EQ(*read_json(R"({"$float":"no","$float":"AAAAAAAAAIA="})", any), value(-0.0));
  EXPECT_EQ(read_json("1e-400")->as_double(), 0);
  EXPECT_EQ(read_json("2.2250738585072011e-308")->as_double(), 2.2250738585072011e-308);
}

TEST(json, refuses_with_a_reason) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "text ends"},
      {"[1,]", "unexpected character"},
      {"[1 2]", "expected ',' or ']'"},
      {"{\"a\" 1}", "expected ':'"},
      {"{a:1}", "field name in quotes"},
      {"01", "unexpected text after"},
      {"1.", "digit after '.'"},
      {"-", "unexpected character"},
      {"1e999", "too large"},
      {"nul", "unknown word"},
      {"\"a", "text ends inside a string"},
      {"\"\n\"", "control character"},
      {"\"\\x\"", "unknown escape"},
      {"\"\\ud800\"", "lone surrogate"},
      {"\"\\udc00\"", "lone surrogate"},
      {"\"\\ud800\\u0041\"", "lone surrogate"},
      {"\"\xed\xa0\x80\"", "not valid UTF-8"},
      {"\"\xc0\x80\"", "not valid UTF-8"},
      {"\"\xf4\x90\x80\x80\"", "not valid UTF-8"},
      {"\"\xe2\x82\"", "not valid UTF-8"},
      {"{\"$integer\":\"AAAA\"}", "Received 3 bytes, expected 8 for $integer"},
      {"{\"$integer\":5}", "$integer must hold a string"},
      {"{\"$bytes\":\"A\"}", "does not hold base64"},
      {"{\"$bytes\":\"A=AA\"}", "does not hold base64"},
      {"{\"$float\":\"AAAAAAAA8D8=\"}", "should be encoded as a number"},
      {"{\"$set\":[]}", "no longer supported"},
      {"{\"$other\":1}", "starts with '$'"},
      {"{\"$a\":1,\"b\":2}", "starts with '$'"},
      {"{\"\xc3\xa9\":1}", "not printable ASCII"},
  };
  for (const auto& [text, reason] : cases) {
    const auto r = read_json(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code, hull::errc::bad_value);
    EXPECT_NE(r.error().message.find(reason), std::string::npos) << text << " gave: " << r.error().message;
  }
}

TEST(json, T104_objects_and_big_integers_encode) {
  const value nested =
      value::make_object({{"s", "x"}, {"n", 1}, {"inner", value::make_object({{"big", value::int64(5151996)}})}});
  EXPECT_EQ(write_json(nested), R"({"inner":{"big":{"$integer":"/JxOAAAAAAA="}},"n":1,"s":"x"})");
  EXPECT_EQ(write_json(hull::object{}), "{}");
}

TEST(json, T106_undefined_is_never_a_value) {
  for (const char* text :
       {"undefined", "[undefined]", R"({"a":undefined})", R"({"$undefined":null})", R"([{"$undefined":null}])",
        R"({"bad":[{"n":{"$integer":"ewAAAAAAAAA="},"x":{"$undefined":null}}]})"})
    EXPECT_FALSE(read_json(text)) << text;
}

TEST(json, T108_big_integers_decode) {
  const auto read = read_json(R"({"big":{"$integer":"/JxOAAAAAAA="},"n":5151996})");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read->find("big"), value::int64(5151996));
  EXPECT_EQ(*read->find("n"), value(5151996));
  // An object with more fields is no encoding, and its name is no field name.
  EXPECT_FALSE(read_json(R"({"$integer":"/JxOAAAAAAA=","n":1})"));
}

TEST(json, T109_int64_survives_the_circle) {
  std::vector<std::int64_t> numbers{0, 1, -1, std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max()};
  std::mt19937_64 random(109);
  for (int i = 0; i < 100; ++i) numbers.push_back(static_cast<std::int64_t>(random()));
  for (const std::int64_t n : numbers) {
    // Byte by byte, as a second opinion on the encoding.
    hull::bytes little_endian;
    for (int shift = 0; shift < 64; shift += 8)
      little_endian.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(n) >> shift));
    const std::string text = R"({"$integer":")" + hull::encode_base64(little_endian) + "\"}";
    EXPECT_EQ(write_json(value::int64(n)), text);
    const auto back = read_json(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(back->as_int64(), n);
  }
}

TEST(json, N17_integral_float64_and_int64_stay_distinct) {
  for (const char* text : {"1", "1.0", "1e0", "-7", "9007199254740993"}) {
    const auto read = read_json(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->kind(), hull::kind::float64) << text;
  }
  const value both = value::make_array({1, value::int64(1)});
  const auto back = read_json(write_json(both));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, both);
  EXPECT_EQ(back->as_array()[0].kind(), hull::kind::float64);
  EXPECT_EQ(back->as_array()[1].kind(), hull::kind::int64);
  EXPECT_NE(back->as_array()[0], back->as_array()[1]);
}

TEST(json, N14_nesting_limit_counts_containers) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + "{\"$integer\":\"AAAAAAAAAAA=\"}" +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(read_json(nested(64)));
  EXPECT_FALSE(read_json(nested(65)));
  EXPECT_FALSE(read_json(std::string(1'000'000, '[')));
  EXPECT_FALSE(read_json(std::string(1'000'000, '{')));
}

TEST(json, size_limits) {
  hull::json_options small;
  small.limits.max_array_length = 2;
  small.limits.max_object_fields = 1;
  small.limits.max_text_bytes = 20;
  EXPECT_TRUE(read_json("[1,2]", small));
  EXPECT_FALSE(read_json("[1,2,3]", small));
  EXPECT_FALSE(read_json("{\"a\":1,\"b\":2}", small));
  EXPECT_FALSE(read_json("\"" + std::string(30, 'x') + "\"", small));
}

TEST(json, any_names_keeps_what_it_cannot_decode) {
  hull::json_options any;
  any.any_names = true;
  const auto expression = read_json(R"({"$eq":[{"$field":"a"},{"$literal":{"$integer":"AQAAAAAAAAA="}}]})", any);
  ASSERT_TRUE(expression);
  EXPECT_EQ(expression->find("$eq")->as_array()[1].find("$literal")->as_int64(), 1);
  const auto broken = read_json(R"({"$integer":5})", any);
  ASSERT_TRUE(broken);
  EXPECT_EQ(write_json(*broken), R"({"$integer":5})");
}

TEST(json, clean_text) {
  const value v =
      value::make_object({{"big", value::int64(1LL << 60)}, {"b", hull::bytes{1}}, {"n", inf}, {"z", -0.0}});
  EXPECT_EQ(hull::write_clean_json(v), R"({"b":"AQ==","big":"1152921504606846976","n":"Infinity","z":-0.0})");
}

TEST(json, doubles_survive_the_circle) {
  std::mt19937_64 random(20260101);
  for (int i = 0; i < 20'000; ++i) {
    const double d = std::bit_cast<double>(random());
    const auto back = read_json(write_json(d));
    ASSERT_TRUE(back) << write_json(d);
    ASSERT_TRUE(std::isnan(d) || *back == value(d)) << write_json(d);
  }
}
