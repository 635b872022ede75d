// What an action waits for is carried out beside each other.
#include "runtime_fixture.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

namespace hull::backend::runtime::test {
namespace {

using ::testing::HasSubstr;

/// Counts who is inside at once; lets nobody out before `wanted` are in.
class meeting {
 public:
  explicit meeting(int wanted) : wanted_(wanted) {}
  void enter() {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++inside_);
    ++entered_;
    all_here_.notify_all();
    all_here_.wait(lock, [this] { return entered_ >= wanted_; });
    --inside_;
  }
  int most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  const int wanted_;
  std::mutex mutex_;
  std::condition_variable all_here_;
  int inside_ = 0;
  int entered_ = 0;
  int most_ = 0;
};

std::string act(const std::string& body, scripted_host& host, run_result* result = nullptr) {
  call c{module_m("export const f = action(async () => {" + body + "});")};
  c.what = function_kind::action;
  const run_result r = run(c, host);
  if (result != nullptr) *result = r;
  return text_of(r);
}

TEST(Parallel, AnActionWaitsForEightThingsAtOnce) {
  meeting together(8);
  scripted_host host;
  host.answers["1.0/actions/query"] = [&](scope*, std::string_view args) -> outcome<std::string> {
    together.enter();
    return std::string(args);
  };
  EXPECT_EQ(act("return Promise.all(Array.from({ length: 20 }, (_, i) => sys('1.0/actions/query', i)))", host),
            "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]");
  EXPECT_EQ(together.most(), 8);
}

TEST(Parallel, TheFirstThatIsReadyComesFirst) {
  meeting both(2);
  scripted_host host;
  host.answers["1.0/slow"] = [&](scope*, std::string_view) -> outcome<std::string> {
    both.enter();
    return std::string("1");
  };
  host.answers["1.0/quick"] = [](scope*, std::string_view) -> outcome<std::string> { return std::string("2"); };
  host.answers["1.0/release"] = host.answers["1.0/slow"];
  EXPECT_EQ(act(R"js(
    const order = [];
    const slow = sys("1.0/slow").then(() => order.push("slow"));
    await sys("1.0/quick").then(() => order.push("quick"));
    await Promise.all([slow, sys("1.0/release")]);
    return order;)js",
                host),
            R"(["quick","slow"])");
}

TEST(Parallel, FailuresBelongToTheirCall) {
  scripted_host host;
  host.answers["1.0/bad"] = [](scope*, std::string_view) -> outcome<std::string> { return bad_request("Code", "no"); };
  host.answers["1.0/worse"] = [](scope*, std::string_view) -> outcome<std::string> { return internal_failure("disk"); };
  host.answers["1.0/good"] = [](scope*, std::string_view) -> outcome<std::string> { return std::string("1"); };
  EXPECT_EQ(act("return (await Promise.allSettled([sys('1.0/bad'), sys('1.0/good'), sys('1.0/worse')])).map((r) => "
                "r.reason?.message ?? r.value)",
                host),
            R"(["no",1,"Your request couldn't be completed. Try again later."])");
}

TEST(Parallel, WhatIsUnderWayIsFinishedBeforeTheRunEnds) {
  meeting both(2);
  scripted_host host;
  std::atomic<int> finished{0};
  host.answers["1.0/actions/mutation"] = [&](scope*, std::string_view) -> outcome<std::string> {
    both.enter();
    ++finished;
    return std::string("null");
  };
  run_result result;
  EXPECT_EQ(act("void sys('1.0/actions/mutation'); await sys('1.0/actions/mutation'); return 1;", host, &result), "1");
  EXPECT_EQ(finished.load(), 2) << "the host may go when the run has ended";
}

TEST(Parallel, NothingRunsInsideAnAction) {
  scripted_host host;
  host.answers["1.0/nested"] = [](scope* s, std::string_view) -> outcome<std::string> {
    const run_result r = s->run_nested(run_request());
    return r.failed ? outcome<std::string>(*r.failed) : outcome<std::string>(std::string("1"));
  };
  EXPECT_EQ(act("return sys('1.0/nested').catch((e) => e.message)", host),
            "\"Your request couldn't be completed. Try again later.\"");
}

TEST(Parallel, ImportsModulesLater) {
  const auto modules = set_of({module_of("m.js", helpers + R"js(
      export const f = action(async (path) => {
        try {
          const m = await import(path);
          return [m.default, m === await import(path)];
        } catch (e) {
          return String(e);
        }
      });
      export const q = query(() => import("./lib/other.js"));)js"),
                               module_of("lib/other.js", "import { x } from './deep.js'; export default x + 1;"),
                               module_of("lib/deep.js", "export const x = 41;"),
                               module_of("lib/broken.js", "throw new RangeError('at load');"),
                               module_of("lib/wrong.js", "export default (;")});
  const std::pair<const char*, const char*> cases[] = {
      {"./lib/other.js", "[42,true]"},
      {"./lib/none.js",
       R"("Error: Couldn't find JavaScript module 'lib/none.js'. Did you forget to run `npx convex dev`?")"},
      {"./lib/broken.js", R"("Error: RangeError: at load")"},
      {"https://x/y.js", R"("Error: Unsupported scheme (https) in https://x/y.js")"},
  };
  for (const auto& [path, expected] : cases) {
    call c{modules};
    c.what = function_kind::action;
    c.args = "[\"" + std::string(path) + "\"]";
    EXPECT_EQ(text_of(run(c)), expected) << path;
  }
  call wrong{modules};
  wrong.what = function_kind::action;
  wrong.args = "[\"./lib/wrong.js\"]";
  EXPECT_THAT(text_of(run(wrong)), HasSubstr("SyntaxError"));
  EXPECT_EQ(text_of(run({modules, "q"})), "thrown: Uncaught TypeError: dynamic module import unsupported");
}

TEST(Parallel, PollingWithTimersDoesNotKeepOthersWaiting) {
  scripted_host host;
  host.answers["1.0/quick"] = [](scope*, std::string_view) -> outcome<std::string> { return std::string("1"); };
  EXPECT_EQ(act(R"js(
    let done = false;
    sys("1.0/quick").then(() => (done = true));
    for (let turns = 0; !done && turns < 100000; ++turns) await new Promise((next) => setTimeout(next, 0));
    return done;)js",
                host),
            "true");
}

TEST(Parallel, ActionsThatWaitForEachOtherDoNotWaitForEver) {
  runtime_options options;
  options.isolates = options.max_actions = 1;
  options.action_patience = std::chrono::milliseconds(1);
  const auto own = runtime::start(options, the_clock()).value();
  call c{module_m(R"js(
    export const f = action(async () => {
      const inner = await sys("1.0/actions/action").catch((e) => e.message);
      return [inner, await sys("1.0/again")];
    });
    export const inner = action(() => 7);)js")};
  c.what = function_kind::action;
  call inside = c;
  inside.function = "inner";
  scripted_host host, other;
  host.answers["1.0/actions/action"] = [&](scope*, std::string_view) -> outcome<std::string> {
    const run_result r = own->run(request_of(inside, other));
    EXPECT_EQ(text_of(r), "failed: TooManyConcurrentRequests: The deployment is busy. Try again.");
    return bad_request("Busy", "busy");
  };
  host.answers["1.0/again"] = [](scope*, std::string_view) -> outcome<std::string> { return std::string("2"); };
  EXPECT_EQ(text_of(own->run(request_of(c, host))), R"(["busy",2])");
  std::string after;
  do {
    after = text_of(own->run(request_of(inside, other)));
  } while (after.find("TooManyConcurrentRequests") != std::string::npos);
  EXPECT_EQ(after, "7") << "there is room again";
}

}  // namespace
}  // namespace hull::backend::runtime::test
