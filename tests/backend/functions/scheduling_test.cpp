// `ctx.scheduler`: what functions may schedule and cancel, and how their jobs run in the real runtime.
#include "deployed_app.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/jobs.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

constexpr const char* app_source = R"js(
import { query, mutation, action, call, db, run, object } from "./_deps/kit.js";
const now = () => Date.now() / 1000;
const schedule = (name, args = {}, ts = now()) => call("schedule", { name, args, ts, version: "1.48.0" });

export const note = mutation({ args: object({ text: { type: "string" } }), handler: async ({ text }) => {
  await db.insert("notes", { text, who: await call("getUserIdentity", {}) });
} });
export const notes = query({ handler: async () => (await db.all("notes")).map((n) => [n.text, n.who]) });
export const jobs = query({ handler: async () =>
  (await db.all("_scheduled_functions")).map(({ name, args, state }) => ({ name, args, state })) });

export const later = mutation({ handler: async ({ name, args, ts }) => schedule(name, args, ts) });
export const wrong = mutation({ handler: async (args) => call("schedule", args) });
export const then_throw = mutation({ handler: async () => { await schedule("m:note", { text: "no" }); throw new Error("x"); } });
export const catching = mutation({ handler: async () => {
  await schedule("m:note", { text: "outer" });
  try { await run("mutation", "m:then_throw"); } catch {}
} });
export const many = mutation({ handler: async ({ n, size }) => {
  for (let i = 0; i < n; ++i) await schedule("m:note", { text: "x".repeat(size) });
  return (await call("getTransactionMetrics", {})).functionsScheduled;
} });
export const cancel = mutation({ handler: async ({ id }) => call("cancel_job", { id }) });
export const in_query = query({ handler: async () => schedule("m:note") });
export const secret = mutation({ internal: true, handler: async () => { await db.insert("notes", { text: "secret", who: null }); } });
export const cancel_itself = mutation({ handler: async () => {
  const [me] = await db.all("_scheduled_functions");
  await db.insert("notes", { text: me.state.kind, who: (await call("getRequestMetadata", {})).scheduledFunctionId === me._id });
  await call("cancel_job", { id: me._id });
} });
export const act = action({ handler: async ({ ts }) => {
  const id = await call("actions/schedule", { name: "m:note", args: { text: "from action" }, ts: ts ?? now(), requestId: "r" });
  await call("actions/schedule", { name: "m:note", args: { text: "gone" }, ts: ts ?? now() })
    .then((gone) => call("actions/cancel_job", { id: gone, requestId: "r" }));
  return id;
} });
export const dying = action({ handler: async () => {
  const { scheduledFunctionId } = await call("getRequestMetadata", {});
  await call("actions/cancel_job", { id: scheduledFunctionId });
  await call("actions/schedule", { name: "m:note", args: { text: "child" }, ts: now() });
  await call("actions/mutation", { name: "m:later", args: { name: "m:note", args: { text: "grandchild" }, ts: now() } });
} });
export const boom = mutation({ handler: () => { throw new Error("boom"); } });
)js";

struct refused_schedule {
  const char* args;
  const char* text;
};

class scheduling : public testing::Test {
 protected:
  /// Runs everything that is due until nothing is.
  void run_due() {
    for (;;) {
      auto tx = d.app().db().begin();
      const auto jobs = scheduler::upcoming_jobs(tx, 1).value();
      if (jobs.empty() || jobs[0].due_ns > d.time().wall_ns()) return;
      ASSERT_FALSE(work.run_job(jobs[0].id, 0));
    }
  }
  std::string ask(const char* path) { return *d.query(path)->value_json; }
  std::string later(const std::string& name, const std::string& args, double in_s = 0) {
    const double ts = static_cast<double>(d.time().wall_ns() / 1'000'000) / 1e3 + in_s;
    const value request = value::make_object({{"name", name}, {"args", read_json(args).value()}, {"ts", ts}});
    const auto done = d.mutation("m:later", "[" + write_json(request) + "]");
    return done.error ? first_line(done.error) : *done.value_json;
  }

  deployed_app d{{{"m.js", app_source}}};
  seeded_random random{7};
  scheduler::executor work{{d.app().db(), d.app().scheduled_functions(), d.time(), random, [](const std::string&) {},
                            [](std::chrono::milliseconds) { return true; }}};
};

TEST_F(scheduling, runs_a_mutation_for_nobody) {
  function_call call = deployed_app::call("m:later", "[{\"name\":\"m:note\",\"args\":{\"text\":\"a\"},\"ts\":" +
                                                         std::to_string(d.time().wall_ns() / 1'000'000'000) + "}]");
  call.who.attributes = value::make_object({{"subject", "user"}});
  ASSERT_FALSE(d.app().mutation(call).value().error);
  EXPECT_EQ(ask("m:notes"), "[]");
  EXPECT_EQ(ask("m:jobs"), R"([{"args":[{"text":"a"}],"name":"m.js:note","state":{"kind":"pending"}}])");
  run_due();
  EXPECT_EQ(ask("m:notes"), R"([["a",null]])");
  EXPECT_EQ(ask("m:jobs"), R"([{"args":[{"text":"a"}],"name":"m.js:note","state":{"kind":"success"}}])");
}

TEST_F(scheduling, reaches_internal_functions) {
  later("m:secret", "{}");
  run_due();
  EXPECT_EQ(ask("m:notes"), R"([["secret",null]])");
}

TEST_F(scheduling, waits_until_the_time) {
  later("m:note", "{\"text\":\"late\"}", 10);
  run_due();
  EXPECT_EQ(ask("m:notes"), "[]");
  d.time().advance(10'000'000'000);
  run_due();
  EXPECT_EQ(ask("m:notes"), R"([["late",null]])");
}

TEST_F(scheduling, of_a_mutation_that_fails_leaves_no_job) {
  EXPECT_TRUE(d.mutation("m:then_throw").error);
  EXPECT_EQ(ask("m:jobs"), "[]");
  EXPECT_FALSE(d.mutation("m:catching").error);
  run_due();
  EXPECT_EQ(ask("m:notes"), R"([["outer",null]])");
}

TEST_F(scheduling, notes_why_a_function_failed) {
  later("m:boom", "{}");
  later("m:note", "{\"text\":5}");
  later("m:notes", "{}");
  run_due();
  const std::string jobs = ask("m:jobs");
  EXPECT_NE(jobs.find(R"("error":"Uncaught Error: boom\n")"), std::string::npos) << jobs;
  EXPECT_NE(jobs.find(R"("error":"ArgumentValidationError: )"), std::string::npos) << jobs;
  EXPECT_NE(jobs.find(R"("error":"Unsupported function type. m.js:notes is defined as a Query.)"), std::string::npos)
      << jobs;
}

TEST_F(scheduling, refuses_what_cannot_run) {
  EXPECT_EQ(later("m:gone", "{}"),
            "Uncaught Error: Attempted to schedule function, but no exported function gone found in the file: m.js. "
            "Did you forget to export it?");
  EXPECT_EQ(later("other/file:f", "{}"),
            "Uncaught Error: Attempted to schedule function at nonexistent path: other/file.js");
  constexpr double five_years = 5.0 * 366 * 86'400;
  const std::string far = later("m:note", "{}", five_years + 10), past = later("m:note", "{}", -five_years - 10);
  EXPECT_NE(far.find(" is more than 5 years in the future"), std::string::npos) << far;
  EXPECT_NE(past.find(" is more than 5 years in the past"), std::string::npos) << past;
  EXPECT_EQ(later("m:note", "{}", five_years - 10).front(), '"');
  EXPECT_EQ(first_line(d.query("m:in_query")->error),
            "Uncaught Error: `scheduler` is not available in queries: only mutations can write.");
  const refused_schedule cases[] = {
      {R"([{"ts":1,"args":{}}])", "Invalid argument `name` for `scheduler`: Missing required argument 'name'"},
      {R"([{"name":"m:note","args":{}}])", "Invalid arguments for `scheduler`: missing field `ts`"},
      {R"([{"name":"m:note","ts":null,"args":{}}])",
       "Invalid argument `ts` for `scheduler`: expected a number of seconds"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(first_line(d.mutation("m:wrong", c.args).error), std::string("Uncaught Error: ") + c.text);
}

TEST_F(scheduling, is_limited_and_counted) {
  EXPECT_EQ(*d.mutation("m:many", R"([{"n":1000,"size":1}])").value_json, R"({"remaining":0,"used":1000})");
  EXPECT_EQ(first_line(d.mutation("m:many", R"([{"n":1001,"size":1}])").error),
            "Uncaught Error: Too many functions scheduled by this mutation (limit: 1000)");
  EXPECT_EQ(first_line(d.mutation("m:many", R"([{"n":17,"size":1000000}])").error),
            "Uncaught Error: Too large total size of the arguments of scheduled functions from this mutation "
            "(limit: 16 MiB)");
}

TEST_F(scheduling, can_be_canceled) {
  const std::string id = later("m:note", "{\"text\":\"never\"}");
  EXPECT_FALSE(d.mutation("m:cancel", "[{\"id\":" + id + "}]").error);
  run_due();
  EXPECT_EQ(ask("m:notes"), "[]");
  EXPECT_NE(ask("m:jobs").find(R"("state":{"kind":"canceled"})"), std::string::npos);
  EXPECT_EQ(first_line(d.mutation("m:cancel", R"([{"id":"x"}])").error),
            "Uncaught Error: Invalid scheduled function ID. The ID must be an ID on the '_scheduled_functions' table.");
}

TEST_F(scheduling, a_mutation_does_not_cancel_itself) {
  later("m:cancel_itself", "{}");
  run_due();
  const function_record ran = d.records.back();
  EXPECT_EQ(ask("m:notes"), R"([["inProgress",true]])");
  EXPECT_NE(ask("m:jobs").find(R"("kind":"success")"), std::string::npos);
  EXPECT_EQ(ran.identifier, "m:cancel_itself");
  EXPECT_EQ(ran.caller, callers::scheduler);
  ASSERT_EQ(ran.log_lines.size(), 1u);
  EXPECT_EQ(ran.log_lines[0].level, "WARN");
}

TEST_F(scheduling, works_in_actions) {
  EXPECT_FALSE(d.action("m:act").error);
  run_due();
  EXPECT_EQ(ask("m:notes"), R"([["from action",null]])");
}

TEST_F(scheduling, of_a_canceled_action_comes_to_nothing) {
  later("m:dying", "{}");
  run_due();
  EXPECT_EQ(ask("m:notes"), "[]");
  const std::string jobs = ask("m:jobs");
  std::size_t canceled = 0;
  for (std::size_t at = 0; (at = jobs.find("canceled", at)) != std::string::npos; ++at) ++canceled;
  EXPECT_EQ(canceled, 3u) << jobs;
}

TEST_F(scheduling, survives_a_push_and_fails_when_the_function_is_gone) {
  later("m:note", "{\"text\":\"a\"}", 1);
  d.push({{"m.js",
           "import { query, db } from './_deps/kit.js';\nexport const jobs = query({ handler: async () => "
           "(await db.all('_scheduled_functions')).map((j) => j.state) });"}});
  d.time().advance(1'000'000'000);
  run_due();
  EXPECT_NE(ask("m:jobs").find("Could not find function for 'm:note'"), std::string::npos) << ask("m:jobs");
}

}  // namespace
}  // namespace hull::backend::functions::test
