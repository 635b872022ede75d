// See conformance.hpp.
#include "conformance.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <stdexcept>

namespace hull::lint {
namespace {

/// "T12" at `from`; empty when there is none.
std::string_view id_at(std::string_view name, std::size_t from) {
  if (from >= name.size() || (name[from] != 'T' && name[from] != 'N' && name[from] != 'R')) return {};
  std::size_t end = from + 1;
  while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end])) != 0) ++end;
  if (end == from + 1) return {};
  if (end < name.size() && name[end] != '_' && name[end] != ' ') return {};
  return name.substr(from, end - from);
}

int number_of(std::string_view id) { return std::stoi(std::string(id.substr(1))); }

struct pattern {
  std::string_view ending;
  std::regex regex;
  int suite;  ///< Group; 0: the file's name stands for it.
  int name;
  int is_off;  ///< Group that is not empty when the test does not run; 0: none.
};

const std::vector<pattern>& patterns() {
  static const std::vector<pattern> all{
      {".cpp", std::regex(R"((?:^|\n)TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\))"), 1, 2, 0},
      {".mjs", std::regex(R"((?:^|\n)\s*test(\.skip|\.todo)?\(\s*["'`]([^"'`]+)["'`])"), 0, 2, 1},
      {".qml", std::regex(R"(\n\s*function test_(\w+)\()"), 0, 1, 0},
  };
  return all;
}

bool can_skip(std::string_view body) {
  for (const char* word : {"GTEST_SKIP", ".skip(", " skip("})
    if (body.find(word) != std::string_view::npos) return true;
  return false;
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).stem().string(); }

std::string in_table(std::string text) { return std::regex_replace(text, std::regex("[|<>]"), "\\$&"); }

}  // namespace

std::vector<conformance_section> parse_conformance_cases(std::string_view text) {
  std::vector<conformance_section> sections;
  std::set<std::string> ids;
  int number = 0;
  for (const std::string_view line : split_lines(text)) {
    ++number;
    const auto fail = [&](const char* what) {
      throw std::runtime_error(std::string(conformance_cases_file) + ":" + std::to_string(number) + ": " + what);
    };
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("== ")) {
      sections.push_back({std::string(line.substr(3)), {}});
      continue;
    }
    const std::string_view id = id_at(line, 0);
    if (id.empty() || line.size() < id.size() + 2 || line[id.size()] != ' ') fail("neither a case nor a section");
    if (sections.empty()) fail("a case before the first section");
    if (!ids.emplace(id).second) fail("this id is there already");
    sections.back().cases.push_back({std::string(id), std::string(line.substr(id.size() + 1))});
  }
  return sections;
}

std::vector<std::string> ids_of(std::string_view name) {
  std::vector<std::string> ids;
  for (std::size_t at = 0;;) {
    const std::string_view id = id_at(name, at);
    if (id.empty()) return ids;
    ids.emplace_back(id);
    at += id.size() + 1;
    if (at >= name.size() || !name.substr(at).starts_with("to_")) continue;
    const std::string_view last = id_at(name, at + 3);
    if (last.empty() || last.front() != id.front()) return ids;
    for (int n = number_of(id) + 1; n <= number_of(last); ++n) ids.push_back(id.front() + std::to_string(n));
    at += 3 + last.size() + 1;
  }
}

std::map<std::string, std::vector<named_test>> tests_by_case(const std::vector<source_file>& sources) {
  std::map<std::string, std::vector<named_test>> found;
  for (const source_file& file : sources) {
    for (const pattern& p : patterns()) {
      if (!file.path.ends_with(p.ending)) continue;
      const std::string text = without_comments(file.text);
      const std::vector<std::smatch> tests(std::sregex_iterator(text.begin(), text.end(), p.regex), {});
      for (std::size_t i = 0; i < tests.size(); ++i) {
        const std::string suite = p.suite == 0 ? file_name(file.path) : tests[i][p.suite].str();
        const auto begin = static_cast<std::size_t>(tests[i].position(0) + tests[i].length(0));
        const auto end = i + 1 < tests.size() ? static_cast<std::size_t>(tests[i + 1].position(0)) : text.size();
        const bool is_off = p.is_off != 0 && tests[i].length(p.is_off) != 0;
        if (is_off || suite.starts_with("DISABLED_") || can_skip(std::string_view(text).substr(begin, end - begin)))
          continue;
        const std::string name = tests[i][p.name].str();
        for (const std::string& id : ids_of(name)) found[id].push_back({file.path, suite + "." + name});
      }
    }
  }
  return found;
}

std::vector<std::string> conformance_gaps(const std::vector<conformance_section>& sections,
                                          const std::map<std::string, std::vector<named_test>>& tests) {
  std::vector<std::string> gaps;
  std::set<std::string> known;
  for (const auto& section : sections) {
    for (const auto& c : section.cases) {
      known.insert(c.id);
      if (tests.count(c.id) == 0) gaps.push_back(c.id + " has no test: " + c.title);
    }
  }
  for (const auto& [id, named] : tests)
    if (known.count(id) == 0)
      gaps.push_back(named.front().file + ": " + named.front().name + " is for " + id + ", which is no case");
  return gaps;
}

std::string conformance_document(const std::vector<conformance_section>& sections,
                                 const std::map<std::string, std::vector<named_test>>& tests) {
  std::string out =
      "# Conformance\n\n"
      "What a client for the sync protocol has to do, case by case, and the tests that prove it here. A case that is\n"
      "about React or JavaScript in the npm client is proved for what takes its place in this client.\n\n"
      "This page is made from the names of the tests and "
      "[the list of cases](../../tests/protocol/conformance_cases.txt)\nby `./dev conformance`; a test fails when it "
      "is not what would be made.\n";
  for (const auto& section : sections) {
    out += "\n## " + section.title + "\n\n| Case | What | Tests |\n|---|---|---|\n";
    for (const auto& c : section.cases) {
      out += "| " + c.id + " | " + in_table(c.title) + " |";
      const auto at = tests.find(c.id);
      if (at == tests.end()) {
        out += " none yet";
      } else {
        auto named = at->second;
        std::sort(named.begin(), named.end(),
                  [](const auto& a, const auto& b) { return std::tie(a.file, a.name) < std::tie(b.file, b.name); });
        for (std::size_t i = 0; i < named.size(); ++i)
          out += std::string(i == 0 ? " " : "<br>") + "[" + in_table(named[i].name) + "](../../" + named[i].file + ")";
      }
      out += " |\n";
    }
  }
  return out;
}

std::string conformance_document_of(const std::filesystem::path& top) {
  const auto sections = parse_conformance_cases(read_file(top / conformance_cases_file));
  auto tests = read_tree(top / "tests", {".cpp", ".mjs", ".qml"});
  for (auto& file : tests) file.path = "tests/" + file.path;
  return conformance_document(sections, tests_by_case(tests));
}

}  // namespace hull::lint
