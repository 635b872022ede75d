// The table of cases is what the tests say, and what makes it finds every kind of test.
#include "conformance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hull::lint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Conformance, TheDocumentIsWhatTheTestsSay) {
  EXPECT_EQ(read_file(repository / conformance_document_file), conformance_document_of(repository))
      << "'./dev conformance' makes it anew";
}

TEST(Conformance, EveryCaseHasATest) {
  auto tests = read_tree(repository / "tests", {".cpp", ".mjs", ".qml"});
  EXPECT_THAT(conformance_gaps(parse_conformance_cases(read_file(repository / conformance_cases_file)),
                               tests_by_case(tests)),
              IsEmpty());
}

TEST(Conformance, TheListHasEveryCase) {
  const auto sections = parse_conformance_cases(read_file(repository / conformance_cases_file));
  ASSERT_EQ(sections.size(), 3u);
  for (const auto& [section, letter, count] :
       {std::tuple(0, 'T', 112), std::tuple(1, 'N', 18), std::tuple(2, 'R', 11)}) {
    const auto& cases = sections[static_cast<std::size_t>(section)].cases;
    ASSERT_EQ(cases.size(), static_cast<std::size_t>(count));
    for (int n = 1; n <= count; ++n) EXPECT_EQ(cases[static_cast<std::size_t>(n - 1)].id, letter + std::to_string(n));
  }
}

TEST(Conformance, NamesOfTestsNameCases) {
  EXPECT_THAT(ids_of("T87_load_more"), ElementsAre("T87"));
  EXPECT_THAT(ids_of("T90_T91_on_top"), ElementsAre("T90", "T91"));
  EXPECT_THAT(ids_of("T9_to_T11_by_position"), ElementsAre("T9", "T10", "T11"));
  EXPECT_THAT(ids_of("T1_to_T2_N3_R4_x"), ElementsAre("T1", "T2", "N3", "R4"));
  EXPECT_THAT(ids_of("T12 said in words"), ElementsAre("T12"));
  EXPECT_THAT(ids_of("T12"), ElementsAre("T12"));
  for (const char* none : {"loads_T87", "T_87", "T87x_y", "Tokens_are_sent", "DISABLED_T1_x", ""})
    EXPECT_THAT(ids_of(none), IsEmpty()) << none;
}

TEST(Conformance, TestsOfEveryKindAreFoundAndThoseThatCanSkipAreNot) {
  const auto found = tests_by_case({
      {"tests/a_test.cpp",
       "TEST(suite, T1_a) {\n}\nTEST_F(fixture,\n       T2_b) {}\nTEST_P(table, T3_c) {}\n"
       "// TEST(gone, T4_d) {}\nTEST(lazy, T5_e) {\n  if (x) GTEST_SKIP();\n}\nTEST(suite, T6_f) {}\n"
       "TEST(DISABLED_suite, T7_g) {}\nTEST(suite, DISABLED_T8_h) {}\n"},
      {"tests/b.test.mjs",
       "test(\"T9 in node\", () => {});\ntest.skip(\"T10 not now\", () => {});\ntest(\"other\", () => {});\n"},
      {"tests/tst_c.qml",
       "TestCase {\n  function test_T11_in_qml() {}\n  function test_T12_skips() { skip(\"\") }\n}\n"},
      {"tests/notes.md", "TEST(suite, T13_no_code) {}\n"},
  });
  const std::map<std::string, std::vector<named_test>> expected{
      {"T1", {{"tests/a_test.cpp", "suite.T1_a"}}},        {"T2", {{"tests/a_test.cpp", "fixture.T2_b"}}},
      {"T3", {{"tests/a_test.cpp", "table.T3_c"}}},        {"T6", {{"tests/a_test.cpp", "suite.T6_f"}}},
      {"T9", {{"tests/b.test.mjs", "b.test.T9 in node"}}}, {"T11", {{"tests/tst_c.qml", "tst_c.T11_in_qml"}}}};
  EXPECT_EQ(found, expected);
}

TEST(Conformance, GapsAreFound) {
  const std::vector<conformance_section> sections{{"S", {{"T1", "one"}, {"T2", "two"}}}};
  EXPECT_THAT(conformance_gaps(sections, {{"T1", {{"f", "s.T1"}}}, {"T3", {{"g", "s.T3"}}}}),
              ElementsAre("T2 has no test: two", "g: s.T3 is for T3, which is no case"));
  EXPECT_THAT(conformance_gaps(sections, {{"T1", {{"f", "s.T1"}}}, {"T2", {{"f", "s.T2"}}}}), IsEmpty());
}

TEST(Conformance, AListThatIsWrongIsRefusedWithTheLine) {
  for (const auto& [text, why] :
       {std::pair("T1 one\n", ":1: a case before"), std::pair("== S\nT1 one\n\nT1 two\n", ":4: this id"),
        std::pair("== S\nnothing\n", ":2: neither"), std::pair("== S\nT1\n", ":2: neither")}) {
    try {
      parse_conformance_cases(text);
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr(why));
    }
  }
}

TEST(Conformance, TheDocumentSaysWhatIsMissing) {
  const std::string text = conformance_document({{"S", {{"T1", "a | b"}, {"T2", "two"}}}},
                                                {{"T1", {{"tests/b.cpp", "s.T1_y"}, {"tests/a.cpp", "s.T1_x"}}}});
  EXPECT_THAT(
      text,
      testing::HasSubstr(
          "| T1 | a \\| b | [s.T1_x](../../tests/a.cpp)<br>[s.T1_y](../../tests/b.cpp) |\n| T2 | two | none yet |\n"));
}

}  // namespace
}  // namespace hull::lint
