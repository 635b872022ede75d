// Which texts name a function.
#include "functions/function_path.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions {
namespace {

struct good_path {
  const char* text;
  const char* canonical;
  const char* stripped;
};

TEST(function_path, reads_what_callers_write) {
  const good_path cases[] = {
      {"messages:list", "messages.js:list", "messages:list"},
      {"messages.js:list", "messages.js:list", "messages:list"},
      {"messages", "messages.js:default", "messages"},
      {"messages:default", "messages.js:default", "messages"},
      {"a/b_2:f_1", "a/b_2.js:f_1", "a/b_2:f_1"},
      {"_system/cli/tables", "_system/cli/tables.js:default", "_system/cli/tables"},
  };
  for (const good_path& c : cases) {
    const auto path = parse_function_path(c.text);
    ASSERT_TRUE(path) << c.text;
    EXPECT_EQ(path->canonical(), c.canonical);
    EXPECT_EQ(path->stripped(), c.stripped);
  }
}

TEST(function_path, refuses_the_rest_with_the_code_of_the_protocol) {
  for (const char* text : {"", ":f", "m:", "m:1f", "m:___", "/m:f", "a//b:f", "messages.list", "m.ts:f", "m n:f",
                           "m:f:g-h", "../m:f", "m\n:f", "___:f"}) {
    const auto path = parse_function_path(text);
    ASSERT_FALSE(path) << text;
    EXPECT_EQ(path.error().code, "BadConvexFunctionIdentifier");
    EXPECT_NE(path.error().message.find("is not a valid path to a Convex function"), std::string::npos);
  }
}

}  // namespace
}  // namespace hull::backend::functions
