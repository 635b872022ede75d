// The tree keeps to docs/design/layers.txt, and the check finds what does not.
#include "layer_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace hull::lint {
namespace {

const std::vector<std::string> cpp_files{".hpp", ".ipp", ".cpp", ".h"};

layer_rules rules() { return parse_layer_rules(read_file(repository / "docs/design/layers.txt")); }

std::string one_per_line(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(Layers, TheTreeKeepsToTheRules) {
  const auto files = read_tree(repository, cpp_files);
  ASSERT_GT(files.size(), 50u) << "the tree was not found below " << repository;
  const auto broken = broken_rules(rules(), files);
  EXPECT_TRUE(broken.empty()) << one_per_line(broken);
}

TEST(Layers, EverySampleIsRejectedForItsReason) {
  const auto broken = broken_rules(rules(), read_tree(repository / "tests/lint/broken/layers", cpp_files));
  using testing::HasSubstr;
  EXPECT_THAT(
      broken,
      testing::UnorderedElementsAre(
          HasSubstr("include/hull/net/knows_protocol.hpp:5: room 'net' may not include 'hull/protocol/types.hpp'"),
          HasSubstr("include/hull/sync/looks_at_clock.hpp:9: room 'sync' must do without ::now("),
          HasSubstr("include/hull/sync/takes_lock.hpp:5: room 'sync' must do without <mutex>"),
          HasSubstr("include/hull/value/uses_asio.hpp:5: room 'value' may not use <boost/asio/post.hpp>"),
          HasSubstr("qt/core/shows_sdk.h:5: room 'qt-core' may not include 'hull/value/value.hpp' of room 'value'"),
          HasSubstr("reference-backend/database/runs_functions.hpp:5: <v8.h> is reserved for other files"),
          HasSubstr("reference-backend/database/runs_functions.hpp:5: room 'backend-database' may not use <v8.h>"),
          HasSubstr("reference-backend/attic/homeless.hpp: belongs to no room")))
      << one_per_line(broken);
}

TEST(Layers, RulesThatMakeNoSenseAreRefused) {
  EXPECT_THROW(parse_layer_rules("files include/"), std::runtime_error);
  EXPECT_THROW(parse_layer_rules("room a\n  may b\n"), std::runtime_error);
  EXPECT_THROW(parse_layer_rules("room a\nroom a\n"), std::runtime_error);
  EXPECT_THROW(parse_layer_rules("rooom a\n"), std::runtime_error);
}

TEST(Layers, PatternsMatchOneFolderOrAllBelow) {
  EXPECT_TRUE(matches("include/hull/*.hpp", "include/hull/error.hpp"));
  EXPECT_FALSE(matches("include/hull/*.hpp", "include/hull/value/value.hpp"));
  EXPECT_TRUE(matches("include/", "include/hull/value/value.hpp"));
  EXPECT_FALSE(matches("include/", "includes/x.hpp"));
}

TEST(Layers, CommentsAreNotCode) {
  EXPECT_EQ(without_comments("int a = 1'000; // ::now(\n"), "int a = 1'000;          \n");
  EXPECT_EQ(without_comments("\"// no comment\" /* but\nthis */x"), "\"// no comment\"       \n       x");
}

}  // namespace
}  // namespace hull::lint
