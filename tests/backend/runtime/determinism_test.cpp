// Time and randomness of an execution, and the globals that must not be there.
#include "runtime_fixture.hpp"

#include "runtime/chacha.hpp"

namespace hull::backend::runtime::test {
namespace {

TEST(Determinism, TimeStandsStillInQueriesAndMutations) {
  EXPECT_EQ(evaluated("[Date.now(), new Date().getTime(), Date.now() === Date.now()]"),
            "[1650000000123,1650000000123,true]");
  EXPECT_EQ(evaluated("Date()"), "\"Fri Apr 15 2022 05:20:00 GMT+0000 (Coordinated Universal Time)\"");
  EXPECT_EQ(evaluated("new Intl.DateTimeFormat('en').format()"), "\"4/15/2022\"");
  EXPECT_EQ(evaluated("new Date(2020, 0, 1).toISOString()"), "\"2020-01-01T00:00:00.000Z\"");
  EXPECT_EQ(evaluated("[performance.now(), performance.timeOrigin]"), "[50000000123.7,1600000000000]");
}

TEST(Determinism, ActionsSeeTheClock) {
  the_clock().wall = 1'700'000'000'123'456'789;
  EXPECT_EQ(evaluated("Date.now()", function_kind::action), "1700000000123");
}

TEST(Determinism, ModulesAreImportedAtTheTimeAndWithTheSeedOfTheirPush) {
  const auto modules =
      module_m("const at = Date.now(); const r = Math.random(); export const f = query(() => [at, r]);");
  const run_result a = run({modules, "f", function_kind::query, "[]", "m.js", 1});
  const run_result b = run({modules, "f", function_kind::query, "[]", "m.js", 2});
  EXPECT_EQ(text_of(a), text_of(b));
  EXPECT_EQ(text_of(a).substr(0, 15), "[1600000000000,");
  EXPECT_FALSE(a.observed_time);
  EXPECT_FALSE(a.observed_random);
}

TEST(Determinism, NumbersFollowFromTheSeed) {
  const auto modules = module_m("export const f = query(() => [Math.random(), Math.random(), crypto.randomUUID()]);");
  const run_result a = run({modules});
  EXPECT_EQ(text_of(a), text_of(run({modules})));
  EXPECT_NE(text_of(a), text_of(run({modules, "f", function_kind::query, "[]", "m.js", 8})));
  EXPECT_TRUE(a.observed_random);
  EXPECT_FALSE(a.observed_time);
  EXPECT_TRUE(run({module_m("export const f = query(() => Date.now());")}).observed_time);
  EXPECT_FALSE(run({module_m("export const f = query(() => new Date(5));")}).observed_time);
}

TEST(Determinism, UuidsAreOfVersionFour) {
  EXPECT_EQ(
      evaluated("/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())"),
      "true");
  EXPECT_EQ(evaluated("crypto.getRandomValues(new Uint8Array(4)).length"), "4");
  EXPECT_EQ(evaluated("crypto.getRandomValues(new Uint8Array(65537))").substr(0, 36),
            "thrown: Uncaught QuotaExceededError:");
}

TEST(Determinism, ChachaGivesTheKnownStream) {
  // ChaCha12, key and nonce zero: the first block of the eSTREAM test vectors.
  chacha12 r{seed{}};
  std::array<std::uint8_t, 8> bytes{};
  r.fill(bytes);
  const std::array<std::uint8_t, 8> expected{0x9b, 0xf4, 0x9a, 0x6a, 0x07, 0x55, 0xf9, 0x53};
  EXPECT_EQ(bytes, expected);
  chacha12 numbers{seed{}};
  for (int i = 0; i < 1000; ++i) {
    const double d = numbers.next_double();
    ASSERT_TRUE(d >= 0 && d < 1);
  }
}

TEST(Determinism, CollectionOfGarbageIsHidden) {
  EXPECT_EQ(evaluated("[new WeakRef({ a: 1 }).deref().a, typeof new FinalizationRegistry(() => {}).register]"),
            "[1,\"function\"]");
}

TEST(Determinism, AbsentGlobalsAreAbsent) {
  EXPECT_EQ(
      evaluated("['window','document','navigator','Buffer','require','module','global','setImmediate','queueMicrotask',"
                "'MessageChannel','WebSocket','XMLHttpRequest','host','shared'].filter((n) => n in globalThis)"),
      "[]");
  EXPECT_EQ(
      evaluated("['self','process','console','Convex','URL','crypto','structuredClone','TextEncoder','AbortController',"
                "'atob','setTimeout','fetch','Event','performance'].filter((n) => !(n in globalThis))"),
      "[]");
  EXPECT_EQ(evaluated("Object.keys(Convex)"), "[\"syscall\",\"asyncSyscall\",\"jsSyscall\"]");
}

TEST(Determinism, GlobalsCanBeReplacedAsWorkflowLibrariesDo) {
  EXPECT_EQ(evaluated("['Math','Date','console','process','Crypto','crypto'].filter((n) => { const d = "
                      "Object.getOwnPropertyDescriptor(globalThis, n); return !d.configurable; })"),
            "[]");
}

TEST(Determinism, EnvironmentVariablesAreAskedOfTheHost) {
  scripted_host host;
  host.environment["KEY"] = "value";
  EXPECT_EQ(
      text_of(run(
          {module_m(
              "const at = process.env.KEY; export const f = query(() => [at, process.env.KEY, process.env.NO ?? null, "
              "Object.keys(process.env), 'KEY' in process.env]);")},
          host)),
      R"(["value","value",null,[],false])");
  EXPECT_EQ(text_of(run({module_m("export const f = query(() => process.env['a-b']);")}, host)).substr(0, 67),
            "thrown: Uncaught Error: Environment variable name 'a-b' is invalid:");
}

}  // namespace
}  // namespace hull::backend::runtime::test
