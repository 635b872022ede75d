// Parsing and applying the layer rules; see layer_rules.hpp.
#include "layer_rules.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <stdexcept>

namespace hull::lint {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

const room* room_of(const layer_rules& rules, std::string_view path) {
  for (const room& r : rules.rooms) {
    for (const std::string& pattern : r.files) {
      if (matches(pattern, path)) return &r;
    }
  }
  return nullptr;
}

// The path of our own file that `header` names from `from`, or nothing.
std::string resolve(const layer_rules& rules, const std::set<std::string>& known, const std::string& from,
                    const std::string& header) {
  namespace fs = std::filesystem;
  const std::string beside = (fs::path(from).parent_path() / header).lexically_normal().generic_string();
  if (known.count(beside) != 0) return beside;
  for (const std::string& root : rules.roots) {
    const std::string path = (fs::path(root) / header).lexically_normal().generic_string();
    if (known.count(path) != 0) return path;
  }
  return {};
}

bool is_standard(std::string_view header) {
  return header.find('/') == std::string_view::npos && header.find('.') == std::string_view::npos &&
         std::none_of(header.begin(), header.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool begins_with_one_of(std::string_view header, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& b) { return header.starts_with(b); });
}

std::string at(const source_file& file, int line) { return file.path + ":" + std::to_string(line) + ": "; }

void check_include(const layer_rules& rules, const std::set<std::string>& known, const source_file& file,
                   const room& own, const include_line& inc, std::vector<std::string>& broken) {
  for (const reserved_header& r : rules.reserved) {
    if (!inc.header.starts_with(r.beginning)) continue;
    const bool allowed =
        std::any_of(r.files.begin(), r.files.end(), [&](const std::string& p) { return matches(p, file.path); });
    if (!allowed) broken.push_back(at(file, inc.line) + "<" + inc.header + "> is reserved for other files");
  }
  const std::string target = resolve(rules, known, file.path, inc.header);
  if (target.empty()) {
    if (contains(own.without, "<" + inc.header + ">")) {
      broken.push_back(at(file, inc.line) + "room '" + own.name + "' must do without <" + inc.header + ">");
    } else if (!is_standard(inc.header) && !begins_with_one_of(inc.header, own.uses)) {
      broken.push_back(at(file, inc.line) + "room '" + own.name + "' may not use <" + inc.header + ">");
    }
    return;
  }
  const room* other = room_of(rules, target);
  if (other != nullptr && other != &own && !contains(own.may, other->name)) {
    broken.push_back(at(file, inc.line) + "room '" + own.name + "' may not include '" + inc.header + "' of room '" +
                     other->name + "'");
  }
}

void check_words(const source_file& file, const room& own, std::vector<std::string>& broken) {
  const std::string code = without_comments(file.text);
  int number = 0;
  for (std::string_view line : split_lines(code)) {
    ++number;
    for (const std::string& word : own.without) {
      if (!word.starts_with('<') && line.find(word) != std::string_view::npos) {
        broken.push_back(at(file, number) + "room '" + own.name + "' must do without " + word);
      }
    }
  }
}

void check_names(const layer_rules& rules) {
  std::set<std::string> names;
  for (const room& r : rules.rooms) {
    if (!names.insert(r.name).second) throw std::runtime_error("layers: room '" + r.name + "' is there twice");
  }
  for (const room& r : rules.rooms) {
    for (const std::string& other : r.may) {
      if (names.count(other) == 0)
        throw std::runtime_error("layers: room '" + r.name + "' names '" + other + "', which is no room");
    }
  }
}

}  // namespace

bool matches(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) return path.empty();
  if (pattern == "/") return !path.empty() && path.front() == '/';
  if (pattern.front() == '*') {
    for (std::size_t n = 0;; ++n) {
      if (matches(pattern.substr(1), path.substr(n))) return true;
      if (n == path.size() || path[n] == '/') return false;
    }
  }
  return !path.empty() && pattern.front() == path.front() && matches(pattern.substr(1), path.substr(1));
}

layer_rules parse_layer_rules(std::string_view text) {
  layer_rules rules;
  int number = 0;
  for (std::string_view raw : split_lines(text)) {
    ++number;
    std::istringstream words{std::string(raw.substr(0, raw.find('#')))};
    std::string key, word;
    if (!(words >> key)) continue;
    std::vector<std::string> rest;
    while (words >> word) rest.push_back(word);
    const auto append = [&](std::vector<std::string>& to) { to.insert(to.end(), rest.begin(), rest.end()); };

    if (key == "roots")
      append(rules.roots);
    else if (key == "covered")
      append(rules.covered);
    else if (key == "room" && rest.size() == 1)
      rules.rooms.push_back({rest[0], {}, {}, {}, {}});
    else if (key == "reserved" && rest.size() > 1)
      rules.reserved.push_back({rest[0], {rest.begin() + 1, rest.end()}});
    else if (key == "files" && !rules.rooms.empty())
      append(rules.rooms.back().files);
    else if (key == "may" && !rules.rooms.empty())
      append(rules.rooms.back().may);
    else if (key == "uses" && !rules.rooms.empty())
      append(rules.rooms.back().uses);
    else if (key == "without" && !rules.rooms.empty())
      append(rules.rooms.back().without);
    else
      throw std::runtime_error("layers: line " + std::to_string(number) + " is not understood: " + std::string(raw));
  }
  check_names(rules);
  return rules;
}

std::vector<std::string> broken_rules(const layer_rules& rules, const std::vector<source_file>& files) {
  std::set<std::string> known;
  for (const source_file& file : files) known.insert(file.path);

  std::vector<std::string> broken;
  for (const source_file& file : files) {
    const room* own = room_of(rules, file.path);
    if (own == nullptr) {
      if (begins_with_one_of(file.path, rules.covered)) broken.push_back(file.path + ": belongs to no room");
      continue;
    }
    for (const include_line& inc : find_includes(file.text)) check_include(rules, known, file, *own, inc, broken);
    check_words(file, *own, broken);
  }
  return broken;
}

}  // namespace hull::lint
