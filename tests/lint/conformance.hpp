// The table that maps the cases of the protocol to the tests that prove them, made from the names of the tests.
#pragma once

#include "source_tree.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hull::lint {

struct conformance_case {
  std::string id;  ///< "T12"
  std::string title;
};

struct conformance_section {
  std::string title;
  std::vector<conformance_case> cases;
};

/// Reads tests/protocol/conformance_cases.txt. Throws std::runtime_error with the line for what it does not
/// understand, and for an id that comes twice.
std::vector<conformance_section> parse_conformance_cases(std::string_view text);

struct named_test {
  std::string file;
  std::string name;  ///< "suite.test"
  friend bool operator==(const named_test&, const named_test&) = default;
};

/// The ids at the beginning of a test's name: "T90_T91_on_top" has two, "T94_to_T96_by_position" three.
std::vector<std::string> ids_of(std::string_view test_name);

/// Tests by the id of the case: TEST, TEST_F and TEST_P of C++, test("...") of node:test, test_...() of QML. Those
/// that can skip themselves or are disabled do not count.
std::map<std::string, std::vector<named_test>> tests_by_case(const std::vector<source_file>& sources);

/// Lines that say which cases have no test, and which tests name a case that is none.
std::vector<std::string> conformance_gaps(const std::vector<conformance_section>& sections,
                                          const std::map<std::string, std::vector<named_test>>& tests);

/// The document, in Markdown, for docs/reference/.
std::string conformance_document(const std::vector<conformance_section>& sections,
                                 const std::map<std::string, std::vector<named_test>>& tests);

/// The document as it has to be for the tree at `top`.
std::string conformance_document_of(const std::filesystem::path& top);

inline constexpr std::string_view conformance_cases_file = "tests/protocol/conformance_cases.txt";
inline constexpr std::string_view conformance_document_file = "docs/reference/conformance.md";

}  // namespace hull::lint
