// Walking the tree and cutting text; see source_tree.hpp.
#include "source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace hull::lint {
namespace fs = std::filesystem;
namespace {

bool is_left_out(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "build" || name == "node_modules" || name == "broken" || name == "_generated" || name.starts_with('.');
}

bool ends_in_one_of(const std::string& name, const std::vector<std::string>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](const std::string& e) { return name.ends_with(e); });
}

}  // namespace

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<source_file> read_tree(const fs::path& top, const std::vector<std::string>& endings) {
  std::vector<source_file> files;
  for (auto it = fs::recursive_directory_iterator(top); it != fs::recursive_directory_iterator(); ++it) {
    if (it->is_directory()) {
      if (is_left_out(it->path())) it.disable_recursion_pending();
    } else if (ends_in_one_of(it->path().filename().string(), endings)) {
      files.push_back({fs::relative(it->path(), top).generic_string(), read_file(it->path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::vector<include_line> find_includes(std::string_view text) {
  std::vector<include_line> found;
  int number = 0;
  for (std::string_view line : split_lines(text)) {
    ++number;
    const std::size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string_view::npos || line[hash] != '#') continue;
    const std::size_t word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string_view::npos || !line.substr(word).starts_with("include")) continue;
    const std::size_t open = line.find_first_of("<\"", word);
    if (open == std::string_view::npos) continue;
    const std::size_t close = line.find(line[open] == '<' ? '>' : '"', open + 1);
    if (close != std::string_view::npos)
      found.push_back({number, std::string(line.substr(open + 1, close - open - 1))});
  }
  return found;
}

std::string without_comments(std::string_view text) {
  std::string out(text);
  enum { code, line_comment, block_comment, in_string } state = code;
  char quote = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = out[i];
    const char next = i + 1 < out.size() ? out[i + 1] : '\0';
    if (state == code) {
      const bool digit_separator = c == '\'' && i > 0 && std::isxdigit(static_cast<unsigned char>(out[i - 1])) != 0;
      if (c == '/' && next == '/')
        state = line_comment;
      else if (c == '/' && next == '*')
        state = block_comment;
      else if ((c == '"' || c == '\'') && !digit_separator)
        state = in_string, quote = c;
    } else if (state == in_string) {
      if (c == '\\')
        ++i;
      else if (c == quote || c == '\n')
        state = code;
      continue;
    } else if (state == line_comment && c == '\n') {
      state = code;
    } else if (state == block_comment && c == '*' && next == '/') {
      out[i] = out[i + 1] = ' ';
      state = code;
    }
    if ((state == line_comment || state == block_comment) && out[i] != '\n') out[i] = ' ';
  }
  return out;
}

}  // namespace hull::lint
