// Runs of functions as the operator sees them: the ring that is followed, and the counters.
#include "sync/function_log.hpp"

#include "fake_deployment.hpp"
#include "server_rig.hpp"

#include <hull/value/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace hull::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace backend;
using namespace std::chrono_literals;
using functions::function_record;
using functions::run_kind;
using functions::run_place;
using sync::log_stream;

function_record record(std::string identifier, std::int64_t ended_ms = 1000) {
  function_record r;
  r.identifier = std::move(identifier);
  r.ended_ns = ended_ms * 1'000'000;
  return r;
}

runtime::log_line line(std::vector<std::string> messages, std::string level = "LOG") {
  return {std::move(level), std::move(messages), false, 1500};
}

/// One of a run that goes on.
function_record progress(run_kind kind, std::string text) {
  auto r = record("m:go");
  r.kind = kind;
  r.in_progress = true;
  r.log_lines = {line({std::move(text)})};
  return r;
}

/// The sample of a metric.
std::string sample(sync::function_log& log, const std::string& name) {
  std::string text;
  log.metrics().write(text);
  const auto at = text.find("\n" + name + " ");
  if (at == std::string::npos) return "none";
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::vector<std::string> names(const std::optional<log_stream::page>& page) {
  std::vector<std::string> out;
  if (page)
    for (const auto& e : page->entries) out.push_back(e.record->identifier);
  return out;
}

TEST(LogStream, GoesOnFromACursor) {
  log_stream s;
  s.add(record("a"));
  s.add(record("b"));  // At the same moment: cursors differ nevertheless.
  const auto both = s.read(0, 0ms);
  EXPECT_EQ(names(both), (std::vector<std::string>{"a", "b"}));
  EXPECT_LT(both->entries[0].cursor, both->entries[1].cursor);
  EXPECT_EQ(names(s.read(both->entries[0].cursor, 0ms)), std::vector<std::string>{"b"});
  const auto none = s.read(both->cursor, 0ms);
  EXPECT_TRUE(none->entries.empty());
  EXPECT_EQ(none->cursor, both->cursor);
  s.add(record("c", 500));  // The clock went back.
  EXPECT_EQ(names(s.read(both->cursor, 0ms)), std::vector<std::string>{"c"});
}

TEST(LogStream, KeepsTheNewest) {
  log_stream s({3, 1000, 8});
  for (const char* name : {"a", "b", "c", "d"}) s.add(record(name));
  EXPECT_EQ(names(s.read(0, 0ms)), (std::vector<std::string>{"b", "c", "d"}));
  auto large = record("large");
  large.log_lines.assign(2, line({std::string(499, 'x')}));
  s.add(std::move(large));
  EXPECT_EQ(names(s.read(0, 0ms)), std::vector<std::string>{"large"});
}

TEST(LogStream, WaitsAndIsClosed) {
  log_stream s;
  auto waiting = std::async(std::launch::async, [&] { return s.read(0, 60s); });
  s.add(record("a"));
  const auto page = waiting.get();
  EXPECT_EQ(names(page), std::vector<std::string>{"a"});
  auto closed = std::async(std::launch::async, [&] { return s.read(page->cursor, 60s); });
  s.close();
  EXPECT_FALSE(closed.get());
}

TEST(LogStream, LetsSoManyWait) {
  log_stream s({10, 1000, 0});
  s.add(record("a"));
  EXPECT_FALSE(s.read(0, 0ms));
}

TEST(LogStream, NeverGivesUpARunForWhatWasKnown) {
  log_stream s({3, 1000, 8, 2});
  const auto known = [](std::string name) {
    auto r = record(std::move(name));
    r.cached = true;
    return r;
  };
  s.add(record("a"));
  for (const char* name : {"b", "c"}) s.add(known(name));
  s.add(record("d"));
  s.add(known("e"));
  const auto all = s.read(0, 0ms);
  EXPECT_EQ(names(all), (std::vector<std::string>{"a", "c", "d", "e"})) << "in the order in which they came";
  s.add(record("f"));
  EXPECT_EQ(names(s.read(all->cursor, 0ms)), std::vector<std::string>{"f"});
}

TEST(LogStream, WantsLittleOfWhatWasKnownWhileNobodyFollows) {
  constexpr std::int64_t second = 1'000'000'000;
  log_stream s({10, 1000, 8, 10, 3});
  const auto wanted = [&](std::int64_t now) {
    int n = 0;
    for (int i = 0; i < 10; ++i) n += s.wants_known(now) ? 1 : 0;
    return n;
  };
  EXPECT_EQ(wanted(0), 3);
  EXPECT_EQ(wanted(second - 1), 0);
  EXPECT_EQ(wanted(second), 3);

  auto waiting = std::async(std::launch::async, [&] { return s.read(0, 60s); });
  while (!s.wants_known(second + 1)) std::this_thread::yield();
  EXPECT_EQ(wanted(second + 1), 10) << "somebody follows";
  s.add(record("a"));
  EXPECT_TRUE(waiting.get());
  EXPECT_EQ(wanted(5 * second), 10) << "and will be back";
  EXPECT_EQ(wanted(20 * second), 3);
}

TEST(FunctionLog, CountsEachLineOnce) {
  sync::function_log log;
  log.note(progress(run_kind::action, "1"));
  log.note(progress(run_kind::http_action, "2"));
  EXPECT_EQ(sample(log, "hull_function_runs_total{type=\"action\",result=\"success\"}"), "0") << "they go on";
  auto end = record("m:go");
  end.kind = run_kind::action;
  end.log_lines = {line({"1"})};
  log.note(end);
  end.kind = run_kind::query;
  log.note(end);
  EXPECT_EQ(sample(log, "hull_function_log_lines_total"), "3");
  EXPECT_EQ(sample(log, "hull_function_runs_total{type=\"action\",result=\"success\"}"), "1");
  EXPECT_EQ(names(log.stream().read(0, 0ms)).size(), 4u);
}

TEST(FunctionLog, CountsAMutationThatIsTriedAgainWhenItHasEnded) {
  sync::function_log log;
  auto r = record("m:send");
  r.kind = run_kind::mutation;
  r.error = "changed";
  r.conflict = functions::run_conflict{"t", "m:other", 0, true};
  log.note(r);
  EXPECT_EQ(sample(log, "hull_function_runs_total{type=\"mutation\",result=\"error\"}"), "0");
  r.conflict->will_retry = false;
  log.note(r);
  EXPECT_EQ(sample(log, "hull_function_runs_total{type=\"mutation\",result=\"error\"}"), "1");
  EXPECT_EQ(names(log.stream().read(0, 0ms)).size(), 2u) << "who follows sees both";
}

TEST(FunctionLog, CountsWhatWasKnownWhetherOrNotItIsNoted) {
  sync::function_log log;
  for (int i = 0; i < 1000; ++i) log.note_known(0);
  auto r = record("m:list");
  r.cached = true;
  log.note(r);
  EXPECT_EQ(sample(log, "hull_query_results_from_cache_total"), "1000");
  EXPECT_EQ(sample(log, "hull_function_runs_total{type=\"query\",result=\"success\"}"), "0");
  EXPECT_EQ(names(log.stream().read(0, 0ms)), std::vector<std::string>{"m:list"});
}

TEST(FunctionLog, HasNoWordForWhatNobodyKnew) {
  sync::function_log log;
  auto r = record("m:gone");
  r.kind = run_kind::unknown;
  r.error = "Could not find it.";
  log.note(r);
  EXPECT_TRUE(names(log.stream().read(0, 0ms)).empty());
  EXPECT_EQ(sample(log, "hull_function_runs_total{type=\"query\",result=\"error\"}"), "0");
}

TEST(FunctionMetrics, CountByTypeAndResult) {
  sync::function_metrics m;
  auto r = record("m:list");
  r.took_ns = 700'000;
  m.count(r);
  r.error = "boom";
  m.count(r);
  m.count_lines(2);
  r = record("m:send");
  r.kind = run_kind::mutation;
  r.took_ns = 70'000'000'000;
  m.count(r);
  m.count_known();
  std::string text;
  m.write(text);
  for (const char* line :
       {"# TYPE hull_function_runs_total counter\n", "hull_function_runs_total{type=\"query\",result=\"success\"} 1\n",
        "hull_function_runs_total{type=\"query\",result=\"error\"} 1\n",
        "hull_function_runs_total{type=\"mutation\",result=\"success\"} 1\n",
        "hull_function_duration_seconds_bucket{type=\"query\",le=\"5e-04\"} 0\n",
        "hull_function_duration_seconds_bucket{type=\"query\",le=\"0.001\"} 2\n",
        "hull_function_duration_seconds_bucket{type=\"mutation\",le=\"60\"} 0\n",
        "hull_function_duration_seconds_bucket{type=\"mutation\",le=\"+Inf\"} 1\n",
        "hull_function_duration_seconds_sum{type=\"mutation\"} 70\n",
        "hull_function_duration_seconds_count{type=\"query\"} 2\n", "hull_query_results_from_cache_total 1\n",
        "hull_function_log_lines_total 2\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

struct LogRoutes : testing::Test {
  server_rig rig;
  const header_pairs admin{{"Authorization", "Convex " + rig.admin_key()}};
  header_pairs cli = admin;

  LogRoutes() { cli.emplace_back("Convex-Client", "npm-cli-1.48.0"); }
  sync::function_log& log() { return rig.services().log; }
  std::string functions(const std::string& more = {}) {
    return http_request(rig.port(), "GET", "/api/stream_function_logs?cursor=0" + more, "", cli).body;
  }
  std::string udfs() { return http_request(rig.port(), "GET", "/api/stream_udf_execution?cursor=0", "", cli).body; }
};

TEST_F(LogRoutes, AreFollowedByAdmins) {
  auto r = record("m:list", 2000);
  r.kind = run_kind::mutation;
  r.place = run_place::isolate;
  r.caller = functions::callers::socket;
  r.identity = "user";
  r.request_id = "0123456789abcdef";
  r.execution_id = "11111111-2222-4333-8444-555555555555";
  r.log_lines = {line({"'one'", "2"}, "WARN"), {"WARN", {"Many reads."}, true, 1501, "warning:TooManyReads"}};
  r.error = "Uncaught Error: boom";
  r.took_ns = 5'000'000;
  r.script_ns = 2'000'000;
  r.usage = {10, 1, 20, 2};
  log().note(r);

  EXPECT_EQ(http_request(rig.port(), "GET", "/api/stream_function_logs?cursor=0").status, 403u);
  EXPECT_EQ(http_request(rig.port(), "GET", "/api/stream_function_logs?cursor=x", "", admin).status, 400u);
  const auto plain = http_request(rig.port(), "GET", "/api/stream_function_logs?cursor=0", "", admin);
  EXPECT_EQ(plain.status, 200u);
  for (const char* part : {R"("kind":"Completion")",
                           R"("udfType":"Mutation")",
                           R"("identifier":"m:list")",
                           R"x("logLines":["[WARN] 'one' 2","[WARN] Many reads. (truncated due to length)"])x",
                           R"("error":"Uncaught Error: boom")",
                           R"("caller":"SyncWorker")",
                           R"("identityType":"user")",
                           R"("executionTime":0.005)",
                           R"("userExecutionTime":0.002)",
                           R"("executionId":"11111111-2222-4333-8444-555555555555")",
                           R"("parentExecutionId":null)",
                           R"("environment":"isolate")",
                           R"("databaseReadBytes":10)",
                           R"("databaseReadDocuments":1)",
                           R"("databaseWriteBytes":20)",
                           R"("databaseWriteDocuments":2)",
                           R"("vectorIndexWriteQueryBytes":0)",
                           R"("occInfo":null)",
                           R"("willRetry":false)",
                           R"("cachedResult":false)",
                           R"("newCursor":2000)"})
    EXPECT_THAT(plain.body, HasSubstr(part));

  EXPECT_THAT(http_request(rig.port(), "GET", "/api/app_metrics/stream_function_logs?cursor=0", "", cli).body,
              HasSubstr(R"("logLines":[{"isTruncated":false,"level":"WARN","messages":["'one'","2"],"timestamp":1500},)"
                        R"({"isTruncated":true,"level":"WARN","messages":["Many reads."],)"
                        R"("systemMetadata":{"code":"warning:TooManyReads"},"timestamp":1501}])"));
  EXPECT_THAT(udfs(), HasSubstr(R"("logLines":["[WARN] 'one' 2",)")) << "the older route knows texts only";
}

TEST_F(LogRoutes, TellLinesOfActionsAsTheyCome) {
  auto part = progress(run_kind::action, "'one'");
  part.request_id = "0123456789abcdef";
  part.execution_id = "11111111-2222-4333-8444-555555555555";
  log().note(part);
  EXPECT_THAT(functions(),
              HasSubstr(R"({"entries":[{"componentPath":null,"executionId":"11111111-2222-4333-8444-555555555555",)"
                        R"("identifier":"m:go","kind":"Progress","logLines":[{"isTruncated":false,"level":"LOG",)"
                        R"("messages":["'one'"],"timestamp":1500}],"requestId":"0123456789abcdef","timestamp":1,)"
                        R"("udfType":"Action"}],"newCursor":1000})"));
  EXPECT_EQ(udfs(), R"({"entries":[],"newCursor":1000})") << "it has not ended";

  auto end = record("m:go", 2000);
  end.kind = run_kind::action;
  end.place = run_place::node;
  end.log_lines = part.log_lines;
  log().note(end);
  const std::string both = functions();
  EXPECT_THAT(both, HasSubstr(R"("logLines":[],)")) << "they were told";
  EXPECT_THAT(both, HasSubstr(R"("environment":"node")"));
  EXPECT_THAT(both, HasSubstr(R"("userExecutionTime":null)"));
  EXPECT_THAT(udfs(), HasSubstr(R"("logLines":["[LOG] 'one'"])"));
}

TEST_F(LogRoutes, FindTheRunOfARequestButNotThoseThatItStarted) {
  const std::string session = "6f0c5a3e-0000-4000-8000-000000000001";
  const std::string filter = "&sessionId=" + session + "&clientRequestCounter=";
  auto r = record("m:root");
  r.request_id = sync::socket_request_id(session, 1);
  r.execution_id = "root";
  log().note(r);
  r.identifier = "m:child";
  r.execution_id = "child";
  r.parent_execution = "root";
  log().note(r);
  const std::string found = functions(filter + "1");
  EXPECT_THAT(found, HasSubstr(R"("identifier":"m:root")"));
  EXPECT_THAT(found, Not(HasSubstr("m:child")));
  EXPECT_THAT(functions(), HasSubstr(R"("parentExecutionId":"root")"));
  const std::string others = functions(filter + "2");
  EXPECT_THAT(others, HasSubstr(R"("entries":[])"));
  EXPECT_THAT(others, HasSubstr(R"("newCursor":1000.001)"));
  EXPECT_EQ(http_request(rig.port(), "GET", "/api/stream_function_logs?sessionId=x", "", cli).status, 400u);
}

TEST_F(LogRoutes, TellOfConflictsAndOfRefusedCalls) {
  auto r = record("m:send");
  r.kind = run_kind::mutation;
  r.error = "changed";
  r.conflict = functions::run_conflict{"messages", "m:other", 2, true};
  log().note(r);
  const std::string told = functions();
  EXPECT_THAT(told, HasSubstr(R"("occInfo":{"componentPath":null,"documentId":null,"retryCount":2,)"
                              R"("tableName":"messages","writeSource":"m:other"})"));
  EXPECT_THAT(told, HasSubstr(R"("willRetry":true)"));
  EXPECT_THAT(told, HasSubstr(R"("environment":"invalid")")) << "of what has not run";
}

TEST_F(LogRoutes, MetricsAndHealthNeedNoKey) {
  const auto reply = http_request(rig.port(), "GET", "/metrics");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* name : {"hull_build_info{version=\"0.1.0\"} 1", "process_resident_memory_bytes ",
                           "process_open_fds ", "hull_subscriptions 0", "hull_function_runs_total"})
    EXPECT_THAT(reply.body, HasSubstr(name));
  EXPECT_EQ(http_request(rig.port(), "GET", "/health").body, "{\"status\":\"ok\"}");
}

}  // namespace
}  // namespace hull::test
