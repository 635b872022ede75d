// Routes for the operator: runs of functions as they end, metrics, and whether the backend is well.
#include "http/process_metrics.hpp"
#include "http/routes.hpp"
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
using functions::run_place;
using functions::run_usage;
using runtime::log_line;

constexpr std::chrono::seconds longest_wait{60};

/// What one of the two routes gives.
struct log_format {
  bool progress = false;    ///< Lines of actions as they come, and not once more at the end.
  bool structured = false;  ///< Lines in their parts, else as texts.
};

const char* type_of(run_kind kind) {
  switch (kind) {
    case run_kind::query:
      return "Query";
    case run_kind::mutation:
      return "Mutation";
    case run_kind::action:
      return "Action";
    case run_kind::http_action:
    case run_kind::unknown:
      break;  // what is unknown is not in the stream
  }
  return "HttpAction";
}

const char* environment_of(run_place place) {
  switch (place) {
    case run_place::isolate:
      return "isolate";
    case run_place::node:
      return "node";
    case run_place::none:
      break;
  }
  return "invalid";
}

value null_if_empty(const std::string& text) { return text.empty() ? value() : value(text); }
value number(std::uint64_t n) { return value(static_cast<double>(n)); }

value structured(const log_line& line) {
  array messages;
  for (const std::string& m : line.messages) messages.emplace_back(m);
  object parts{{"messages", std::move(messages)},
               {"isTruncated", line.truncated},
               {"timestamp", static_cast<double>(line.timestamp_ms)},
               {"level", line.level}};
  if (!line.code.empty()) parts.set("systemMetadata", value::make_object({{"code", line.code}}));
  return value(std::move(parts));
}

array lines_of(const function_record& r, bool in_parts) {
  array lines;
  for (const log_line& line : r.log_lines) lines.push_back(in_parts ? structured(line) : value(line.to_text()));
  return lines;
}

/// What is not counted is zero: tools want every field.
value usage_of(const run_usage& used) {
  object all{{"databaseReadBytes", number(used.read_bytes)},
             {"databaseWriteBytes", number(used.written_bytes)},
             {"databaseReadDocuments", number(used.read_documents)},
             {"databaseWriteDocuments", number(used.written_documents)}};
  for (const char* name : {"databaseIoReadBytes", "databaseIoWriteBytes", "databaseWriteIndexRows", "storageReadBytes",
                           "storageWriteBytes", "vectorIndexReadBytes", "vectorIndexWriteBytes", "textIndexQueryBytes",
                           "textIndexWriteQueryBytes", "vectorIndexReadQueryBytes", "vectorIndexWriteQueryBytes",
                           "networkEgressBytes", "memoryUsedMb"})
    all.set(name, 0.0);
  return value(std::move(all));
}

value conflict_of(const function_record& r) {
  if (!r.conflict) return {};
  return value::make_object({{"tableName", null_if_empty(r.conflict->table)},
                             {"documentId", nullptr},
                             {"writeSource", null_if_empty(r.conflict->source)},
                             {"componentPath", nullptr},
                             {"retryCount", static_cast<double>(r.conflict->retries)}});
}

value progress_of(const function_record& r, const log_format& format) {
  return value::make_object({{"kind", "Progress"},
                             {"udfType", type_of(r.kind)},
                             {"componentPath", nullptr},
                             {"identifier", r.identifier},
                             {"timestamp", static_cast<double>(r.ended_ns) / 1e9},
                             {"logLines", lines_of(r, format.structured)},
                             {"requestId", r.request_id},
                             {"executionId", r.execution_id}});
}

value completion_of(const function_record& r, const log_format& format) {
  const double ended = static_cast<double>(r.ended_ns) / 1e9;
  const double took = static_cast<double>(r.took_ns) / 1e9;
  const bool lines_were_told = format.progress && functions::tells_lines_early(r.kind);
  value success;
  if (r.http_status && !r.error) success = value::make_object({{"status", std::to_string(*r.http_status)}});
  return value::make_object(
      {{"kind", "Completion"},
       {"udfType", type_of(r.kind)},
       {"componentPath", nullptr},
       {"identifier", r.identifier},
       {"logLines", lines_were_told ? array{} : lines_of(r, format.structured)},
       {"timestamp", ended},
       {"cachedResult", r.cached},
       {"executionTime", took},
       {"userExecutionTime", r.script_ns ? value(static_cast<double>(*r.script_ns) / 1e9) : value()},
       {"success", std::move(success)},
       {"error", r.error ? value(*r.error) : value()},
       {"requestId", r.request_id},
       {"executionId", r.execution_id},
       {"caller", r.caller},
       {"parentExecutionId", null_if_empty(r.parent_execution)},
       {"usageStats", usage_of(r.usage)},
       {"returnBytes", number(r.return_bytes)},
       {"occInfo", conflict_of(r)},
       {"willRetry", r.conflict && r.conflict->will_retry},
       {"executionTimestamp", ended - took},
       {"identityType", r.identity},
       {"environment", environment_of(r.place)}});
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

/// `with_progress`: the newer of the two routes, whose lines may come in parts, too.
outcome<response> follow(const request& r, const sync::services& s, bool with_progress) {
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
  if (!page)
    return failure{blame::overload, "LogStreamUnavailable", "The backend stops, or too many follow its logs.", {}};
  const log_format format{with_progress, with_progress && wants_structure(r)};
  array entries;
  for (const auto& e : page->entries) {
    const function_record& record = *e.record;
    // Whoever asks for a request means the run itself, not those that it started.
    if (*only && (record.request_id != **only || !record.parent_execution.empty())) continue;
    if (!record.in_progress)
      entries.push_back(completion_of(record, format));
    else if (format.progress)
      entries.push_back(progress_of(record, format));
  }
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
      r.add({"GET", prefix + (functions ? "stream_function_logs" : "stream_udf_execution"), where_to_run::actions,
             small_body, answering([&s, functions](const request& q) { return follow(q, s, functions); })});
  }
  r.add({"GET", "/metrics", where_to_run::here, small_body, [&s](const request&) { return metrics(s); }});
  r.add({"GET", "/health", where_to_run::here, small_body,
         [](const request&) { return json_response("{\"status\":\"ok\"}"); }});
}

}  // namespace hull::backend::http
