// Log lines: how values are written, and the limits on lines.
#include "runtime_fixture.hpp"

#include "runtime/function_log.hpp"

namespace hull::backend::runtime::test {
namespace {

std::string logged(const std::string& call) {
  const run_result r = run({module_m("export const f = query(() => { " + call + "; });")});
  if (!r.value_json) return text_of(r);
  std::string out;
  for (const log_line& l : r.log_lines) out += (out.empty() ? "" : "|") + l.to_text();
  return out;
}

const std::pair<const char*, const char*> printed[] = {
    {R"("it's\n\x01")", R"('it\'s\n\x01')"},
    {"undefined", "undefined"},
    {"-0", "-0"},
    {"10n", "10n"},
    {"null, true, NaN", "null true NaN"},
    {"Symbol('s')", "Symbol(s)"},
    {"'%s', 1", "'%s' 1"},
    {"{}", "{}"},
    {"{ a: 1, 'b-c': [1, 2] }", "{\n  a: 1,\n  'b-c': [ 1, 2 ]\n}"},
    {"[1, [2, 3]]", "[ 1, [ 2, 3 ] ]"},
    {"[{ a: 1 }]", "[\n  {\n    a: 1\n  }\n]"},
    {"[, 1]", "[ , 1 ]"},
    {"new (class Foo { a = 1 })()", "Foo {\n  a: 1\n}"},
    {"Object.create(null)", "[Object: null prototype] {}"},
    {"(() => { const c = {}; c.me = c; return c; })()", "{\n  me: [Circular]\n}"},
    {"new Error('boom')", "[Error: boom]"},
    {"Object.assign(new TypeError('x'), { code: 5 })", "{ [TypeError: x] code: 5 }"},
    {"new Error('c', { cause: 'z' })", "{ [Error: c] [cause]: 'z' }"},
    {"function named() {}", "[Function: named]"},
    {"/re/g", "/re/g"},
    {"new Date(0)", "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"},
    {"new Map([['a', 1], [{ b: 1 }, { c: 2 }]])", "Map (2) {\n  'a' => 1,\n  { b: 1 } => {\n    c: 2\n  }\n}"},
    {"new Set([1, 'b'])", "Set (2) {\n  1,\n  'b'\n}"},
    {"new Set()", "Set (0) {}"},
    {"new WeakMap()", "WeakMap { ? }"},
    {"Object('s')", "Object('s')"},
    {"new Uint8Array([7])", "Uint8Array [Uint8Array] {\n  0: 7\n}"},
    {"Promise.resolve(1)", "Promise [Promise] {}"},
    {"{ inspect: () => 'CUSTOM' }", "CUSTOM"},
    {"{ a: { b: { c: { d: { e: {} } } } } }",
     "{\n  a: {\n    b: {\n      c: {\n        d: {\n          e: [Object]\n        }\n      }\n    }\n  }\n}"},
    {"{ [Symbol('k')]: 2 }", "{\n  [Symbol(k)]: 2\n}"},
    {"new URL('http://h/p')", "URL { 'http://h/p' }"},
};

TEST(Console, PrintsValues) {
  for (const auto& [expression, expected] : printed)
    EXPECT_EQ(logged("console.log(" + std::string(expression) + ")"), "[LOG] " + std::string(expected)) << expression;
}

TEST(Console, HasLevelsAndOnlyTheKnownMethods) {
  EXPECT_EQ(logged("console.debug(1), console.error(2), console.info(3), console.warn(4)"),
            "[DEBUG] 1|[ERROR] 2|[INFO] 3|[WARN] 4");
  EXPECT_EQ(logged("const { log } = console; log('free')"), "[LOG] 'free'");
  EXPECT_EQ(logged("console.table([])"), "thrown: Uncaught TypeError: console.table is not a function");
  EXPECT_EQ(logged("console.timeEnd('t')"), "[WARN] Timer 't' does not exist");
  EXPECT_EQ(logged("console.time('t'), console.time('t')"), "[WARN] Timer 't' already exists");
  EXPECT_EQ(logged("console.time('t'), console.timeEnd('t')").substr(0, 10), "[INFO] t: ");
}

TEST(Console, CutsLongLines) {
  const log_line whole = make_log_line("LOG", {std::string(32768, 'x')}, 0);
  EXPECT_FALSE(whole.truncated);
  const log_line cut = make_log_line("LOG", {std::string(32766, 'x'), "\xC3\xA4", "gone"}, 0);
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.messages.size(), 2u);
  EXPECT_EQ(cut.messages[1], "");  // a character is not cut in two
  EXPECT_EQ(make_log_line("LOG", {"a"}, 0).to_text(), "[LOG] a");
  EXPECT_EQ(cut.to_text().substr(32770), "xx  (truncated due to length)");
  EXPECT_EQ(logged("console.log('y'.repeat(40000))").size(),
            std::string("[LOG] ").size() + 32768 + std::string(" (truncated due to length)").size());
}

TEST(Console, TheLastLineSaysThatTheRestIsOmitted) {
  const run_result r =
      run({module_m("export const f = query(() => { for (let i = 0; i < 300; ++i) console.log(i); return 1; });")});
  EXPECT_EQ(text_of(r), "1");
  ASSERT_EQ(r.log_lines.size(), 256u);
  EXPECT_EQ(r.log_lines[254].to_text(), "[LOG] 254");
  EXPECT_EQ(r.log_lines[255].to_text(), "[ERROR] Log overflow (maximum 256). Remaining log lines omitted.");
}

}  // namespace
}  // namespace hull::backend::runtime::test
