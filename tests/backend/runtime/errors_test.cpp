// Error texts: names and messages, data of ConvexErrors, frames traced back through source maps.
#include "runtime_fixture.hpp"

#include "runtime/errors.hpp"
#include "runtime/source_map.hpp"

#include <gmock/gmock.h>

namespace hull::backend::runtime::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::pair<const char*, const char*> thrown_values[] = {
    {"new Error('boom')", "Uncaught Error: boom"},
    {"new TypeError('boom')", "Uncaught TypeError: boom"},
    {"new Error()", "Uncaught Error"},
    {"Object.assign(new Error('m'), { name: '' })", "Uncaught m"},
    {"new (class MyError extends Error {})('m')", "Uncaught Error: m"},
    {"'text'", "Uncaught text"},
    {"42", "Uncaught 42"},
    {"undefined", "Uncaught undefined"},
    {"{ a: 1 }", "Uncaught #<Object>"},
    {"{ toString() { throw 1; } }", "Uncaught [object Object]"},
    {"{ get message() { throw 1; } }", "Uncaught #<Object>"},
};

TEST(Errors, HaveNamesAndMessages) {
  for (const auto& [expression, expected] : thrown_values) {
    const run_result r =
        run({module_m("export const f = query(async () => { throw " + std::string(expression) + "; });")});
    ASSERT_TRUE(r.thrown) << expression;
    EXPECT_EQ(r.thrown->message, expected) << expression;
    EXPECT_FALSE(r.thrown->data) << expression;
  }
}

std::string convex_error(const std::string& data) {
  return "export const f = query(async () => { const e = new Error('shown'); e.ConvexErrorSymbol = "
         "Symbol.for('ConvexError'); "
         "e[e.ConvexErrorSymbol] = true; e.name = 'ConvexError'; e.data = " +
         data + "; throw e; });";
}

TEST(Errors, CarryTheDataOfConvexErrors) {
  const run_result r = run({module_m(convex_error(R"('{"code":3,"n":{"$integer":"BQAAAAAAAAA="}}')"))});
  ASSERT_TRUE(r.thrown && r.thrown->data);
  EXPECT_EQ(r.thrown->message, "Uncaught ConvexError: shown");
  EXPECT_EQ(*r.thrown->data, value::make_object({{"code", 3}, {"n", value::int64(5)}}));
  const run_result bad = run({module_m(convex_error("'{'"))});
  EXPECT_EQ(text_of(bad).substr(0, 39), "thrown: ConvexError with invalid data: ");
  EXPECT_FALSE(bad.thrown->data);
}

// The second line of the bundle, columns 2, 8 and 20, come from lines 9, 10 and 4 (from 0) of two sources.
constexpr const char* small_map =
    R"({"version":3,"sources":["../convex/messages.ts","../node_modules/convex/src/server/impl/registration_impl.ts"],)"
    R"("names":[],"mappings":";EASI,MACA,YCNA"})";

TEST(Errors, SourceMapsAreRead) {
  const auto map = source_map::parse(small_map);
  ASSERT_TRUE(map);
  EXPECT_FALSE(map->find(0, 5));
  EXPECT_FALSE(map->find(1, 1));
  EXPECT_FALSE(map->find(2, 0));
  const auto at = map->find(1, 9);
  ASSERT_TRUE(at);
  EXPECT_EQ(at->source, "../convex/messages.ts");
  EXPECT_EQ(at->line, 10u);
  EXPECT_EQ(map->find(1, 2)->line, 9u);
  EXPECT_EQ(map->find(1, 2)->column, 4u);
  EXPECT_EQ(map->find(1, 99)->source, "../node_modules/convex/src/server/impl/registration_impl.ts");
  EXPECT_EQ(map->find(1, 99)->line, 4u);
  for (const char* bad :
       {"", "{}", R"({"version":3,"sources":[],"mappings":"AAAA"})", R"({"version":3,"sources":["a"],"mappings":"!"})",
        R"({"version":2,"sources":["a"],"mappings":""})", R"({"version":3,"sources":["a"],"mappings":"AADAA"})"})
    EXPECT_FALSE(source_map::parse(bad)) << bad;
}

/// A map that sends each of the first `lines` lines to the same line of `source`, column for column 0.
std::string line_map(int lines, const std::string& source) {
  std::string mappings;
  for (int i = 0; i < lines; ++i) mappings += i == 0 ? "AAAA" : ";AACA";
  return R"({"version":3,"sources":[")" + source + R"("],"names":[],"mappings":")" + mappings + "\"}";
}

TEST(Errors, FramesShowTheSources) {
  const auto modules = set_of({
      module_of("m.js",
                helpers +
                    "import { deep } from './_deps/D.js';\nasync function inner() {\n  await null;\n  deep();\n}\n"
                    "export const f = query(async () => { await inner(); });",
                line_map(30, "../convex/m.ts")),
      module_of(
          "_deps/D.js",
          "export class Thing { static make() { throw new Error('deep'); } }\nexport const deep = () => Thing.make();",
          line_map(2, "../convex/d.ts")),
  });
  const run_result r = run({modules});
  ASSERT_TRUE(r.thrown);
  EXPECT_EQ(r.thrown->display,
            "Uncaught Error: deep\n"
            "    at make [as make] (../convex/d.ts:1:1)\n"
            "    at deep (../convex/d.ts:2:1)\n"
            "    at inner (../convex/m.ts:22:1)\n"
            "    at async <anonymous> (../convex/m.ts:24:1)\n"
            "    at async f.<computed> (../convex/m.ts:7:1)\n");
}

TEST(Errors, FramesWithoutASourceMapAreLeftOut) {
  const run_result r = run({module_m("export const f = query(async () => { throw new Error('x'); });")});
  EXPECT_EQ(r.thrown->display, "Uncaught Error: x\n");
}

TEST(Errors, TheStackOfAnErrorIsItsFrames) {
  const auto modules = set_of({module_of("m.js", helpers + "export const f = query(() => new Error('x').stack);",
                                         line_map(30, "../convex/m.ts"))});
  EXPECT_EQ(text_of(run({modules})),
            R"("    at <anonymous> (../convex/m.ts:19:1)\n    at f.<computed> (../convex/m.ts:7:1)\n")");
}

TEST(Errors, PlacesOfSyntaxErrorsAreShown) {
  const run_result r =
      run({set_of({module_of("m.js", "export const f = 1;\nlet x = ];", line_map(3, "../convex/m.ts"))})});
  EXPECT_EQ(r.thrown->display, "Uncaught SyntaxError: Unexpected token ']'\n    at <anonymous> (../convex/m.ts:2:1)\n");
}

// The CLI bundles for the newest engines, so this comes as it was written.
TEST(Errors, NewerSyntaxIsNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"function f() { using x = g(); }", "`using` declarations"},
      {"async function f() { await using x = g(); }", "`using` declarations"},
      {"for (using x of []) {}", "`using` declarations"},
      {"class A { accessor x = 1 }", "`accessor` fields"},
      {"class A { static accessor #x = 1 }", "`accessor` fields"},
      {"@d class A {}", "decorators"},
      {"class A { @d m() {} }", "decorators"},
      {"const r = /[\\p{L}--[a-z]]/v;", "the flag v of regular expressions"},
      {"const r = /a/gv;", "the flag v of regular expressions"},
      {"const r = /(?<y>a)|(?<y>b)/;", "groups of one name in a regular expression"},
      {"const r = /(?i:a)b/;", "modifiers in regular expressions"},
      {"const r = /(?s-im:a)b/;", "modifiers in regular expressions"},
      {"import defer * as x from './a.js';", "`import defer` and `import source`"},
      {"import source x from './a.js';", "`import defer` and `import source`"},
      {"import.source('./a.js');", "`import defer` and `import source`"},
      {"import x from \"./a.json\" with { type: \"json\" };", "import attributes"},
      {"const \u00e4 = '\u00fc\U0001f600'; using x = 1;", "`using` declarations"},
      // Mistakes in any version:
      {"let x = ];", ""},
      {"const using = 1 2;", ""},
      {"myusing x = 1;", ""},
      {"const r = /a/x;", ""},
      {"const r = /a/gg; // v", ""},
      {"const r = /(?a)/;", ""},
      {"import x y from './a.js';", ""},
      {"with (Math) {}", ""},
  };
  for (const auto& [source, what] : cases) {
    SCOPED_TRACE(source);
    const run_result r = run({set_of({module_of("m.js", source, line_map(3, "../convex/m.ts"))})});
    ASSERT_TRUE(r.thrown);
    EXPECT_THAT(r.thrown->display, StartsWith("Uncaught SyntaxError: "));
    EXPECT_THAT(r.thrown->display, EndsWith("\n    at <anonymous> (../convex/m.ts:1:1)\n"));
    const std::string named = ". Functions run in V8 10.2, which does not know " + std::string(what) + ".";
    if (*what == '\0')
      EXPECT_THAT(r.thrown->display, Not(HasSubstr("V8")));
    else
      EXPECT_THAT(r.thrown->display, HasSubstr(named + "\n"));
  }
}

TEST(Errors, FramesArePrintedByTheRules) {
  const auto modules = set_of({module_of("m.js", "", line_map(9, "a.ts")),
                               module_of("lib.js", "", line_map(9, "x/convex/src/server/impl/r.ts"))});
  const std::string place = R"("fileName":"convex:/m.js","lineNumber":2,"columnNumber":1)";
  const std::string library = R"("fileName":"convex:/lib.js","lineNumber":1,"columnNumber":1)";
  const std::pair<std::string, const char*> cases[] = {
      {R"({"functionName":"f",)" + place + "}", "    at f (a.ts:2:1)\n"},
      {R"({"functionName":"f","isAsync":true,)" + place + "}", "    at async f (a.ts:2:1)\n"},
      {R"({"functionName":"A","isConstructor":true,)" + place + "}", "    at new A (a.ts:2:1)\n"},
      {R"({"functionName":null,"typeName":"Object",)" + place + "}", "    at Object.<anonymous> (a.ts:2:1)\n"},
      {R"({"functionName":"x.go","methodName":"go",)" + place + "}", "    at x.go [as go] (a.ts:2:1)\n"},
      {"{" + library + "},{\"functionName\":\"f\"," + place + "},{" + library + "},{\"functionName\":\"g\"," + place +
           "},{" + library + "}",
       "    at f (a.ts:2:1)\n    at <anonymous> (x/convex/src/server/impl/r.ts:1:1)\n    at g (a.ts:2:1)\n"},
      {R"({"functionName":"f","fileName":"hull:console.js","lineNumber":1,"columnNumber":1})", ""},
      {R"({"functionName":"f"})", ""},
  };
  for (const auto& [frames, expected] : cases)
    EXPECT_EQ(format_frames("[" + frames + "]", *modules), expected) << frames;
  EXPECT_EQ(format_frames("nonsense", *modules), "");
}

}  // namespace
}  // namespace hull::backend::runtime::test
