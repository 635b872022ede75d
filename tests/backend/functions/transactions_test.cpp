// Mutations, the functions they call, and what queries see of them.
#include "deployed_app.hpp"
#include "functions/session_requests.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace hull::backend::functions::test {
namespace {

constexpr const char* module_m = R"js(
import { query, mutation, action, db, run, call, ConvexError } from "./_deps/kit.js";
export const add = mutation({ handler: async ({ n }) => { console.log("adding", n); return await db.insert("rows", { n }); } });
export const rows = query({ handler: async () => (await db.all("rows")).map((row) => row.n) });
export const count = query({ handler: () => call("count", { table: "rows" }) });
export const bump = mutation({ handler: async () => {
  const [row] = await db.all("counters");
  if (row === undefined) { await db.insert("counters", { value: 1 }); return 1; }
  await db.patch(row._id, { value: row.value + 1 });
  return row.value + 1;
} });
export const counter = query({ handler: async () => (await db.all("counters"))[0]?.value ?? 0 });
export const add_and_throw = mutation({ internal: true, handler: async ({ n }) => {
  await db.insert("rows", { n });
  throw new ConvexError({ n });
} });
export const outer = mutation({ handler: async () => {
  await run("mutation", "m:add", { n: 1 });
  let caught = null;
  try { await run("mutation", "m:add_and_throw", { n: 2 }); } catch (e) { caught = { data: e.data, text: e.message.split("\n")[0] }; }
  return { caught, seen: await run("query", "m:rows"), before: await run("snapshotQuery", "m:rows") };
} });
export const query_calls_mutation = query({ handler: () => run("mutation", "m:add", { n: 1 }) });
export const calls_nothing = mutation({ handler: () => run("query", "m:nothing") });
export const deep = query({ handler: ({ depth }) => depth === 0 ? "bottom" : run("query", "m:deep", { depth: depth - 1 }) });
export const fails_at_the_end = mutation({ handler: async () => { await db.insert("rows", { n: 9 }); throw new Error("late"); } });
export const metrics = mutation({ handler: async () => { await db.insert("rows", { n: 1 }); return (await call("getTransactionMetrics", {})).documentsWritten.used; } });
export const about = mutation({ handler: async () => ({ f: await call("getFunctionMetadata", {}), d: await call("getDeploymentMetadata", {}), r: (await call("getRequestMetadata", {})).requestId }) });
export const who = query({ handler: () => call("getUserIdentity", {}) });
export const now = query({ handler: () => Date.now() });
export const act = action({ handler: async () => {
  const id = await call("actions/mutation", { name: "m:add", args: { n: 5 } });
  let error = null;
  try { await call("actions/query", { name: "m:custom", args: {} }); } catch (e) { error = { data: e.data, text: e.message.split("\n")[0] }; }
  return { made: typeof id, rows: await call("actions/query", { name: "m:rows", args: {} }), error,
           inner: await call("actions/action", { reference: "_reference/function/m.js:inner", args: {} }) };
} });
export const inner = action({ internal: true, handler: () => "inner" });
export const stamped = mutation({ handler: async () => { await db.insert("rows", { n: 0 }); return { $commitTs: null }; } });
export const nested = mutation({ handler: async () => { let v = 1; for (let i = 0; i < 64; ++i) v = [v]; return v; } });
export const large = mutation({ handler: () => "x".repeat(12 << 20) });
export const custom = query({ handler: () => { throw new ConvexError("no"); } });
export const dangling = action({ handler: () => call("actions/query", { name: "m:gone", args: {} }) });
)js";

class transactions : public testing::Test {
 protected:
  std::string value_of(const std::string& path, const std::string& args = "[{}]") {
    const auto result = d.query(path, args);
    return result->error ? result->error->message : *result->value_json;
  }

  deployed_app d{{{"m.js", module_m}}};
};

TEST_F(transactions, a_mutation_is_visible_to_queries_at_its_time) {
  const auto before = d.app().db().latest_ts();
  EXPECT_EQ(value_of("m:rows"), "[]");
  const call_outcome added = d.mutation("m:add", "[{\"n\":1}]");
  EXPECT_GT(added.ts, before);
  EXPECT_EQ(added.log_lines, std::vector<std::string>{"[LOG] 'adding' 1"});
  EXPECT_EQ(value_of("m:rows"), "[1]");
  EXPECT_EQ(value_of("m:count"), "1");
  EXPECT_EQ(*d.app().query(deployed_app::call("m:rows"), before).value()->value_json, "[]");
  EXPECT_EQ(*d.app().query(deployed_app::call("m:rows"), added.ts).value()->value_json, "[1]");
}

TEST_F(transactions, a_mutation_that_throws_leaves_nothing) {
  EXPECT_EQ(first_line(d.mutation("m:fails_at_the_end").error), "Uncaught Error: late");
  EXPECT_EQ(value_of("m:rows"), "[]");
}

TEST_F(transactions, runs_again_when_another_was_quicker) {
  d.mutation("m:bump");
  int meddled = 0;
  d.after_run = [&](const runtime::run_request& request) {
    if (request.function != "bump" || meddled == 1) return;
    ++meddled;
    d.mutation("m:bump");
  };
  const call_outcome bumped = d.mutation("m:bump");
  EXPECT_EQ(*bumped.value_json, "3");
  EXPECT_EQ(d.sleeps, 1);
  EXPECT_EQ(value_of("m:counter"), "3");
}

TEST_F(transactions, many_writers_of_one_document_all_succeed) {
  d.mutation("m:bump");
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i)
    writers.emplace_back([&] {
      for (int k = 0; k < 5; ++k)
        if (!d.app().mutation(deployed_app::call("m:bump"))) ++failed;
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(value_of("m:counter"), "41");
}

TEST_F(transactions, gives_up_after_five_conflicts) {
  d.mutation("m:bump");
  bool meddling = false;
  int attempts = 0;
  d.after_run = [&](const runtime::run_request& request) {
    if (request.function != "bump" || meddling) return;
    ++attempts;
    meddling = true;
    d.mutation("m:bump");
    meddling = false;
  };
  const auto result = d.app().mutation(deployed_app::call("m:bump"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "OptimisticConcurrencyControlFailure");
  EXPECT_EQ(result.error().http_status(), 503);
  EXPECT_EQ(attempts, 5);
  EXPECT_EQ(d.sleeps, 4);
}

/// Mutations for which nobody waits: everything runs on this thread here, as nobody else commits.
class unawaited : public transactions {
 protected:
  void SetUp() override { d.mutation("m:bump"); }
  void start(const function_call& call) {
    d.app().mutation(
        call,
        [this](std::function<void()> job) {
          if (room) later.push_back(std::move(job));
          return room;
        },
        [this](outcome<call_outcome> end) { ends.push_back(std::move(end)); });
  }
  /// Another mutation is quicker, so often.
  void meddle(int often) {
    d.after_run = [this, often, meddled = 0](const runtime::run_request& request) mutable {
      if (request.function != "bump" || meddling || meddled == often) return;
      ++meddled;
      meddling = true;
      d.mutation("m:bump");
      meddling = false;
    };
  }
  bool room = true, meddling = false;
  std::vector<std::function<void()>> later;
  std::vector<outcome<call_outcome>> ends;
};

TEST_F(unawaited, end_as_if_somebody_had_waited) {
  start(deployed_app::call("m:bump"));
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(*ends[0]->value_json, "2");
  EXPECT_EQ(ends[0]->ts, d.app().db().latest_ts());

  for (const char* path : {"m:fails_at_the_end", "m:missing", "m:rows", "no path", ""}) {
    const function_call wrong = deployed_app::call(path);
    const auto waited = d.app().mutation(wrong);
    start(wrong);
    const auto& end = ends.back();
    ASSERT_EQ(end.has_value(), waited.has_value()) << path;
    if (end)
      EXPECT_EQ(first_line(end->error), first_line(waited->error)) << path;
    else
      EXPECT_EQ(end.error().message, waited.error().message) << path;
  }
  ASSERT_EQ(ends.size(), 6u);
  EXPECT_TRUE(later.empty());

  function_call call = deployed_app::call("m:add", "[{\"n\":1}]");
  call.session = session_request{"00000000-0000-4000-8000-000000000000", 7};
  start(call);
  start(call);
  EXPECT_EQ(ends[7]->ts, ends[6]->ts);
  EXPECT_EQ(value_of("m:count"), "1");
}

TEST_F(unawaited, run_again_elsewhere_when_another_was_quicker) {
  meddle(1);
  start(deployed_app::call("m:bump"));
  EXPECT_TRUE(ends.empty());
  EXPECT_EQ(d.sleeps, 0) << "not here";
  ASSERT_EQ(later.size(), 1u);
  later.front()();
  EXPECT_EQ(d.sleeps, 1);
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(*ends[0]->value_json, "3");
}

TEST_F(unawaited, give_up_after_five_conflicts_too) {
  meddle(1000);
  start(deployed_app::call("m:bump"));
  ASSERT_EQ(later.size(), 1u);
  later.front()();
  EXPECT_EQ(d.sleeps, 4);
  ASSERT_EQ(ends.size(), 1u);
  ASSERT_FALSE(ends[0]);
  EXPECT_EQ(ends[0].error().code, "OptimisticConcurrencyControlFailure");
}

TEST_F(unawaited, are_refused_when_there_is_no_room_to_run_again) {
  meddle(1);
  room = false;
  start(deployed_app::call("m:bump"));
  ASSERT_EQ(ends.size(), 1u);
  ASSERT_FALSE(ends[0]);
  EXPECT_EQ(ends[0].error().who, blame::overload);
}

TEST_F(transactions, concurrent_increments_all_count) {
  const auto bump_often = [&] {
    for (int i = 0; i < 10; ++i)
      while (!d.app().mutation(deployed_app::call("m:bump"))) {
      }
  };
  std::thread other(bump_often);
  bump_often();
  other.join();
  EXPECT_EQ(value_of("m:counter"), "20");
}

TEST_F(transactions, a_request_of_a_session_runs_once) {
  function_call call = deployed_app::call("m:add", "[{\"n\":1}]");
  call.session = session_request{"00000000-0000-4000-8000-000000000000", 7};
  const call_outcome first = d.app().mutation(call).value();
  d.mutation("m:add", "[{\"n\":2}]");
  const call_outcome replayed = d.app().mutation(call).value();
  EXPECT_EQ(*replayed.value_json, *first.value_json);
  EXPECT_EQ(replayed.ts, first.ts);
  EXPECT_EQ(replayed.log_lines, first.log_lines);
  EXPECT_EQ(value_of("m:count"), "2");

  call.session->request_id = 8;
  d.app().mutation(call).value();
  call.session->session_id = "00000000-0000-4000-8000-000000000001";
  d.app().mutation(call).value();
  EXPECT_EQ(value_of("m:count"), "4");
}

TEST_F(transactions, a_replay_gives_the_same_answer_however_late_it_is) {
  for (const std::string path : {"m:stamped", "m:nested"}) {
    function_call call = deployed_app::call(path);
    call.session = session_request{"00000000-0000-4000-8000-000000000000", 7};
    if (path == "m:nested") call.session->request_id = 8;
    const call_outcome first = d.app().mutation(call).value();
    ASSERT_FALSE(first.error) << first.error->message;
    d.time().advance(600'000'000'000);  // Nothing but the record remembers it then.
    d.mutation("m:add", "[{\"n\":2}]");
    const call_outcome replayed = d.app().mutation(call).value();
    ASSERT_FALSE(replayed.error) << replayed.error->message;
    EXPECT_EQ(*replayed.value_json, *first.value_json);
    EXPECT_EQ(replayed.ts, first.ts);
  }
}

TEST_F(transactions, records_are_forgotten_in_pieces_when_they_are_large) {
  function_call call = deployed_app::call("m:large");
  call.session = session_request{"00000000-0000-4000-8000-000000000000", 0};
  for (; call.session->request_id < 3; ++call.session->request_id) ASSERT_FALSE(d.app().mutation(call).value().error);
  d.time().advance(session_requests_kept_ns + 1'000'000);
  std::vector<std::size_t> gone;
  do {
    auto tx = d.app().db().begin();
    gone.push_back(forget_old_records(tx, d.time().wall_ns(), 1000).value());
    d.app().db().commit(std::move(tx), "clean_up").value();
  } while (gone.back() != 0);
  EXPECT_EQ(gone.front(), 1000u) << "there is more";
  EXPECT_GE(gone.size(), 3u);
}

TEST_F(transactions, records_are_forgotten_after_two_weeks) {
  function_call call = deployed_app::call("m:add", "[{\"n\":1}]");
  call.session = session_request{"00000000-0000-4000-8000-000000000000", 7};
  d.app().mutation(call).value();
  const auto forget = [&] {
    auto tx = d.app().db().begin();
    const std::size_t gone = forget_old_records(tx, d.time().wall_ns(), 100).value();
    d.app().db().commit(std::move(tx), "clean_up").value();
    return gone;
  };
  const std::int64_t day = 24ll * 3600 * 1'000'000'000;
  d.time().advance(13 * day);
  call.session->request_id = 8;
  d.app().mutation(call).value();
  EXPECT_EQ(forget(), 0u);
  d.time().advance(2 * day);
  EXPECT_EQ(forget(), 1u);
  EXPECT_EQ(forget(), 0u);
  d.app().mutation(call).value();
  EXPECT_EQ(value_of("m:count"), "2") << "the younger one is still known";
}

TEST_F(transactions, only_success_is_recorded) {
  function_call call = deployed_app::call("m:fails_at_the_end");
  call.session = session_request{"00000000-0000-4000-8000-000000000000", 1};
  int runs = 0;
  d.after_run = [&](const runtime::run_request&) { ++runs; };
  EXPECT_TRUE(d.app().mutation(call).value().error);
  EXPECT_TRUE(d.app().mutation(call).value().error);
  EXPECT_EQ(runs, 2);
}

TEST_F(transactions, copies_of_a_request_at_the_same_moment_run_once) {
  function_call call = deployed_app::call("m:add", "[{\"n\":1}]");
  call.session = session_request{"00000000-0000-4000-8000-000000000000", 1};
  bool copied = false;
  d.after_run = [&](const runtime::run_request&) {
    if (std::exchange(copied, true)) return;
    d.app().mutation(call).value();
  };
  EXPECT_FALSE(d.app().mutation(call).value().error);
  EXPECT_EQ(value_of("m:rows"), "[1]");
}

TEST_F(transactions, a_failed_inner_mutation_is_rolled_back_alone) {
  const call_outcome result = d.mutation("m:outer");
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(
      *result.value_json,
      "{\"before\":[],\"caught\":{\"data\":{\"n\":2},\"text\":\"Uncaught ConvexError: {\\\"n\\\":2}\"},\"seen\":[1]}");
  EXPECT_EQ(value_of("m:rows"), "[1]");
  EXPECT_EQ(result.log_lines, std::vector<std::string>{"[LOG] 'adding' 1"});
}

TEST_F(transactions, inner_calls_have_rules) {
  EXPECT_EQ(first_line(d.query("m:query_calls_mutation")->error),
            "Uncaught Error: Cannot call a mutation function from a query function");
  EXPECT_EQ(first_line(d.mutation("m:calls_nothing").error)
                .rfind("Uncaught Error: Could not find function for 'm:nothing'", 0),
            0u);
  EXPECT_EQ(value_of("m:deep", "[{\"depth\":8}]"), "\"bottom\"");
  EXPECT_NE(error_text(d.query("m:deep", "[{\"depth\":9}]")->error).find("Cross component call depth limit exceeded"),
            std::string::npos);
}

TEST_F(transactions, functions_can_ask_about_themselves) {
  EXPECT_EQ(*d.mutation("m:metrics").value_json, "1");
  EXPECT_EQ(*d.mutation("m:about").value_json,
            "{\"d\":{\"class\":\"s16\",\"name\":\"hull-development\",\"region\":null},"
            "\"f\":{\"componentPath\":\"\",\"name\":\"m:about\"},\"r\":\"0123456789abcdef\"}");
}

TEST_F(transactions, identity_separates_results_only_where_it_is_asked_for) {
  function_call call = deployed_app::call("m:who");
  EXPECT_EQ(*d.app().query(call).value()->value_json, "null");
  call.who.attributes = value::make_object({{"subject", "u1"}});
  EXPECT_EQ(*d.app().query(call).value()->value_json, "{\"subject\":\"u1\"}");

  int runs = 0;
  d.after_run = [&](const runtime::run_request&) { ++runs; };
  call.path = "m:rows";
  d.app().query(call).value();
  d.query("m:rows");
  EXPECT_EQ(runs, 1);
}

TEST_F(transactions, results_are_shared_until_their_rows_change) {
  int runs = 0;
  d.after_run = [&](const runtime::run_request& request) { runs += request.function == "rows" ? 1 : 0; };
  const auto first = d.query("m:rows");
  EXPECT_EQ(d.query("m.js:rows", "[ {} ]"), first);
  d.mutation("m:bump");  // Another table.
  EXPECT_EQ(d.query("m:rows")->value_json, first->value_json);
  EXPECT_EQ(runs, 1);
  d.mutation("m:add", "[{\"n\":1}]");
  EXPECT_EQ(*d.query("m:rows")->value_json, "[1]");
  EXPECT_EQ(runs, 2);
}

TEST_F(transactions, a_result_that_read_the_clock_is_renewed) {
  const std::string first = value_of("m:now");
  d.time().advance(10'000'000'000);
  EXPECT_EQ(value_of("m:now"), first);
  d.time().advance(10'000'000'000);
  EXPECT_NE(value_of("m:now"), first);
}

TEST_F(transactions, actions_call_functions_one_by_one) {
  const call_outcome result = d.action("m:act");
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(*result.value_json,
            "{\"error\":{\"data\":\"no\",\"text\":\"Uncaught ConvexError: \\\"no\\\"\"},\"inner\":\"inner\","
            "\"made\":\"string\",\"rows\":[5]}");
  EXPECT_EQ(value_of("m:rows"), "[5]");
  EXPECT_EQ(first_line(d.action("m:dangling").error).rfind("Uncaught Error: Could not find function for 'm:gone'", 0),
            0u);
}

}  // namespace
}  // namespace hull::backend::functions::test
