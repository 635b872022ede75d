// See tree_checks.hpp.
#include "tree_checks.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

namespace hull::lint {
namespace fs = std::filesystem;
namespace {

const std::set<std::string> belongs_at_top{
    "CMakeLists.txt", "include",       "qt",         "server-mock", "reference-backend", "examples",
    "tests",          "docs",          "README.md",  "LICENSE",     "CMakePresets.json", ".clang-format",
    ".clang-tidy",    ".editorconfig", ".gitignore", ".ci",         "vcpkg.json",        "dev"};
// What git, builds and editors leave there; .gitignore names them.
const std::set<std::string> left_by_tools{
    ".git", "build", ".cache", ".vscode", ".idea", "compile_commands.json", "CMakeUserPresets.json"};

// GitHub's name for a heading: small letters, digits, '-' and '_' of its text; blanks become '-'.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || c == '-' || c == '_' || u >= 0x80)
      anchor += static_cast<char>(std::tolower(u));
    else if (c == ' ')
      anchor += '-';
  }
  return anchor;
}

std::set<std::string> anchors_of(std::string_view markdown) {
  std::set<std::string> anchors;
  bool fenced = false;
  for (std::string_view line : split_lines(markdown)) {
    if (line.starts_with("```")) fenced = !fenced;
    if (fenced || !line.starts_with('#')) continue;
    const std::size_t text = line.find_first_not_of("# ");
    if (text != std::string_view::npos) anchors.insert(anchor_of(line.substr(text)));
  }
  return anchors;
}

bool has_word(std::string_view line, std::string_view word) {
  const auto is_part = [&](std::size_t at) {
    return at < line.size() && (std::isalnum(static_cast<unsigned char>(line[at])) != 0 || line[at] == '_');
  };
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    if ((at == 0 || !is_part(at - 1)) && !is_part(at + word.size())) return true;
  }
  return false;
}

bool leads_outside(const std::string& link) {
  return link.find("://") != std::string::npos || link.starts_with("mailto:");
}

bool leads_somewhere(const fs::path& top, const source_file& from, const std::string& link) {
  const std::size_t hash = link.find('#');
  const std::string name = link.substr(0, hash);
  const fs::path target = name.empty() ? top / from.path : top / fs::path(from.path).parent_path() / name;
  if (!fs::exists(target)) return false;
  if (hash == std::string::npos || target.extension() != ".md") return true;
  return anchors_of(read_file(target)).count(link.substr(hash + 1)) != 0;
}

}  // namespace

std::vector<std::string> wrong_at_top(const fs::path& top) {
  std::vector<std::string> wrong;
  for (const auto& entry : fs::directory_iterator(top)) {
    const std::string name = entry.path().filename().string();
    if (belongs_at_top.count(name) + left_by_tools.count(name) == 0)
      wrong.push_back(name + " does not belong at the top");
  }
  for (const std::string& name : belongs_at_top) {
    if (!fs::exists(top / name)) wrong.push_back(name + " is missing at the top");
  }
  std::sort(wrong.begin(), wrong.end());
  return wrong;
}

std::vector<std::string> too_long(const std::vector<source_file>& files) {
  std::vector<std::string> wrong;
  for (const source_file& file : files) {
    const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
    if (lines > longest_file)
      wrong.push_back(file.path + ": " + std::to_string(lines) + " lines; cut it where it has two jobs");
  }
  return wrong;
}

std::vector<std::string> unfinished(const std::vector<source_file>& files) {
  std::vector<std::string> wrong;
  for (const source_file& file : files) {
    int number = 0;
    for (std::string_view line : split_lines(file.text)) {
      ++number;
      for (const char* word : {"TODO", "FIXME", "XXX", "HACK"}) {
        if (has_word(line, word)) wrong.push_back(file.path + ":" + std::to_string(number) + ": " + word);
      }
    }
  }
  return wrong;
}

std::vector<std::string> dead_links(const fs::path& top, const std::vector<source_file>& markdown) {
  static const std::regex link("\\]\\(([^)\\s]+)\\)");
  std::vector<std::string> wrong;
  for (const source_file& file : markdown) {
    int number = 0;
    bool fenced = false;
    for (std::string_view view : split_lines(file.text)) {
      ++number;
      const std::string line(view);
      if (line.starts_with("```")) fenced = !fenced;
      if (fenced) continue;
      for (std::sregex_iterator it(line.begin(), line.end(), link); it != std::sregex_iterator(); ++it) {
        const std::string to = (*it)[1];
        if (!leads_outside(to) && !leads_somewhere(top, file, to)) {
          wrong.push_back(file.path + ":" + std::to_string(number) + ": " + to + " leads nowhere");
        }
      }
    }
  }
  return wrong;
}

}  // namespace hull::lint
