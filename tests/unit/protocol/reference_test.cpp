// References to functions, checked when the program is compiled or when it runs.
#include <hull/function/reference.hpp>

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

namespace hull {
namespace {

constexpr query_ref<no_args, double> count{"folder/messages:count"};
constexpr mutation_ref<no_args, void> clear{"messages:clear"};
static_assert(count.path() == "folder/messages:count");
static_assert(count.kind == function_kind::query && clear.kind == function_kind::mutation);
static_assert(!std::is_convertible_v<const char*, query_ref<no_args, double>>);
static_assert(!std::is_same_v<query_ref<no_args, double>, action_ref<no_args, double>>);

TEST(function_reference, paths_that_are_known_late) {
  const std::string path = "messages:list";
  const auto good = query_ref<no_args, double>::at(path);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->path(), path);
  const auto bad = query_ref<no_args, double>::at("messages.list");
  ASSERT_TRUE(bad.has_error());
  EXPECT_EQ(bad.error().code, errc::bad_argument);
  EXPECT_NE(bad.error().message.find("\"messages.list\" is no function path"), std::string::npos)
      << bad.error().message;
}

TEST(function_reference, flaws_are_found_by_the_compiler_too) {
  using detail::find_path_flaw;
  using detail::path_flaw;
  static_assert(find_path_flaw("a/b.js:f").what == path_flaw::none);
  static_assert(find_path_flaw("messages").what == path_flaw::none);
  static_assert(find_path_flaw("messages:").what == path_flaw::function);
  static_assert(find_path_flaw(":list").what == path_flaw::module_missing);
  static_assert(find_path_flaw("a//b:f").what == path_flaw::module);
  static_assert(find_path_flaw("messages.list").what == path_flaw::module);
  for (const char* path : {"a/b.js:f", "messages", "messages:", ":list", "a//b:f", "messages.list", "m:9", "m:__", ""})
    EXPECT_EQ(find_path_flaw(path).what == path_flaw::none, check_path(path).has_value()) << path;
}

TEST(function_reference, functions_without_arguments) {
  EXPECT_EQ(value_codec<no_args>::to_value({}), value(object{}));
  EXPECT_TRUE(value_codec<no_args>::from_value(object{}));
  EXPECT_FALSE(value_codec<no_args>::from_value(value::make_object({{"a", 1}})));
}

}  // namespace
}  // namespace hull
