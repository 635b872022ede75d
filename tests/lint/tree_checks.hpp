// Checks on the tree as a whole: what may stand at the top, how long a file may be, words that say "unfinished",
// and links between documents. Each gives one line for each thing that is wrong.
#pragma once

#include "source_tree.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hull::lint {

/// Entries at the top of the repository beyond the agreed ones, or agreed ones that are missing.
std::vector<std::string> wrong_at_top(const std::filesystem::path& top);

inline constexpr int longest_file = 500;
std::vector<std::string> too_long(const std::vector<source_file>& files);

std::vector<std::string> unfinished(const std::vector<source_file>& files);

/// Relative links of Markdown files that lead nowhere: to no file, or to no heading of it.
std::vector<std::string> dead_links(const std::filesystem::path& top, const std::vector<source_file>& markdown);

}  // namespace hull::lint
