// Records of committed mutations, by session and request.
#include "functions/session_requests.hpp"

#include "database/commit_ts.hpp"
#include "functions/stored_text.hpp"

#include <hull/value/json.hpp>
#include <hull/value/size.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::functions {
namespace {

constexpr std::string_view table = "_session_requests";
constexpr std::string_view index = "by_session_id_and_request_id";

/// What `forget_old_records` has in memory at once.
constexpr std::size_t forgotten_bytes = 16u << 20;
constexpr std::size_t rows_per_look = 32;

std::vector<value> key_of(const session_request& request) {
  return {value(request.session_id), value::int64(request.request_id)};
}

/// The record has lines as their texts: "[LOG] 'hello'". Such a line has the same text again.
runtime::log_line line_of(const std::string& text) {
  runtime::log_line line{"LOG", {}, false, 0};
  const std::size_t end = text.find(']');
  if (!text.starts_with('[') || end == std::string::npos) {
    line.messages.push_back(text);
    return line;
  }
  line.level = text.substr(1, end - 1);
  if (end + 2 <= text.size()) line.messages.push_back(text.substr(end + 2));
  return line;
}

/// Which request of the session is the latest that has a record. A read of its own, of the newest state: whatever was
/// committed before we came into the session counts, and the mutation does not depend on it.
outcome<void> learn(const services& shared, const std::string& session_id, known_requests::session& known) {
  auto last = shared.db.begin().last(table, index, {value(session_id)});
  if (!last) return last.error();
  const value* id = *last ? (*last)->find("requestId") : nullptr;
  known.learn(id && id->if_int64() ? id->as_int64() : -1);
  return {};
}

/// As it is stored: {"result": ..., "logLines": [...]}.
std::string text_of(const finished_call& finished) {
  array lines;
  for (const runtime::log_line& line : finished.log_lines) lines.emplace_back(line.to_text());
  return R"({"result":)" + (finished.result_json ? *finished.result_json : write_json(finished.result)) +
         R"(,"logLines":)" + write_json(value(std::move(lines))) + "}";
}

failure damaged() { return internal_failure("The record of a committed mutation is damaged."); }

}  // namespace

outcome<std::optional<finished_call>> find_recorded(const services& shared, database::transaction& tx,
                                                    const session_request& request, known_requests::session& known) {
  if (known.surely_new(request.request_id)) {
    auto noted = tx.note_lookup(table, index, key_of(request));
    if (!noted) return noted.error();
    return std::optional<finished_call>();
  }
  if (!known.learnt())
    if (auto learnt = learn(shared, request.session_id, known); !learnt) return learnt.error();
  auto rows = tx.lookup(table, index, key_of(request));
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<finished_call>{};
  const auto text = join_parts(*rows);
  if (!text) return damaged();
  json_options form{.limits = {}, .any_names = true, .plain = false};
  ++form.limits.max_nesting;  // The result may be as deep as values are, and lies in an object here.
  auto recorded = read_json(*text, form);
  if (!recorded) return damaged();

  finished_call finished;
  if (const value* result = recorded->find("result")) finished.result = *result;
  if (const value* lines = recorded->find("logLines"); lines != nullptr && lines->is_array())
    for (const value& line : lines->as_array())
      if (line.is_string()) finished.log_lines.push_back(line_of(line.as_string()));
  // Records of earlier versions do not know their time; a later one stands in for it.
  const value* ts = rows->front().find("committedAt");
  finished.ts = ts && ts->if_int64() ? static_cast<database::timestamp>(ts->as_int64()) : tx.begin_ts();
  finished.replayed = true;
  finished.result = database::with_commit_ts(finished.result, static_cast<std::int64_t>(finished.ts));
  return std::optional<finished_call>(std::move(finished));
}

outcome<std::size_t> forget_old_records(database::transaction& tx, std::int64_t now_ns, std::size_t limit) {
  const double oldest_ms = static_cast<double>(now_ns - session_requests_kept_ns) / 1e6;
  std::size_t gone = 0, bytes = 0;
  while (gone < limit) {
    if (bytes > forgotten_bytes) return limit;
    auto rows = tx.lookup(table, "by_creation_time", {}, std::min(limit - gone, rows_per_look));
    if (!rows) return rows.error();
    for (const value& row : *rows) {
      if (row.find("_creationTime")->as_double() > oldest_ms) return gone;
      auto removed = tx.remove(database::access::backend, row.find("_id")->as_string(), std::nullopt);
      if (!removed) return removed.error();
      bytes += value_size(row);
      ++gone;
    }
    if (rows->empty()) break;
  }
  return gone;
}

outcome<void> record(database::transaction& tx, const session_request& request, const finished_call& finished) {
  const std::string text = text_of(finished);
  double number = 0;
  for (const std::string_view part : parts_of(text)) {
    auto inserted = tx.insert(database::access::backend, table,
                              value::make_object({{"sessionId", request.session_id},
                                                  {"requestId", value::int64(request.request_id)},
                                                  {"part", number},
                                                  {"text", std::string(part)},
                                                  {"committedAt", value::make_object({{"$commitTs", value()}})}}));
    if (!inserted) return inserted.error();
    number += 1;
  }
  return {};
}

}  // namespace hull::backend::functions
