// The rules of docs/design/layers.txt, and what in a tree breaks them.
#pragma once

#include "source_tree.hpp"

#include <string>
#include <vector>

namespace hull::lint {

struct room {
  std::string name;
  std::vector<std::string> files;    ///< "folder/" or a path with '*'; the first room that matches a file owns it.
  std::vector<std::string> may;      ///< Rooms whose headers it may include, besides its own.
  std::vector<std::string> uses;     ///< Beginnings of outside headers it may include, besides the standard library's.
  std::vector<std::string> without;  ///< Text that must not occur in its code.
};

/// A header that only some files may include, whatever their room allows.
struct reserved_header {
  std::string beginning;
  std::vector<std::string> files;
};

struct layer_rules {
  std::vector<std::string> roots;    ///< Folders from which own headers are named.
  std::vector<std::string> covered;  ///< Folders in which every file must belong to a room.
  std::vector<room> rooms;
  std::vector<reserved_header> reserved;
};

/// Throws std::runtime_error with the line for anything it does not understand.
layer_rules parse_layer_rules(std::string_view text);

/// One line for each thing that breaks a rule: "path:line: what".
std::vector<std::string> broken_rules(const layer_rules& rules, const std::vector<source_file>& files);

/// '*' stands for any run of characters but '/'; a pattern that ends in '/' also matches everything below.
bool matches(std::string_view pattern, std::string_view path);

}  // namespace hull::lint
