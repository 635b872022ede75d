// Arguments that must not leave the client.
#include <hull/sync/check_args.hpp>
#include <hull/sync/query_key.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace hull::sync {
namespace {

value nested(int depth) {
  value v = 1;
  for (int i = 0; i < depth; ++i) v = value::make_array({v});
  return v;
}

TEST(sync_check_args, accepts) {
  const value good[] = {object{}, value::make_object({{"a", nested(63)}}),
                        value::make_object({{"", "empty names are fine"}, {" ~", "é€😀"}}),
                        value::make_object({{"n", std::numeric_limits<double>::quiet_NaN()}, {"i", value::int64(1)}}),
                        value::make_object({{"a", value(array(8192))}})};
  for (const auto& args : good) EXPECT_FALSE(check_args(args).has_error());
}

TEST(sync_check_args, T105_T106_refuses_what_is_no_value_and_says_where) {
  std::vector<object::field> many;
  for (int i = 0; i < 1025; ++i) many.emplace_back("f" + std::to_string(i), 1);
  struct {
    value args;
    const char* text;
  } const cases[] = {
      {value(1), "must be an object. Received: Float64"},
      {value::make_array({object{}}), "must be an object. Received: Array"},
      {value::make_object({{"$x", 1}}), "args: the field name \"$x\""},
      {value::make_object({{"bad", value::make_array({value::make_object({{"$undefined", nullptr}})})}}),
       "args.bad[0]: the field name \"$undefined\""},
      {value::make_object({{"a", value::make_array({1, value::make_object({{"\x01", 1}})})}}),
       "args.a[1]: a field name"},
      {value::make_object({{"é", 1}}), "printable ASCII"},
      {value::make_object({{std::string(1025, 'x'), 1}}), "at most 1024 characters"},
      {value::make_object({{"a", nested(64)}}), "at most 64 deep"},
      {value::make_object({{"a", value(array(8193))}}), "args.a: an array has at most 8192"},
      {value::make_object({{"a", value(object(many))}}), "args.a: an object has at most 1024"},
      {value::make_object({{"a", std::string("\xff")}}), "args.a: the text is not valid UTF-8"},
      {value::make_object({{"a", std::string("\xed\xa0\x80")}}), "not valid UTF-8"},
      {value::make_object({{"a", std::string("\xc0\x80")}}), "not valid UTF-8"},
      {value::make_object({{"a", std::string("\xf4\x90\x80\x80")}}), "not valid UTF-8"},
      {value::make_object({{"a", std::string("\xe2\x82")}}), "not valid UTF-8"},
  };
  for (const auto& c : cases) {
    const auto checked = check_args(c.args);
    ASSERT_TRUE(checked.has_error()) << c.text;
    EXPECT_EQ(checked.error().code, errc::bad_argument);
    EXPECT_NE(checked.error().message.find(c.text), std::string::npos) << checked.error().message;
  }
}

TEST(sync_check_args, N15_bad_path_is_refused) {
  for (const char* path : {"", "messages.list", "a:b:c d", "../x:f", "m:"}) {
    const auto key = query_key::make(path, object{});
    ASSERT_TRUE(key.has_error()) << path;
    EXPECT_EQ(key.error().code, errc::bad_argument) << path;
  }
}

}  // namespace
}  // namespace hull::sync
