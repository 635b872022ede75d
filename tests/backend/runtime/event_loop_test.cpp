// The order in which syscalls are carried out, what happens to promises nobody awaits, nested runs, timers.
#include "runtime_fixture.hpp"

#include <gmock/gmock.h>

namespace hull::backend::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

scripted_host echo_host() {
  scripted_host host;
  const auto echo = [](scope*, std::string_view args) -> outcome<std::string> { return std::string(args); };
  for (const char* name : {"1.0/get", "1.0/insert", "1.0/remove", "1.0/echo"}) host.answers[name] = echo;
  return host;
}

TEST(EventLoop, CarriesSyscallsOutInTheOrderOfTheirCalls) {
  scripted_host host = echo_host();
  const auto modules = module_m(R"js(
    export const f = mutation(async () => {
      const order = [];
      const a = sys("1.0/get", 1).then((x) => order.push(x));
      const b = sys("1.0/insert", 2).then(async (x) => { order.push(x); order.push(await sys("1.0/get", 4)); });
      const c = sys("1.0/get", 3).then((x) => order.push(x));
      await Promise.all([a, b, c]);
      return order;
    });)js");
  EXPECT_EQ(text_of(run({modules, "f", function_kind::mutation}, host)), "[1,2,3,4]");
  EXPECT_THAT(host.asked, ElementsAre("1.0/get1", "1.0/insert2", "1.0/get3", "1.0/get4"));
}

TEST(EventLoop, AnswersReadsThatFollowEachOtherTogether) {
  scripted_host host = echo_host();
  // Both reads are carried out before the first one's continuation can ask for more.
  const auto modules = module_m(R"js(
    export const f = query(async () => {
      await Promise.all([sys("1.0/get", 1).then(() => sys("1.0/get", 3)), sys("1.0/get", 2)]);
    });)js");
  EXPECT_EQ(text_of(run({modules}, host)), "null");
  EXPECT_THAT(host.asked, ElementsAre("1.0/get1", "1.0/get2", "1.0/get3"));
}

TEST(EventLoop, GoesOnWithCallsThatNobodyAwaited) {
  scripted_host host = echo_host();
  const auto modules = module_m(
      "export const f = mutation(() => { sys('1.0/insert', 1).then(() => sys('1.0/insert', 2)); return 7; });");
  EXPECT_EQ(text_of(run({modules, "f", function_kind::mutation}, host)), "7");
  EXPECT_THAT(host.asked, ElementsAre("1.0/insert1", "1.0/insert2"));
}

TEST(EventLoop, DropsWaitingCallsWhenTheFunctionThrows) {
  scripted_host host = echo_host();
  const auto modules =
      module_m("export const f = mutation(async () => { sys('1.0/insert', 1); throw new Error('no'); });");
  EXPECT_EQ(text_of(run({modules, "f", function_kind::mutation}, host)), "thrown: Uncaught Error: no");
  EXPECT_TRUE(host.asked.empty());
}

TEST(EventLoop, ReportsRejectionsThatNobodyHandles) {
  scripted_host host = echo_host();
  EXPECT_EQ(text_of(run({module_m("export const f = mutation(() => { sys('1.0/nope'); return 1; });"), "f",
                         function_kind::mutation},
                        host)),
            "thrown: Uncaught Error: Unknown operation 1.0/nope");
  EXPECT_EQ(
      text_of(run({module_m("export const f = query(() => { Promise.reject(new TypeError('lost')); return 1; });")})),
      "thrown: Uncaught TypeError: lost");
  EXPECT_EQ(text_of(run({module_m(
                "export const f = query(() => { const p = Promise.reject(1); p.catch(() => {}); return 2; });")})),
            "2");
}

TEST(EventLoop, KnowsPromisesThatCannotResolve) {
  EXPECT_EQ(text_of(run({module_m("export const f = query(() => new Promise(() => {}));")})),
            "thrown: Returned promise will never resolve");
}

TEST(EventLoop, FailuresOfTheHostAreCaughtOrEndTheRun) {
  scripted_host host = echo_host();
  host.answers["1.0/data"] = [](scope*, std::string_view) -> outcome<std::string> {
    failure f = bad_request("X", "with data");
    f.data = value::make_object({{"n", value::int64(5)}});
    return f;
  };
  host.answers["1.0/conflict"] = [](scope*, std::string_view) -> outcome<std::string> {
    return failure{blame::conflict, "Occ", "changed", std::nullopt};
  };
  host.answers["1.0/bug"] = [](scope*, std::string_view) -> outcome<std::string> { return internal_failure("secret"); };
  const auto caught = [&](const char* name, function_kind what) {
    const std::string wrapper = what == function_kind::action ? "action" : "mutation";
    return text_of(run({module_m("export const f = " + wrapper + "(async () => { try { await sys('" + name +
                                 "'); } catch (e) { return [e.message, e.data ?? null, e instanceof Error]; } });"),
                        "f", what},
                       host));
  };
  EXPECT_EQ(caught("1.0/data", function_kind::mutation), R"(["with data",{"n":{"$integer":"BQAAAAAAAAA="}},true])");
  EXPECT_EQ(caught("1.0/conflict", function_kind::mutation), "failed: Occ: changed");
  EXPECT_EQ(caught("1.0/bug", function_kind::mutation), "failed: InternalServerError: secret");
  EXPECT_EQ(caught("1.0/bug", function_kind::action),
            R"(["Your request couldn't be completed. Try again later.",null,true])");
}

TEST(EventLoop, SyncSyscallsAnswerAtOnceAndThrow) {
  scripted_host host = echo_host();
  EXPECT_EQ(
      text_of(run({module_m("export const f = query(() => JSON.parse(Convex.syscall('1.0/echo', '[4]')));")}, host)),
      "[4]");
  EXPECT_EQ(text_of(run({module_m("export const f = query(() => { try { Convex.syscall('1.0/no', '{}') } catch (e) { "
                                  "return e.message } });")},
                        host)),
            "\"Unknown operation 1.0/no\"");
  EXPECT_EQ(
      text_of(
          run({module_m("export const f = query(() => { try { Convex.syscall('1.0/no') } catch (e) { return 1 } });")},
              host)),
      "failed: InternalServerError: A syscall takes a name and a text of JSON");
}

TEST(EventLoop, UnknownJsSyscallsCannotBeCaught) {
  EXPECT_EQ(text_of(run({module_m(
                "export const f = query(() => { try { Convex.jsSyscall('x', {}) } catch { return 1 } return 2 });")})),
            "thrown: Unknown JS syscall: x");
}

TEST(EventLoop, NestedRunsSeeFreshModulesAndTheSameTime) {
  scripted_host host = echo_host();
  const auto modules = module_m(R"js(
    let n = 0;
    export const child = query((args) => { console.log("in child"); return [++n, Date.now(), Math.random(), args.x]; });
    export const fails = query(() => { throw new Error("inner"); });
    export const f = mutation(async () => {
      ++n;
      console.log("before");
      const first = await sys("1.0/runUdf", { f: "child" });
      console.log("after");
      const second = await sys("1.0/runUdf", { f: "child" });
      let error;
      try { await sys("1.0/runUdf", { f: "fails" }); } catch (e) { error = e.message; }
      return [n, first[0], second[0], first[1] === Date.now(), first[2] === second[2], first[3], error];
    });)js");
  host.answers["1.0/runUdf"] = [&](scope* s, std::string_view args) -> outcome<std::string> {
    call c{modules};
    c.function = read_json(args).value().find("f")->as_string();
    c.args = "[{\"x\":9}]";
    const run_result r = s->run_nested(request_of(c, host));
    if (r.value_json) return *r.value_json;
    return bad_request("Nested", r.thrown->display);
  };
  const run_result r = run({modules, "f", function_kind::mutation}, host);
  EXPECT_EQ(text_of(r), R"([1,1,1,true,false,9,"Uncaught Error: inner\n"])");
  EXPECT_TRUE(r.observed_time);
  EXPECT_TRUE(r.observed_random);
  EXPECT_THAT(host.lines, ElementsAre("[LOG] 'before'", "[LOG] 'in child'", "[LOG] 'after'", "[LOG] 'in child'"));
  ASSERT_EQ(r.log_lines.size(), 4u);
  EXPECT_EQ(r.log_lines[1].to_text(), "[LOG] 'in child'");
}

TEST(EventLoop, TimersOfActionsReallyWait) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(text_of(run({module_m(R"js(
    export const f = action(async () => {
      const order = [];
      const wait = (ms, what) => new Promise((done) => setTimeout(() => { order.push(what); done(); }, ms));
      const never = setTimeout(() => order.push("never"), 5);
      clearTimeout(never);
      let ticks = 0;
      const id = setInterval(() => { if (++ticks === 3) clearInterval(id); }, 1);
      await Promise.all([wait(30, "c"), wait(10, "a"), wait(10, "b")]);
      return [order, ticks];
    });)js"),
                         "f", function_kind::action})),
            R"([["a","b","c"],3])");
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(30));
}

TEST(EventLoop, ActionsWarnOfCallsThatNobodyAwaited) {
  scripted_host host = echo_host();
  const run_result r = run({module_m("export const f = action(() => { sys('1.0/actions/mutation', {}); "
                                     "sys('1.0/actions/schedule', {}); return 1; });"),
                            "f", function_kind::action},
                           host);
  EXPECT_EQ(text_of(r), "1");
  EXPECT_TRUE(host.asked.empty());
  ASSERT_EQ(r.log_lines.size(), 1u);
  EXPECT_THAT(r.log_lines[0].to_text(),
              HasSubstr("[WARN] 2 unawaited operations: [mutation, schedule]. Async operations should be awaited"));
  EXPECT_EQ(r.log_lines[0].code, "UnawaitedOperations");
}

TEST(EventLoop, CallbacksOfTimersThatThrowFailTheAction) {
  EXPECT_EQ(text_of(run({module_m("export const f = action(() => new Promise((done) => { setTimeout(() => { throw new "
                                  "Error('late'); }, 1); setTimeout(done, 50); }));"),
                         "f", function_kind::action})),
            "thrown: Uncaught Error: late");
}

}  // namespace
}  // namespace hull::backend::runtime::test
