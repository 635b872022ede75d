// Function paths: the canonical form, and what a deployment would not accept.
#include <hull/function/path.hpp>

#include <gtest/gtest.h>

TEST(path, canonical_form) {
  const std::pair<const char*, const char*> cases[] = {
      {"messages:list", "messages:list"}, {"m", "m:default"},     {"a/b.js:f", "a/b:f"},
      {"a/b.js", "a/b:default"},          {"x.js.js:f", "x.js:f"}, {"a:b:c", "a:b:c"},
  };
  for (const auto& [path, canonical] : cases) EXPECT_EQ(hull::canonical_path(path), canonical) << path;
}

TEST(path, N15_bad_paths_are_refused_locally) {
  for (const char* good : {"messages:list", "m", "a/b/c.js:f_1", "_system1/x:default", "a1:_x"})
    EXPECT_TRUE(hull::check_path(good)) << good;
  for (const char* bad : {"", ":f", "messages.list", "a//b:f", "/a:f", "a/:f", "a:1f", "a:", "a:__", "a b:f", "..:f", "a:f-g"}) {
    const auto r = hull::check_path(bad);
    ASSERT_FALSE(r) << bad;
    EXPECT_EQ(r.error().code, hull::errc::bad_argument);
    EXPECT_NE(r.error().message.find("messages:list"), std::string::npos) << "the text shows how a path looks";
  }
}
