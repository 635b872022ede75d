// Routes for the operator: runs of functions as they end, metrics, and whether the backend is well.
#include "http/routes.hpp"
#include "http/process_metrics.hpp"
#include "sync/client_version.hpp"
#include "sync/function_log.hpp"
#include "sync/services.hpp"

#include <hull/value/json.hpp>

#include <charconv>
#include <chrono>
#include <utility>

namespace hull::backend::http {
namespace {

using functions::function_record;
using functions::run_kind;

constexpr std::chrono::seconds longest_wait{60};

const char* type_of(run_kind kind) {
  switch (kind) {
    case run_kind::query: return "Query";
    case run_kind::mutation: return "Mutation";
    case run_kind::action: return "Action";
    case run_kind::http_action: break;
  }
  return "HttpAction";
}

/// "[LOG] 'hello'" in its parts. What was joined to one text stays one.
value structured(const std::string& line, double when_ms) {
  std::string level = "LOG", text = line;
  if (const auto end = line.find("] "); line.starts_with('[') && end != std::string::npos) {
    level = line.substr(1, end - 1);
    text = line.substr(end + 2);
  }
  return value::make_object({{"messages", value::make_array({value(std::move(text))})},
                             {"isTruncated", false},
                             {"timestamp", when_ms},
                             {"level", std::move(level)}});
}

value entry_of(const function_record& r, bool structured_lines) {
  const double ended = static_cast<double>(r.ended_ns) / 1e9;
  const double took = static_cast<double>(r.took_ns) / 1e9;
  array lines;
  for (const auto& line : r.log_lines)
    lines.push_back(structured_lines ? structured(line, static_cast<double>(r.ended_ns / 1'000'000)) : value(line));
  value success;
  if (r.http_status && !r.error) success = value::make_object({{"status", std::to_string(*r.http_status)}});
  return value::make_object({{"kind", "Completion"},
                             {"udfType", type_of(r.kind)},
                             {"componentPath", nullptr},
                             {"identifier", r.identifier},
                             {"logLines", std::move(lines)},
                             {"timestamp", ended},
                             {"cachedResult", r.cached},
                             {"executionTime", took},
                             {"userExecutionTime", took},
                             {"success", std::move(success)},
                             {"error", r.error ? value(*r.error) : value()},
                             {"requestId", r.request_id},
                             {"executionId", r.request_id},
                             {"caller", r.caller},
                             {"parentExecutionId", nullptr},
                             {"usageStats", hull::object{}},
                             {"returnBytes", static_cast<double>(r.return_bytes)},
                             {"occInfo", nullptr},
                             {"willRetry", false},
                             {"executionTimestamp", ended - took},
                             {"identityType", r.identity},
                             {"environment", "isolate"}});
}

/// Of the tools that take lines in their parts.
bool wants_structure(const request& r) {
  const std::string* client = r.header("convex-client");
  if (!client) return false;
  const auto version = sync::parse_client_header(*client);
  return version && (version->name == "npm-cli" || version->name == "dashboard");
}

outcome<std::optional<std::string>> wanted_request(const request& r) {
  const auto session = r.parameter("sessionId");
  const auto counter = r.parameter("clientRequestCounter");
  if (!session && !counter) return std::optional<std::string>();
  std::uint32_t number = 0;
  const bool good = session && counter && !counter->empty() &&
                    std::from_chars(counter->data(), counter->data() + counter->size(), number).ptr ==
                        counter->data() + counter->size();
  if (!good) return bad_request("BadQueryArgs", "sessionId=<UUID> and clientRequestCounter=<number> go together.");
  return std::optional(sync::socket_request_id(*session, number));
}

outcome<response> follow(const request& r, const sync::services& s, bool may_be_structured) {
  auto who = require_admin(r, s);
  if (!who) return who.error();
  double cursor = 0;
  if (const auto text = r.parameter("cursor")) {
    const auto end = std::from_chars(text->data(), text->data() + text->size(), cursor);
    if (end.ec != std::errc() || end.ptr != text->data() + text->size())
      return bad_request("BadQueryArgs", "cursor must be a number: the newCursor of the answer before, or 0.");
  }
  auto only = wanted_request(r);
  if (!only) return only.error();
  const auto page = s.log.stream().read(cursor, longest_wait);
  if (!page) return failure{blame::overload, "LogStreamUnavailable", "The backend stops, or too many follow its logs.", {}};
  const bool structured_lines = may_be_structured && wants_structure(r);
  array entries;
  for (const auto& e : page->entries)
    if (!*only || e.record->request_id == **only) entries.push_back(entry_of(*e.record, structured_lines));
  return value_response(value::make_object({{"entries", std::move(entries)}, {"newCursor", page->cursor}}));
}

response metrics(const sync::services& s) {
  std::string out;
  write_process_metrics(out, backend_version);
  s.log.metrics().write(out);
  sync::write_metric(out, "hull_subscriptions", "gauge", "Query results that are watched for changes.",
                     static_cast<double>(s.registry.size()));
  sync::write_metric(out, "hull_latest_commit_timestamp_seconds", "gauge", "Time of the newest commit.",
                     static_cast<double>(s.app.db().latest_ts()) / 1e9);
  const auto contexts = s.app.contexts();
  sync::write_metric(out, "hull_contexts_made_total", "counter", "JavaScript contexts made for functions.",
                     static_cast<double>(contexts.made));
  sync::write_metric(out, "hull_contexts_reused_total", "counter",
                     "Runs that left their context as it was, so that it serves another one.",
                     static_cast<double>(contexts.reused));
  sync::write_metric(out, "hull_calls_running", "gauge", "Threads that run queries, mutations and short requests.",
                     static_cast<double>(s.calls.running()));
  sync::write_metric(out, "hull_actions_running", "gauge", "Threads that run actions and long requests.",
                     static_cast<double>(s.actions.running()));
  return {200, "text/plain; version=0.0.4; charset=utf-8", std::move(out), {}};
}

}  // namespace

void add_log_routes(router& r, const sync::services& s) {
  for (const std::string prefix : {"/api/", "/api/app_metrics/"}) {
    for (const bool functions : {true, false})
      r.add({"GET", prefix + (functions ? "stream_function_logs" : "stream_udf_execution"), where_to_run::actions, small_body,
             answering([&s, functions](const request& q) { return follow(q, s, functions); })});
  }
  r.add({"GET", "/metrics", where_to_run::here, small_body, [&s](const request&) { return metrics(s); }});
  r.add({"GET", "/health", where_to_run::here, small_body,
         [](const request&) { return json_response("{\"status\":\"ok\"}"); }});
}

}  // namespace hull::backend::http
