// Time and memory: what goes over is stopped, and the next run finds everything in order.
#include "runtime_fixture.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include <pthread.h>

namespace hull::backend::runtime::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

call limited(const std::string& source, std::chrono::milliseconds time, function_kind what = function_kind::query) {
  call c{module_m(source), "f", what};
  c.limits.user_time = time;
  return c;
}

void expect_all_is_well() { EXPECT_EQ(evaluated("40 + 2"), "42"); }

TEST(Limits, EndlessLoopsAreStopped) {
  for (const char* loop :
       {"for (;;);", "try { for (;;); } catch {} finally { for (;;); }", "while (true) await null;"}) {
    const run_result r = run(limited("export const f = query(async () => { " + std::string(loop) + " });", 100ms));
    EXPECT_EQ(text_of(r), "fatal: Function execution timed out (maximum duration: 0.1s)") << loop;
    EXPECT_GE(r.user_time, 90ms);
    expect_all_is_well();
  }
}

TEST(Limits, ALoopWhileLoadingIsStopped) {
  EXPECT_EQ(text_of(run(limited("for (;;);", 100ms))), "fatal: Function execution timed out (maximum duration: 0.1s)");
  expect_all_is_well();
}

TEST(Limits, AKeyFromAPasswordIsStopped) {
  EXPECT_EQ(text_of(run(limited(R"js(export const f = query(async () => {
              const key = await crypto.subtle.importKey("raw", new Uint8Array(8), "PBKDF2", false, ["deriveBits"]);
              const how = { name: "PBKDF2", hash: "SHA-512", salt: new Uint8Array(8), iterations: 10000000 };
              await crypto.subtle.deriveBits(how, key, 8 * 1048576);
            });)js",
                                100ms))),
            "fatal: Function execution timed out (maximum duration: 0.1s)");
  expect_all_is_well();
}

// Whoever runs the function warns of the limit, of which it knows more. It was warned of twice.
TEST(Limits, ALongRunIsNotWarnedOfHere) {
  const run_result r = run(limited("export const f = action(() => new Promise((done) => setTimeout(done, 350)));",
                                   400ms, function_kind::action));
  EXPECT_TRUE(r.log_lines.empty());
}

TEST(Limits, WhatAnActionWaitsIsNotTimeOfItsScript) {
  const run_result r = run(limited("export const f = action(() => new Promise((done) => setTimeout(done, 200)));", 60s,
                                   function_kind::action));
  EXPECT_GE(r.user_time, 190ms);
  EXPECT_LE(r.script_time, r.user_time - 150ms);
  const run_result busy =
      run(limited("export const f = query(() => { let n = 0; while (n < 1e6) ++n; return n; });", 60s));
  EXPECT_EQ(busy.script_time, busy.user_time);
}

TEST(Limits, TheClockStopsDuringSyscalls) {
  scripted_host host;
  host.answers["1.0/slow"] = [](scope*, std::string_view) -> outcome<std::string> {
    std::this_thread::sleep_for(80ms);
    return std::string("1");
  };
  const std::string source = "export const f = query(async () => (await sys('1.0/slow')) + (await sys('1.0/slow')));";
  EXPECT_EQ(text_of(run(limited(source, 100ms), host)), "2");
  call impatient = limited(source, 100ms);
  impatient.limits.system_time = 50ms;
  EXPECT_EQ(text_of(run(impatient, host)),
            "failed: SystemTimeoutError: Your request timed out performing too many system operations.");
  expect_all_is_well();
}

TEST(Limits, WaitingCountsInActions) {
  EXPECT_EQ(text_of(run(limited("export const f = action(() => new Promise((done) => setTimeout(done, 10000)));", 60ms,
                                function_kind::action))),
            "fatal: Function execution timed out (maximum duration: 0.06s)");
}

TEST(Limits, ANestedLoopStopsTheCallersToo) {
  scripted_host host;
  const auto modules = module_m(
      "export const child = query(() => { for (;;); });\n"
      "export const f = query(async () => { try { await sys('1.0/runUdf'); } catch { return 'caught'; } });");
  host.answers["1.0/runUdf"] = [&](scope* s, std::string_view) -> outcome<std::string> {
    call c{modules};
    c.function = "child";
    const run_result r = s->run_nested(request_of(c, host));
    EXPECT_TRUE(r.thrown && r.thrown->fatal);
    return bad_request("Nested", r.thrown->display);
  };
  call c{modules};
  c.limits.user_time = 100ms;
  EXPECT_EQ(text_of(run(c, host)), "fatal: Function execution timed out (maximum duration: 0.1s)");
  expect_all_is_well();
}

TEST(Limits, TooMuchMemoryEndsTheRun) {
  call c{module_m(
      "export const f = query(() => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); });")};
  c.limits.user_time = 30s;
  c.limits.heap_bytes = 16u << 20;
  EXPECT_EQ(text_of(run(c)), "fatal: JavaScript execution ran out of memory (maximum memory usage: 16 MB)");
  expect_all_is_well();
}

TEST(Limits, ArrayBuffersHaveABudget) {
  EXPECT_EQ(evaluated("new Uint8Array(70 * 1024 * 1024).length"),
            "fatal: JavaScript execution ran out of memory (maximum memory usage: 64 MB)");
  EXPECT_EQ(evaluated("[1, 2, 3, 4, 5, 6].map(() => new Uint8Array(20 * 1024 * 1024).length).length"), "6");
}

TEST(Limits, DeepRecursionIsAnOrdinaryError) {
  EXPECT_EQ(text_of(run({module_m("const g = (n) => g(n + 1) + 1; export const f = query(() => g(0));")})),
            "thrown: Uncaught RangeError: Maximum call stack size exceeded");
}

TEST(Limits, ManyRunsAtOnceShareTheWorkers) {
  const auto modules = module_m("export const f = query((n) => n * 2);");
  std::vector<std::thread> callers;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t)
    callers.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        call c{modules};
        c.args = "[" + std::to_string(t * 10 + i) + "]";
        if (text_of(run(c)) == std::to_string((t * 10 + i) * 2)) ++right;
      }
    });
  for (std::thread& t : callers) t.join();
  EXPECT_EQ(right, 40);
}

TEST(Limits, AnActionMayCallAQueryThatNeedsAWorker) {
  const auto modules = module_m(
      "export const q = query(() => 5);\nexport const f = action(async () => (await sys('1.0/actions/query')) + 1);");
  scripted_host host;
  host.answers["1.0/actions/query"] = [&](scope*, std::string_view) -> outcome<std::string> {
    call c{modules};
    c.function = "q";
    return text_of(run(c, host));
  };
  EXPECT_EQ(text_of(run({modules, "f", function_kind::action}, host)), "6");
}

TEST(Limits, RecursionEndsOnASmallStackToo) {
  const auto modules = module_m("const down = (n) => 1 + down(n + 1); export const f = query(() => down(0));");
  std::string answer;
  const auto body = [&] { answer = text_of(run({modules})); };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1u << 20);
  pthread_t thread{};
  ASSERT_EQ(pthread_create(
                &thread, &attributes,
                [](void* what) -> void* {
                  (*static_cast<decltype(body)*>(what))();
                  return nullptr;
                },
                const_cast<void*>(static_cast<const void*>(&body))),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_THAT(answer, HasSubstr("RangeError: Maximum call stack size exceeded"));
}

TEST(Limits, ManyThreadsTakeTurnsInOneIsolate) {
  runtime_options options;
  options.isolates = 1;
  auto own = runtime::start(options, the_clock()).value();
  const auto modules = module_m("let n = 0; export const f = query((x) => [++n, x]);");
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int t = 0; t < 16; ++t)
    callers.emplace_back([&, t] {
      scripted_host host;
      for (int i = 0; i < 10; ++i) {
        call c{modules};
        c.args = "[" + std::to_string(t) + "]";
        if (text_of(own->run(request_of(c, host))) == "[1," + std::to_string(t) + "]") ++right;
      }
    });
  for (std::thread& t : callers) t.join();
  EXPECT_EQ(right, 160);
  EXPECT_GT(own->contexts().made, 0U);
}

TEST(Limits, PatienceForATurnEnds) {
  runtime_options options;
  options.isolates = 1;
  options.patience = 500ms;  // longer than a look after contexts in between may take
  auto own = runtime::start(options, the_clock()).value();
  scripted_host host, other;
  std::promise<void> inside, refused;
  host.answers["1.0/wait"] = [&](scope*, std::string_view) -> outcome<std::string> {
    inside.set_value();
    refused.get_future().wait();
    return std::string("1");
  };
  const auto modules = module_m("export const g = query(() => 2); export const f = query(() => sys('1.0/wait'));");
  std::string first;
  std::thread caller([&] { first = text_of(own->run(request_of({modules}, host))); });
  inside.get_future().wait();
  EXPECT_EQ(text_of(own->run(request_of({modules, "g"}, other))),
            "failed: TooManyConcurrentRequests: The deployment is busy. Try again.");
  refused.set_value();
  caller.join();
  EXPECT_EQ(first, "1");
  EXPECT_EQ(text_of(own->run(request_of({modules, "g"}, other))), "2");
}

TEST(Limits, ClosingSendsAwayWhoWaits) {
  runtime_options options;
  options.isolates = 1;
  auto own = runtime::start(options, the_clock()).value();
  runtime& js = *own;
  std::atomic<int> here{0};
  // More time than anybody waits here: the second that queries have may be over before the closing.
  const call c = limited("export const f = query(() => { while (true); });", 60s);
  std::vector<std::string> answers(3);
  std::vector<std::thread> callers;
  for (std::string& answer : answers)
    callers.emplace_back([&] {
      scripted_host host;
      ++here;
      answer = text_of(js.run(request_of(c, host)));
    });
  while (here < 3) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(1s);  // nobody can tell from outside that a caller waits
  own.reset();
  for (std::thread& t : callers) t.join();
  for (const std::string& answer : answers) EXPECT_EQ(answer, "failed: ShuttingDown: The backend is shutting down.");
}

TEST(Limits, ClosingEndsWhatRuns) {
  runtime_options options;
  options.isolates = options.max_actions = 1;
  auto own = runtime::start(options, the_clock()).value();
  scripted_host host;
  std::atomic<bool> waiting{false};
  host.answers["1.0/ready"] = [&](scope*, std::string_view) -> outcome<std::string> {
    waiting = true;
    return std::string("1");
  };
  const call c{module_m("export const f = action(async () => { await sys('1.0/ready'); await new Promise((d) => "
                        "setTimeout(d, 60000)); });"),
               "f", function_kind::action};
  run_result r;
  std::thread caller([&] { r = own->run(request_of(c, host)); });
  while (!waiting) std::this_thread::sleep_for(1ms);
  own.reset();
  caller.join();
  EXPECT_EQ(text_of(r), "failed: ShuttingDown: The backend is shutting down.");
}

}  // namespace
}  // namespace hull::backend::runtime::test
