// Runs of functions as the operator sees them: the ring that is followed, and the counters.
#include "sync/function_log.hpp"

#include "fake_deployment.hpp"
#include "server_rig.hpp"

#include <hull/value/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace hull::test {
namespace {

using testing::HasSubstr;
using namespace backend;
using namespace std::chrono_literals;
using functions::function_record;
using functions::run_kind;
using sync::log_stream;

function_record record(std::string identifier, std::int64_t ended_ms = 1000) {
  function_record r;
  r.identifier = std::move(identifier);
  r.ended_ns = ended_ms * 1'000'000;
  return r;
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
  large.log_lines.assign(2, std::string(499, 'x'));
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

TEST(FunctionMetrics, CountByTypeAndResult) {
  sync::function_metrics m;
  auto r = record("m:list");
  r.took_ns = 700'000;
  m.count(r);
  r.error = "boom";
  r.log_lines = {"[LOG] 1", "[LOG] 2"};
  m.count(r);
  r = record("m:send");
  r.kind = run_kind::mutation;
  r.took_ns = 70'000'000'000;
  m.count(r);
  r.cached = true;
  m.count(r);
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

TEST(LogRoutes, AreFollowedByAdmins) {
  server_rig rig;
  const header_pairs admin{{"Authorization", "Convex " + rig.admin_key()}};
  auto r = record("m:list", 2000);
  r.kind = run_kind::action;
  r.caller = functions::callers::socket;
  r.identity = "user";
  r.request_id = "0123456789abcdef";
  r.log_lines = {"[WARN] 'one' 2"};
  r.error = "Uncaught Error: boom";
  r.took_ns = 5'000'000;
  rig.services().log.note(r);

  EXPECT_EQ(http_request(rig.port(), "GET", "/api/stream_function_logs?cursor=0").status, 403u);
  EXPECT_EQ(http_request(rig.port(), "GET", "/api/stream_function_logs?cursor=x", "", admin).status, 400u);
  const auto plain = http_request(rig.port(), "GET", "/api/stream_function_logs?cursor=0", "", admin);
  EXPECT_EQ(plain.status, 200u);
  for (const char* part : {R"("kind":"Completion")", R"("udfType":"Action")", R"("identifier":"m:list")",
                           R"("logLines":["[WARN] 'one' 2"])", R"("error":"Uncaught Error: boom")",
                           R"("caller":"SyncWorker")", R"("identityType":"user")", R"("executionTime":0.005)",
                           R"("newCursor":2000)"})
    EXPECT_THAT(plain.body, HasSubstr(part));

  header_pairs cli = admin;
  cli.emplace_back("Convex-Client", "npm-cli-1.48.0");
  EXPECT_THAT(http_request(rig.port(), "GET", "/api/app_metrics/stream_function_logs?cursor=0", "", cli).body,
              HasSubstr(R"({"isTruncated":false,"level":"WARN","messages":["'one' 2"],"timestamp":2000})"));
  const auto others = http_request(
      rig.port(), "GET",
      "/api/stream_udf_execution?cursor=0&sessionId=6f0c5a3e-0000-4000-8000-000000000001&clientRequestCounter=1", "", cli);
  EXPECT_THAT(others.body, HasSubstr(R"("entries":[])"));
  EXPECT_THAT(others.body, HasSubstr(R"("newCursor":2000)"));
}

TEST(LogRoutes, MetricsAndHealthNeedNoKey) {
  server_rig rig;
  const auto reply = http_request(rig.port(), "GET", "/metrics");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* name : {"hull_build_info{version=\"0.1.0\"} 1", "process_resident_memory_bytes ", "process_open_fds ",
                           "hull_subscriptions 0", "hull_function_runs_total"})
    EXPECT_THAT(reply.body, HasSubstr(name));
  EXPECT_EQ(http_request(rig.port(), "GET", "/health").body, "{\"status\":\"ok\"}");
}

}  // namespace
}  // namespace hull::test
