// What the operator hears of runs.
#include "deployed_app.hpp"
#include "functions/http_action.hpp"
#include "functions/run.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hull::backend::functions::test {
namespace {

using log_texts = std::vector<std::string>;

constexpr const char* module_of_records = R"js(
import { query, mutation, action, db, call, run } from "./_deps/kit.js";
export const list = query({ handler: () => { console.log("listing"); return [1, 2]; } });
export const boom = mutation({ handler: () => { console.warn("about to"); throw new Error("boom"); } });
export const send = mutation({ handler: () => db.insert("t", { a: 1 }) });
export const bump = mutation({ handler: async () => {
  console.log("bumping");
  const [row] = await db.all("counters");
  if (row === undefined) await db.insert("counters", { n: 1 });
  else await db.patch(row._id, { n: row.n + 1 });
} });
export const outer = mutation({ handler: () => run("mutation", "m:bump") });
export const talk = mutation({ handler: () => { console.info("a", { b: 1 }); console.log("x".repeat(40000)); } });
export const act = action({ handler: async () => {
  console.log("one");
  await call("actions/mutation", { name: "m:send", args: {} });
  console.error("two");
  return call("actions/query", { name: "m:list", args: {} });
} });
export const chain = action({ handler: () => call("actions/action", { name: "m:act", args: {} }) });
export const loud = action({ handler: () => { for (let i = 0; i < 300; ++i) console.log(i); } });
)js";

constexpr const char* module_of_routes = R"js(
import { call } from "./_deps/kit.js";
export default {
  isRouter: true,
  getRoutes: () => [["/p/*", "GET", () => {}]],
  lookup: (path, method) => (path.startsWith("/p/") ? [() => {}, method, "/p/*"] : null),
  async runRequest(_request, path) {
    console.log("asked for", path);
    await call("actions/mutation", { name: "m:send", args: {} });
    return JSON.stringify({ status: 200, headerPairs: [], streamId: null });
  },
};
)js";

struct records : testing::Test {
  records() { d.records.clear(); }
  deployed_app d{{{"m.js", module_of_records}, {"http.js", module_of_routes}}};

  unsigned get(const std::string& path) {
    http_request r;
    unsigned status = 0;
    r.method = "GET";
    r.url = "http://host" + path;
    r.path = path;
    r.request_id = "0123456789abcdef";
    r.respond = [&](const http_response& given) { status = given.status; };
    r.when_gone = [](const std::function<void()>&) {};
    EXPECT_TRUE(d.app().http_action(r));
    return status;
  }
};

TEST_F(records, say_what_ran_and_how_it_ended) {
  d.query("m:list");
  d.query("m:list");
  d.mutation("m:boom");
  d.mutation("m:send");
  d.action("m:gone", "[{}]");
  d.mutation("m:send", "{}");
  ASSERT_EQ(d.records.size(), 6u);

  const auto& ran = d.records[0];
  EXPECT_EQ(ran.kind, run_kind::query);
  EXPECT_EQ(ran.identifier, "m:list");
  EXPECT_EQ(ran.caller, callers::http);
  EXPECT_EQ(ran.identity, "unknown");
  EXPECT_EQ(texts_of(ran.log_lines), log_texts{"[LOG] 'listing'"});
  EXPECT_EQ(ran.return_bytes, 5u);
  EXPECT_FALSE(ran.cached);
  EXPECT_EQ(ran.ended_ns, d.time().wall_ns());
  EXPECT_EQ(ran.place, run_place::isolate);
  ASSERT_TRUE(ran.script_ns);
  EXPECT_GE(*ran.script_ns, 0);

  EXPECT_TRUE(d.records[1].cached);
  EXPECT_TRUE(d.records[1].log_lines.empty());
  EXPECT_EQ(d.records[1].place, run_place::isolate);
  EXPECT_FALSE(d.records[1].script_ns) << "it did not run";

  EXPECT_EQ(d.records[2].kind, run_kind::mutation);
  EXPECT_EQ(texts_of(d.records[2].log_lines), log_texts{"[WARN] 'about to'"});
  EXPECT_EQ(d.records[2].error->substr(0, 20), "Uncaught Error: boom");
  EXPECT_FALSE(d.records[3].error);
  EXPECT_TRUE(d.records[4].error) << "a function that is not there";
  EXPECT_EQ(d.records[4].place, run_place::none);
  EXPECT_TRUE(d.records[5].error) << "arguments that are none";

  std::set<std::string> ids;
  for (const auto& r : d.records) {
    EXPECT_EQ(r.request_id, "0123456789abcdef");
    EXPECT_EQ(r.execution_id.size(), 36u);
    EXPECT_TRUE(r.parent_execution.empty());
    EXPECT_FALSE(r.in_progress);
    ids.insert(r.execution_id);
  }
  EXPECT_EQ(ids.size(), 6u) << "each run has its own id";
}

TEST_F(records, say_what_was_read_and_written) {
  d.mutation("m:bump");
  d.mutation("m:outer");
  ASSERT_EQ(d.records.size(), 2u);
  EXPECT_EQ(d.records[0].usage.written_documents, 1u);
  EXPECT_GT(d.records[0].usage.written_bytes, 0u);
  const run_usage& outer = d.records[1].usage;
  EXPECT_GE(outer.read_documents, 1u) << "what the inner function read counts";
  EXPECT_EQ(outer.written_documents, 1u);
  EXPECT_GT(outer.read_bytes, 0u);
}

TEST_F(records, keep_lines_in_their_parts) {
  const auto shown = d.mutation("m:talk");
  ASSERT_EQ(d.records.size(), 1u);
  const auto& lines = d.records[0].log_lines;
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].level, "INFO");
  EXPECT_EQ(lines[0].messages, (log_texts{"'a'", "{\n  b: 1\n}"}));
  EXPECT_EQ(lines[0].timestamp_ms, d.time().wall_ns() / 1'000'000);
  EXPECT_FALSE(lines[0].truncated);
  EXPECT_TRUE(lines[0].code.empty());
  EXPECT_TRUE(lines[1].truncated);
  EXPECT_EQ(shown.log_lines, texts_of(lines)) << "clients get texts";
  EXPECT_EQ(shown.log_lines[0], "[INFO] 'a' {\n  b: 1\n}");
}

TEST_F(records, are_whole_where_clients_get_less) {
  deployed_app secret{{{"m.js", module_of_records}}, {}, true};
  secret.records.clear();
  const auto shown = secret.mutation("m:boom");
  EXPECT_TRUE(shown.log_lines.empty());
  EXPECT_EQ(shown.error->message.find("boom"), std::string::npos);
  ASSERT_EQ(secret.records.size(), 1u);
  EXPECT_EQ(secret.records[0].log_lines.size(), 1u);
  EXPECT_NE(secret.records[0].error->find("boom"), std::string::npos);
  EXPECT_TRUE(secret.query("m:list")->log_lines.empty());
  EXPECT_EQ(secret.records[1].log_lines.size(), 1u);
}

TEST_F(records, tell_lines_of_actions_as_they_come) {
  const auto shown = d.action("m:act");
  EXPECT_EQ(shown.log_lines, (log_texts{"[LOG] 'one'", "[ERROR] 'two'"}));
  ASSERT_EQ(d.records.size(), 5u);
  const auto& end = d.records[4];
  EXPECT_EQ(end.kind, run_kind::action);
  EXPECT_EQ(texts_of(end.log_lines), shown.log_lines);
  EXPECT_FALSE(end.in_progress);
  for (const std::size_t i : {0u, 2u}) {
    const auto& part = d.records[i];
    EXPECT_TRUE(part.in_progress);
    EXPECT_EQ(part.kind, run_kind::action);
    EXPECT_EQ(part.identifier, "m:act");
    EXPECT_EQ(part.request_id, end.request_id);
    EXPECT_EQ(part.execution_id, end.execution_id);
    EXPECT_EQ(part.ended_ns, d.time().wall_ns());
    EXPECT_EQ(part.log_lines.size(), 1u);
  }
  EXPECT_EQ(d.records[2].log_lines[0].to_text(), "[ERROR] 'two'");
  // What it called lies between, with ids of its own.
  for (const std::size_t i : {1u, 3u}) {
    EXPECT_EQ(d.records[i].caller, callers::action);
    EXPECT_EQ(d.records[i].parent_execution, end.execution_id);
    EXPECT_NE(d.records[i].execution_id, end.execution_id);
    EXPECT_EQ(d.records[i].request_id, end.request_id);
  }
}

TEST_F(records, of_an_action_of_an_action_name_the_inner_one) {
  d.action("m:chain");
  ASSERT_EQ(d.records.size(), 6u);
  const auto& inner = d.records[4];
  const auto& outer = d.records[5];
  EXPECT_EQ(inner.identifier, "m:act");
  EXPECT_EQ(inner.parent_execution, outer.execution_id);
  EXPECT_EQ(d.records[0].parent_execution, outer.execution_id) << "lines of a run know whose it is";
  EXPECT_EQ(d.records[1].parent_execution, inner.execution_id);
  EXPECT_TRUE(outer.parent_execution.empty());
}

TEST_F(records, of_an_action_have_no_more_lines_than_its_clients_get) {
  d.action("m:loud");
  ASSERT_EQ(d.records.size(), 257u);
  EXPECT_EQ(d.records[254].log_lines[0].to_text(), "[LOG] 254");
  EXPECT_EQ(d.records[255].log_lines[0].to_text(), "[ERROR] Log overflow (maximum 256). Remaining log lines omitted.");
  EXPECT_EQ(d.records[256].log_lines.size(), 256u);
}

TEST_F(records, of_http_actions_go_by_their_route) {
  EXPECT_EQ(get("/p/7"), 200u);
  ASSERT_EQ(d.records.size(), 3u);
  EXPECT_TRUE(d.records[0].in_progress);
  EXPECT_EQ(d.records[0].identifier, "GET /p/*");
  EXPECT_EQ(d.records[1].parent_execution, d.records[2].execution_id);
  const auto& end = d.records[2];
  EXPECT_EQ(end.kind, run_kind::http_action);
  EXPECT_EQ(end.identifier, "GET /p/*");
  EXPECT_EQ(end.http_status, 200u);
  EXPECT_EQ(end.caller, callers::http_action);
  EXPECT_EQ(end.place, run_place::isolate);
  EXPECT_EQ(end.log_lines.size(), 1u);

  d.records.clear();
  EXPECT_EQ(get("/q"), 404u);
  ASSERT_EQ(d.records.size(), 1u);
  EXPECT_EQ(d.records[0].identifier, "GET /q") << "there is no route";
}

TEST_F(records, leave_out_what_the_backend_asks_itself) {
  function_call call = deployed_app::call("_system/cli/tables");
  call.who.admin = true;
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(d.app().query(call));
  EXPECT_TRUE(d.app().any_function(call));
  call.args_json = "{}";
  EXPECT_TRUE(d.app().query(call).value()->error);
  EXPECT_TRUE(d.records.empty());
  EXPECT_EQ(d.known, 0);
}

TEST_F(records, of_what_was_known_are_made_when_they_are_wanted) {
  d.tell_known = false;
  for (int i = 0; i < 3; ++i) d.query("m:list");
  EXPECT_EQ(d.records.size(), 1u);
  EXPECT_EQ(d.known, 2);
  d.tell_known = true;
  d.query("m:list");
  ASSERT_EQ(d.records.size(), 2u);
  EXPECT_TRUE(d.records[1].cached);
}

TEST_F(records, do_not_guess_what_a_refused_call_was) {
  EXPECT_TRUE(d.app().any_function(deployed_app::call("m:gone")).value().error);
  EXPECT_TRUE(d.app().any_function(deployed_app::call("m:send", "{}")).value().error);
  function_call elsewhere = deployed_app::call("m:send");
  elsewhere.component_path = "child";
  EXPECT_TRUE(d.app().any_function(elsewhere).value().error);
  ASSERT_EQ(d.records.size(), 3u);
  EXPECT_EQ(d.records[0].kind, run_kind::unknown);
  EXPECT_EQ(d.records[1].kind, run_kind::mutation);
  EXPECT_EQ(d.records[2].kind, run_kind::unknown);
}

TEST_F(records, tell_of_attempts_that_others_got_in_the_way_of) {
  d.mutation("m:bump");
  d.records.clear();
  int meddled = 0;
  d.after_run = [&](const runtime::run_request& request) {
    if (request.function == "bump" && meddled++ == 0) d.mutation("m:bump");
  };
  EXPECT_FALSE(d.mutation("m:bump").error);
  ASSERT_EQ(d.records.size(), 3u) << "the quicker one, the one that lost, and its second attempt";
  EXPECT_FALSE(d.records[0].conflict);
  const auto& lost = d.records[1];
  ASSERT_TRUE(lost.conflict);
  EXPECT_EQ(lost.conflict->table, "counters");
  EXPECT_EQ(lost.conflict->source, "m:bump");
  EXPECT_EQ(lost.conflict->retries, 0);
  EXPECT_TRUE(lost.conflict->will_retry);
  EXPECT_TRUE(lost.error);
  EXPECT_EQ(texts_of(lost.log_lines), log_texts{"[LOG] 'bumping'"});
  EXPECT_EQ(lost.usage.written_documents, 1u);
  EXPECT_FALSE(d.records[2].conflict);
  EXPECT_EQ(d.records[2].request_id, lost.request_id);
  EXPECT_NE(d.records[2].execution_id, lost.execution_id);
}

TEST_F(records, of_the_last_attempt_say_that_it_was) {
  d.mutation("m:bump");
  bool meddling = false;
  d.after_run = [&](const runtime::run_request& request) {
    if (request.function != "bump" || meddling) return;
    meddling = true;
    d.mutation("m:bump");
    meddling = false;
  };
  d.records.clear();
  EXPECT_FALSE(d.app().mutation(deployed_app::call("m:bump")));
  ASSERT_EQ(d.records.size(), 10u);
  ASSERT_TRUE(d.records[9].conflict);
  EXPECT_EQ(d.records[9].conflict->retries, 4);
  EXPECT_FALSE(d.records[9].conflict->will_retry);
}

TEST_F(records, are_not_made_of_answers_that_are_given_again) {
  function_call call = deployed_app::call("m:talk");
  call.session = session_request{"00000000-0000-4000-8000-000000000000", 7};
  const auto first = d.app().mutation(call).value();
  const auto again = d.app().mutation(call).value();
  EXPECT_EQ(again.log_lines, first.log_lines);
  EXPECT_EQ(d.records.size(), 1u);
}

TEST_F(records, a_run_is_told_before_others_have_its_result) {
  const function_call call = deployed_app::call("m:list");
  std::vector<bool> cached_when_landed;
  d.after_run = [&](const runtime::run_request&) {
    const auto seen = d.app().look_for_query(call, d.app().db().latest_ts(), [&](const auto&) {
      for (const function_record& r : d.records) cached_when_landed.push_back(r.cached);
    });
    EXPECT_TRUE(seen.under_way);
  };
  ASSERT_TRUE(d.app().query(call));
  EXPECT_EQ(cached_when_landed, (std::vector<bool>{false, true}));
}

}  // namespace
}  // namespace hull::backend::functions::test
