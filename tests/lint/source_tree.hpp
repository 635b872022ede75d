// Reads a source tree the way the lint tests look at it: files by their path from the top, text, lines, includes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hull::lint {

/// The top of this repository.
inline const std::filesystem::path repository = HULL_TOP;

struct source_file {
  std::string path;  ///< From the top of the tree, with '/'.
  std::string text;
};

struct include_line {
  int line = 0;
  std::string header;  ///< What stands between the quotes or the angle brackets.
};

/// Every file below `top` whose name ends in one of `endings`, sorted by path. Leaves out build trees, npm packages,
/// hidden folders, and the samples of these tests.
std::vector<source_file> read_tree(const std::filesystem::path& top, const std::vector<std::string>& endings);

std::vector<std::string_view> split_lines(std::string_view text);
std::vector<include_line> find_includes(std::string_view text);

/// The text with every comment turned into blanks; line numbers stay. Good enough for C++, QML and JavaScript.
std::string without_comments(std::string_view text);

std::string read_file(const std::filesystem::path& file);

}  // namespace hull::lint
