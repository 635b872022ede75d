// A context that serves run after run must not show: whatever one run leaves behind, the next sees modules as if they
// had just been evaluated, exactly as with a new context for each.
#include "runtime/isolate_box.hpp"
#include "runtime/prepared_runs.hpp"
#include "runtime/run_function.hpp"
#include "runtime_fixture.hpp"

namespace hull::backend::runtime::test {
namespace {

/// One isolate, driven by hand: preparing happens when the test says so.
class reuse_rig {
 public:
  explicit reuse_rig(bool reuse) : box_(dog_, run_limits().heap_bytes, reuse), here_(box_) {}

  std::string run(const call& c) {
    box_.prepared().prepare(box_, the_clock());
    const run_result r = run_function(box_, the_clock(), request_of(c, host), nullptr);
    return text_of(r);
  }
  std::uint64_t reused() { return box_.prepared().reused(); }

  scripted_host host;

 private:
  watchdog dog_;
  isolate_box box_;
  isolate_box::visit here_;
};

std::vector<std::string> four_runs(const std::string& source, bool reuse, std::uint64_t* reused = nullptr) {
  reuse_rig rig(reuse);
  const auto modules = module_m(source);
  std::vector<std::string> results;
  for (int i = 0; i < 4; ++i) results.push_back(rig.run({modules}));
  if (reused != nullptr) *reused = rig.reused();
  return results;
}

struct leftover {
  const char* name;
  const char* source;  ///< Its function `f` leaves something behind and returns what it found.
};

void PrintTo(const leftover& l, std::ostream* out) { *out << l.name; }

class Leftovers : public testing::TestWithParam<leftover> {};

TEST_P(Leftovers, AreNotSeenByTheNextRun) {
  std::uint64_t reused = 0;
  const auto kept = four_runs(GetParam().source, true, &reused);
  const auto fresh = four_runs(GetParam().source, false);
  EXPECT_EQ(kept, fresh);
  for (const std::string& r : fresh) EXPECT_EQ(r, fresh[0]);
  EXPECT_EQ(reused, 0U) << "the change went unnoticed";
}

constexpr leftover leftovers[] = {
    {"variable", "let n = 0; export const f = query(() => ++n);"},
    {"exported variable", "export let n = 0; export const f = query(() => ++n);"},
    {"closure", "const next = (() => { let n = 0; return () => ++n; })(); export const f = query(() => next());"},
    {"big number", "let n = 0.5; export const f = query(() => { n += 1e300; return n; });"},
    {"property", "const o = {}; export const f = query(() => { const old = o.a ?? 0; o.a = old + 1; return old; });"},
    {"double property", "const o = { a: 0.5 }; export const f = query(() => { o.a += 0.25; return o.a; });"},
    {"deep property", "const o = { a: { b: [{ c: 1 }] } }; export const f = query(() => ++o.a.b[0].c);"},
    {"array", "const a = []; export const f = query(() => a.push(1));"},
    {"array element", "const a = [1, 2]; export const f = query(() => ++a[1]);"},
    {"array of doubles", "const a = [1.5, 2.5]; export const f = query(() => { a[1] += 0.5; return a[1]; });"},
    {"map", "const m = new Map(); export const f = query(() => m.set(m.size, 1).size);"},
    {"map value",
     "const m = new Map([[1, 1]]); export const f = query(() => { m.set(1, m.get(1) + 1); return m.get(1); });"},
    {"set", "const s = new Set(); export const f = query(() => s.add(s.size).size);"},
    {"weak map",
     "const key = {}; const w = new WeakMap(); export const f = query(() => { const n = w.get(key) ?? 0; w.set(key, n "
     "+ "
     "1); return n; });"},
    {"object beside the module",
     "export const o = {}; export const f = query(() => { o.n = (o.n ?? 0) + 1; return o.n; });"},
    {"property of the function", "export const f = query(() => { f.n = (f.n ?? 0) + 1; return f.n; });"},
    {"static field", "class A { static n = 0; } export const f = query(() => ++A.n);"},
    {"private static field",
     "class A { static #n = 0; static next() { return ++A.#n; } } export const f = query(() => A.next());"},
    {"private field",
     "class A { #n = 0; next() { return ++this.#n; } } const a = new A(); export const f = query(() => a.next());"},
    {"method of a class",
     "class A { say() { return 1; } } export const f = query(() => { const old = new A().say(); A.prototype.say = () "
     "=> 2; "
     "return old; });"},
    {"prototype of a function",
     "function A() {} export const f = query(() => { const old = new A().n ?? 0; A.prototype = { n: 1 }; return old; "
     "});"},
    {"prototype",
     "const o = {}; export const f = query(() => { const old = o.n ?? 0; Object.setPrototypeOf(o, { n: 1 }); return "
     "old; });"},
    {"frozen object",
     "const o = { n: 1 }; export const f = query(() => { const old = Object.isFrozen(o); Object.freeze(o); return old; "
     "});"},
    {"generator",
     "function* g() { let n = 0; for (;;) yield ++n; } const it = g(); export const f = query(() => it.next().value);"},
    {"iterator", "const it = [1, 2, 3, 4, 5][Symbol.iterator](); export const f = query(() => it.next().value);"},
    {"date",
     "const d = new Date(0); export const f = query(() => { d.setTime(d.getTime() + 1); return d.getTime(); });"},
    {"bytes", "const b = new Uint8Array(100); export const f = query(() => ++b[99]);"},
    {"few bytes", "const b = new Uint8Array(3); export const f = query(() => ++b[2]);"},
    {"bytes seen twice",
     "const b = new ArrayBuffer(16); const v = new DataView(b); export const f = query(() => { new Uint8Array(b)[9]++; "
     "return "
     "v.getUint8(9); });"},
    {"WebAssembly memory",
     "const m = new WebAssembly.Memory({ initial: 1 }); export const f = query(() => ++new Uint8Array(m.buffer)[70]);"},
    {"WebAssembly global",
     "const g = new WebAssembly.Global({ value: 'i32', mutable: true }, 0); export const f = query(() => ++g.value);"},
    {"regular expression", "const r = /a/g; export const f = query(() => { r.exec('aaaa'); return r.lastIndex; });"},
    {"promise",
     "let done; const p = new Promise((r) => { done = r; }); let seen = 0; p.then(() => { ++seen; }); "
     "export const f = query(async () => { const old = seen; done(); await p; return old; });"},
    {"global", "export const f = query(() => { globalThis.n = (globalThis.n ?? 0) + 1; return globalThis.n; });"},
    {"global by symbol",
     "const s = Symbol.for('n'); export const f = query(() => { globalThis[s] = (globalThis[s] ?? 0) + 1; return "
     "globalThis[s]; });"},
    {"global hidden",
     "export const f = query(() => { const old = 'n' in globalThis; Object.defineProperty(globalThis, 'n', { value: 1, "
     "configurable: true }); return old; });"},
    {"global replaced", "export const f = query(() => { const old = typeof Map; globalThis.Map = 1; return old; });"},
    {"global gone", "export const f = query(() => { const old = typeof Map; delete globalThis.Map; return old; });"},
    {"method added",
     "export const f = query(() => { const old = typeof [].mine; Array.prototype.mine = () => 1; return old; });"},
    {"method added by symbol",
     "const s = Symbol.for('mine'); export const f = query(() => { const old = typeof [][s]; Array.prototype[s] = 1; "
     "return old; });"},
    {"method added and hidden",
     "export const f = query(() => { const old = typeof ''.mine; Object.defineProperty(String.prototype, 'mine', { "
     "value: "
     "1 }); return old; });"},
    {"method replaced",
     "export const f = query(() => { const old = [3].map((x) => x)[0]; Array.prototype.map = () => [4]; return old; "
     "});"},
    {"method gone",
     "export const f = query(() => { const old = typeof [].at; delete Array.prototype.at; return old; });"},
    {"getter replaced",
     "export const f = query(() => { const old = new Map([[1, 1]]).size; Object.defineProperty(Map.prototype, 'size', "
     "{ "
     "get: () => 9 }); return old; });"},
    {"built-in function marked",
     "export const f = query(() => { const old = Math.max.n ?? 0; Math.max.n = old + 1; return old; });"},
    {"built-in frozen",
     "export const f = query(() => { const old = Object.isFrozen(Math); Object.freeze(Math); return old; });"},
    {"prototype of a built-in",
     "export const f = query(() => { const old = Object.getPrototypeOf(Math) === null; Object.setPrototypeOf(Math, "
     "null); "
     "return old; });"},
    {"hidden prototype",
     "const p = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())); export const f = query(() => { "
     "const "
     "old = typeof p.mine; p.mine = 1; return old; });"},
    {"prototype that only syntax reaches",
     "export const f = query(() => { const p = Object.getPrototypeOf(async function* () {}); const old = typeof "
     "p.mine; "
     "p.mine = 1; return old; });"},
    {"console",
     "export const f = query(() => { const old = console.mine ?? 0; console.mine = old + 1; return old; });"},
    {"stopwatch of the console", "export const f = query(() => { console.time('a'); return 1; });"},
    {"stack traces",
     "export const f = query(() => { const old = Error.stackTraceLimit; Error.stackTraceLimit = 3; return old; });"},
    {"Convex", "export const f = query(() => { const old = Convex.mine ?? 0; Convex.mine = old + 1; return old; });"},
    {"segments",
     "const s = new Intl.Segmenter().segment('ab')[Symbol.iterator](); export const f = query(() => "
     "s.next().value.segment);"},
    {"process.env",
     "export const f = query(() => { const old = process.mine ?? 0; process.mine = old + 1; return old; });"},
};
INSTANTIATE_TEST_SUITE_P(Table, Leftovers, testing::ValuesIn(leftovers),
                         [](const auto& info) { return "case_" + std::to_string(info.index); });

/// These leave nothing that another run could see: their contexts are used again, and the results stay the same.
constexpr leftover harmless[] = {
    {"static method of a derived class",
     "const named = (c, name) => Object.defineProperty(c, 'name', { value: name, configurable: true }); class Base {} "
     "class Made extends Base { static { named(this, 'Made'); } constructor(n) { super(); this.n = n; } static make(n) "
     "{ "
     "return new Made(n); } } export const f = query(() => { let n; for (let i = 0; i < 200; ++i) n = Made.make(i).n; "
     "return n; });"},
    {"nothing", "export const f = query(() => 1);"},
    {"arguments", "export const f = query((a) => a ?? 5);"},
    {"locals",
     "export const f = query(() => { const m = new Map([[1, [2]]]); class A { x = 1; } return [...m, new A()]; });"},
    {"constants read",
     "const table = { a: [1, 2.5, 'x', 3n] }; export const f = query(() => table.a[1] + table.a[0]);"},
    {"calls and promises",
     "const id = async (x) => x; class A { async go() { return await id(3); } } export const f = query(async () => "
     "(await "
     "Promise.all([id(1), new A().go()])));"},
    {"errors caught", "export const f = query(() => { try { null.x } catch (e) { return e.message } });"},
    {"errors thrown", "export const f = query(() => { throw new Error('boom'); });"},
    {"log lines", "export const f = query(() => { console.log('a', { b: [1] }, new Map()); return 1; });"},
    {"random numbers and time", "export const f = query(() => [Math.random(), Date.now(), crypto.randomUUID()]);"},
    {"regular expressions",
     "const r = /b(c)/; export const f = query(() => [RegExp.$1, r.exec('abcd')[1], 'xy'.replace(/x/, '')]);"},
    {"text", "export const f = query(() => new TextDecoder().decode(new TextEncoder().encode('ä' + btoa('x'))));"},
    {"addresses", "export const f = query(() => new URL('../b?c=1', 'https://a.example/d/e').href);"},
    {"clones", "export const f = query(() => structuredClone({ a: [1, new Map([[1, 2]])] }).a[0]);"},
    {"getters", "const o = { get a() { return 1; } }; export const f = query(() => o.a);"},
    {"subclasses",
     "class A { say() { return 1; } } class B extends A { say() { return super.say() + 1; } } "
     "export const f = query(() => new B().say());"},
    {"generators", "function* g() { yield 1; } export const f = query(() => [...g()]);"},
    // The lengths of buffers lie where functions have their code, and these look like addresses.
    {"buffers that stay",
     "const kept = [1, 5, 9, 257].map((n) => [new ArrayBuffer(n), new DataView(new ArrayBuffer(n)), "
     "new Uint8Array(n)]); const text = new TextEncoder().encode('hello'); "
     "export const f = query(() => kept.length + text.length);"},
    {"a proxy", "const p = new Proxy({}, { get: (_, k) => String(k) }); export const f = query(() => p.abc);"},
};

class Harmless : public testing::TestWithParam<leftover> {};

TEST_P(Harmless, ContextsAreUsedAgain) {
  std::uint64_t reused = 0;
  const auto kept = four_runs(GetParam().source, true, &reused);
  EXPECT_EQ(kept, four_runs(GetParam().source, false));
  EXPECT_GE(reused, 2U);
}
INSTANTIATE_TEST_SUITE_P(Table, Harmless, testing::ValuesIn(harmless),
                         [](const auto& info) { return "case_" + std::to_string(info.index); });

TEST(Reuse, SyscallsAndTheirAnswers) {
  reuse_rig rig(true);
  int asked = 0;
  rig.host.answers["1.0/get"] = [&](scope*, std::string_view) { return std::to_string(++asked); };
  const auto modules = module_m("export const f = query(async () => [await sys('1.0/get'), await sys('1.0/get')]);");
  std::string last;
  for (int i = 0; i < 5; ++i) last = rig.run({modules});
  EXPECT_EQ(last, "[9,10]");
  EXPECT_GE(rig.reused(), 3U);
}

TEST(Reuse, WhatWasNeverAwaitedIsGone) {
  reuse_rig rig(true);
  rig.host.answers["1.0/get"] = [](scope*, std::string_view) { return outcome<std::string>(std::string("1")); };
  const auto modules = module_m(
      "export const f = query(() => { void sys('1.0/get'); new Promise(() => {}).then(() => console.log('never')); "
      "return "
      "1; });");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(rig.run({modules}), "1");
  EXPECT_EQ(rig.host.asked.size(), 5U);
  EXPECT_TRUE(rig.host.lines.empty());
}

TEST(Reuse, AModuleThatKeepsSomethingIsGivenUpOn) {
  reuse_rig rig(true);
  const auto modules = module_m("let n = 0; export const f = query(() => ++n);");
  for (int i = 0; i < 12; ++i) EXPECT_EQ(rig.run({modules}), "1");
  EXPECT_EQ(rig.reused(), 0U);
}

TEST(Reuse, OnlyTheRunThatLeavesSomethingCosts) {
  reuse_rig rig(true);
  const auto modules = module_m("let n = 0; export const f = query((keep) => (keep ? ++n : n));");
  for (int i = 0; i < 20; ++i) {
    const bool keep = i % 5 == 4;
    call c{modules};
    c.args = keep ? "[true]" : "[false]";
    EXPECT_EQ(rig.run(c), keep ? "1" : "0");
  }
  EXPECT_GE(rig.reused(), 12U);
}

TEST(Reuse, AGlobalThatIsMadeWhenFirstUsedCostsOneContext) {
  reuse_rig rig(true);
  const auto modules = module_m("export const f = query(() => new Headers({ a: '1' }).get('a'));");
  for (int i = 0; i < 12; ++i) EXPECT_EQ(rig.run({modules}), "\"1\"");
  EXPECT_GE(rig.reused(), 8U);
}

TEST(Reuse, AfterATimeoutAndAfterAnErrorOfOurOwn) {
  reuse_rig rig(true);
  rig.host.answers["1.0/get"] = [](scope*, std::string_view) { return outcome<std::string>(internal_failure("disk")); };
  const auto modules =
      module_m("export const f = query(async (fail) => { if (fail) await sys('1.0/get'); return 1; });");
  for (int i = 0; i < 8; ++i) {
    call c{modules};
    if (i % 2 == 1) c.args = "[true]";
    EXPECT_EQ(rig.run(c), i % 2 == 0 ? "1" : "failed: InternalServerError: disk");
  }
}

TEST(Reuse, ACollectionOfTheOldGenerationInBetween) {
  // Big leftovers make V8 collect; results stay right, whatever becomes of the context.
  const std::string source =
      "const keep = { n: 0 }; export const f = query((i) => { const all = []; for (let k = 0; k < 200000; ++k) "
      "all.push({ k, s: 'x' + k }); if (i === 7) ++keep.n; return [all.length, keep.n]; });";
  reuse_rig rig(true);
  const auto modules = module_m(source);
  for (int i = 0; i < 12; ++i) {
    call c{modules};
    c.args = "[" + std::to_string(i) + "]";
    c.limits.user_time = std::chrono::seconds(60);
    EXPECT_EQ(rig.run(c), i == 7 ? "[200000,1]" : "[200000,0]");
  }
}

}  // namespace
}  // namespace hull::backend::runtime::test
