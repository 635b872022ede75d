// The tree is in order, and each check finds a tree that is not.
#include "tree_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace hull::lint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path samples = repository / "tests/lint/broken";

std::vector<source_file> sources(const std::filesystem::path& from) {
  return read_tree(from, {".hpp", ".ipp", ".cpp", ".h", ".qml", ".ts", ".js", ".mjs", ".cmake", ".sh", ".txt", "dev"});
}

TEST(Tree, NothingStrayAtTheTop) { EXPECT_THAT(wrong_at_top(repository), IsEmpty()); }

TEST(Tree, StrayAndMissingEntriesAreFound) {
  EXPECT_THAT(wrong_at_top(samples / "top"),
              testing::IsSupersetOf({"notes.txt does not belong at the top", "LICENSE is missing at the top"}));
}

TEST(Tree, NoFileIsLongerThanTheLimit) { EXPECT_THAT(too_long(sources(repository)), IsEmpty()); }

TEST(Tree, LongFilesAreFound) {
  const source_file fits{"fits.cpp", std::string(longest_file, '\n')};
  const source_file long_one{"long.cpp", std::string(longest_file + 1, '\n')};
  EXPECT_THAT(too_long({fits, long_one}), ElementsAre(testing::StartsWith("long.cpp: 501 lines")));
}

TEST(Tree, NothingIsLeftUnfinished) {
  auto files = sources(repository);
  std::erase_if(files, [](const source_file& f) { return f.path == "tests/lint/tree_checks.cpp"; });  // names the words
  EXPECT_THAT(unfinished(files), IsEmpty());
}

TEST(Tree, UnfinishedWorkIsFound) {
  EXPECT_THAT(unfinished(sources(samples / "unfinished")), ElementsAre(testing::StartsWith("half.cpp:3: ")));
}

TEST(Tree, EveryLinkLeadsSomewhere) { EXPECT_THAT(dead_links(repository, read_tree(repository, {".md"})), IsEmpty()); }

TEST(Tree, DeadLinksAreFound) {
  const auto top_of_samples = samples / "links";
  EXPECT_THAT(dead_links(top_of_samples, read_tree(top_of_samples, {".md"})),
              ElementsAre("index.md:5: gone.md leads nowhere", "index.md:6: #no-such-heading leads nowhere"));
}

TEST(Tree, TheProgramOfTheReadmeIsOneThatCompiles) {
  const std::string program = read_file(repository / "tests/package/consumer/hello.cpp");
  EXPECT_THAT(read_file(repository / "README.md"), testing::HasSubstr("```cpp\n" + program + "```\n"));
}

// The first match of `pattern` in a file of the tree.
std::string version_in(const std::string& file, const std::string& pattern) {
  const std::string text = read_file(repository / file);
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) ? found[1].str() : "no version in " + file;
}

TEST(Tree, EveryFileNamesTheSameVersion) {
  const std::string project = version_in("CMakeLists.txt", "project\\(Hull VERSION ([0-9.]+)");
  EXPECT_EQ(version_in("vcpkg.json", "\"version\": \"([0-9.]+)\""), project);
  EXPECT_EQ(version_in("include/hull/version.hpp", "version = \"([0-9.]+)\""), project);
}

}  // namespace
}  // namespace hull::lint
