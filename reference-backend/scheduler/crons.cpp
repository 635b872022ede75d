// Rows of `_cron_jobs`, `_cron_next_run` and `_cron_job_logs`.
#include "scheduler/crons.hpp"

#include "database/document.hpp"
#include "scheduler/rows.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::scheduler {
namespace {

using database::access;
using database::transaction;

constexpr std::string_view jobs_table = "_cron_jobs";
constexpr std::string_view runs_table = "_cron_next_run";
constexpr std::string_view logs_table = "_cron_job_logs";
constexpr std::size_t kept_characters = 1000;

/// Numbers of a schedule are stored as int64.
value stored_schedule(const value& json) {
  object out;
  for (const auto& [name, v] : json.as_object()) {
    const double* number = v.if_double();
    out.set(name, number != nullptr ? value::int64(static_cast<std::int64_t>(*number)) : v);
  }
  return value(std::move(out));
}

/// Analysis gives the arguments as an array of byte values.
bytes stored_args(const value& json) {
  bytes out;
  if (!json.is_array()) return out;
  for (const value& byte : json.as_array())
    if (const double* number = byte.if_double()) out.push_back(static_cast<std::uint8_t>(*number));
  return out;
}

outcome<value> stored_spec(const std::string& name, const value& declared) {
  const value* schedule = declared.find("cronSchedule");
  const value* args = declared.find("udfArgs");
  if (schedule == nullptr || !schedule->is_object() || args == nullptr)
    return internal_failure("The cron job '" + name + "' has no schedule or arguments.");
  return value::make_object({{"udfPath", text_of(declared, "udfPath")},
                             {"udfArgs", stored_args(*args)},
                             {"cronSchedule", stored_schedule(*schedule)}});
}

outcome<std::optional<value>> next_run_of(transaction& tx, const std::string& id) {
  auto rows = tx.lookup(runs_table, "by_cron_job_id", {value(id)}, 1);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<value>();
  return std::optional(std::move(rows->front()));
}

/// Deletes the oldest logs of that name, until `keep` are left.
outcome<void> trim_logs(transaction& tx, const std::string& name, std::size_t keep) {
  auto rows = tx.lookup(logs_table, "by_name_and_ts", {value(name)});
  if (!rows) return rows.error();
  for (std::size_t i = 0; i + keep < rows->size(); ++i)
    if (auto erased = erase_row(tx, text_of((*rows)[i], "_id")); !erased) return erased;
  return {};
}

outcome<void> insert_next_run(transaction& tx, const std::string& id, const cron_schedule& schedule,
                              std::int64_t now_ns) {
  auto inserted = tx.insert(access::backend, runs_table,
                            value::make_object({{"cronJobId", id},
                                                {"state", state("pending")},
                                                {"prevTs", nullptr},
                                                {"nextTs", value::int64(schedule.first(id, now_ns))}}));
  if (!inserted) return inserted.error();
  return {};
}

outcome<void> add_cron(transaction& tx, const std::string& name, const value& spec, const cron_schedule& schedule,
                       std::int64_t now_ns) {
  auto id = tx.insert(access::backend, jobs_table, value::make_object({{"name", name}, {"cronSpec", spec}}));
  if (!id) return id.error();
  return insert_next_run(tx, *id, schedule, now_ns);
}

outcome<void> delete_cron(transaction& tx, const value& row) {
  auto run = next_run_of(tx, text_of(row, "_id"));
  if (!run) return run.error();
  if (*run)
    if (auto erased = erase_row(tx, text_of(**run, "_id")); !erased) return erased;
  if (auto trimmed = trim_logs(tx, text_of(row, "name"), 0); !trimmed) return trimmed;
  return erase_row(tx, text_of(row, "_id"));
}

outcome<void> update_cron(transaction& tx, const value& row, const value& spec, const cron_schedule& schedule,
                          std::int64_t now_ns) {
  const std::string id = text_of(row, "_id");
  const value* old = row.find("cronSpec");
  if (old != nullptr && *old == spec) return {};
  if (auto changed = change_row(tx, id, value::make_object({{"cronSpec", spec}})); !changed) return changed;
  const value* old_schedule = old != nullptr ? old->find("cronSchedule") : nullptr;
  if (old_schedule != nullptr && *old_schedule == *spec.find("cronSchedule")) return {};

  auto run = next_run_of(tx, id);
  if (!run) return run.error();
  if (!*run) return insert_next_run(tx, id, schedule, now_ns);
  // A run in progress computes the next one when it ends.
  if (state_of(**run) == "inProgress") return {};
  const auto previous = int64_of(**run, "prevTs");
  const std::int64_t next = previous ? schedule.following(id, *previous, now_ns).at_ns : schedule.first(id, now_ns);
  return change_row(tx, text_of(**run, "_id"), value::make_object({{"nextTs", value::int64(next)}}));
}

/// At most so many characters of a text, each of them whole.
std::string shortened(const std::string& text) {
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xC0u) != 0x80u && ++characters > kept_characters) break;
  return text.substr(0, end);
}

value status_of(const call_end& end) {
  if (end.error) return value::make_object({{"type", "err"}, {"error", shortened(*end.error)}});
  const std::string text = write_json(end.result);
  const std::string kept = shortened(text);
  // A row cannot nest deeper than any other value, and this one goes three levels down in it.
  const bool fits = kept.size() == text.size() && database::check_value(end.result, 60).has_value();
  const value result = fits ? value::make_object({{"type", "value"}, {"value", end.result}})
                            : value::make_object({{"type", "truncated"}, {"truncatedLog", kept}});
  return value::make_object({{"type", "success"}, {"result", result}});
}

/// As many lines as fit, and the beginning of the one that does not.
value logged(const std::vector<std::string>& lines) {
  array kept;
  std::size_t room = kept_characters;
  bool truncated = false;
  for (const std::string& line : lines) {
    std::string part = shortened(line).substr(0, room);
    while (!part.empty() && part.size() < line.size() &&
           (static_cast<unsigned char>(line[part.size()]) & 0xC0u) == 0x80u)
      part.pop_back();
    truncated = truncated || part.size() < line.size();
    if (part.empty() && !line.empty()) break;
    room -= part.size();
    kept.emplace_back(std::move(part));
    if (truncated) break;
  }
  return value::make_object({{"logLines", std::move(kept)}, {"isTruncated", truncated}});
}

outcome<void> insert_log(transaction& tx, const cron_job& cron, value status, value lines, std::int64_t at_ns,
                         double seconds) {
  auto inserted = tx.insert(access::backend, logs_table,
                            value::make_object({{"name", cron.name},
                                                {"ts", value::int64(at_ns)},
                                                {"udfPath", cron.path},
                                                {"udfArgs", to_bytes(cron.args_json)},
                                                {"status", std::move(status)},
                                                {"logLines", std::move(lines)},
                                                {"executionTime", seconds}}));
  if (!inserted) return inserted.error();
  return trim_logs(tx, cron.name, kept_cron_logs);
}

}  // namespace

outcome<void> store_crons(transaction& tx, const std::map<std::string, value, std::less<>>& declared,
                          std::int64_t now_ns) {
  auto rows = tx.lookup(jobs_table, "by_name", {});
  if (!rows) return rows.error();
  std::map<std::string, value> stored;
  for (value& row : *rows) stored.emplace(text_of(row, "name"), std::move(row));
  for (const auto& [name, row] : stored) {
    if (declared.contains(name)) continue;
    if (auto deleted = delete_cron(tx, row); !deleted) return deleted;
  }
  for (const auto& [name, declaration] : declared) {
    auto spec = stored_spec(name, declaration);
    if (!spec) return spec.error();
    auto schedule = cron_schedule::parse(*spec->find("cronSchedule"));
    if (!schedule) return schedule.error();
    const auto old = stored.find(name);
    auto done = old == stored.end() ? add_cron(tx, name, *spec, *schedule, now_ns)
                                    : update_cron(tx, old->second, *spec, *schedule, now_ns);
    if (!done) return done;
  }
  return {};
}

outcome<std::optional<cron_job>> find_cron(transaction& tx, const std::string& id) {
  auto row = find_row(tx, id);
  if (!row) return row.error();
  auto run = next_run_of(tx, id);
  if (!run) return run.error();
  const value* spec = *row ? (*row)->find("cronSpec") : nullptr;
  const value* schedule = spec != nullptr ? spec->find("cronSchedule") : nullptr;
  if (schedule == nullptr || !*run) return std::optional<cron_job>();
  cron_job cron;
  cron.id = id;
  cron.name = text_of(**row, "name");
  cron.path = text_of(*spec, "udfPath");
  cron.args_json = bytes_text_of(*spec, "udfArgs");
  cron.schedule_json = *schedule;
  cron.next_run_id = text_of(**run, "_id");
  cron.slot_ns = int64_of(**run, "nextTs").value_or(0);
  cron.in_progress = state_of(**run) == "inProgress";
  return std::optional<cron_job>(std::move(cron));
}

outcome<std::vector<upcoming>> upcoming_crons(transaction& tx, std::size_t limit) {
  auto rows = rows_by_time(tx, runs_table, "by_next_ts", "nextTs", INT64_MAX, limit);
  if (!rows) return rows.error();
  std::vector<upcoming> crons;
  for (const value& row : *rows) crons.push_back({text_of(row, "cronJobId"), int64_of(row, "nextTs").value_or(0)});
  return crons;
}

outcome<void> begin_cron(transaction& tx, const cron_job& cron) {
  return change_row(tx, cron.next_run_id, value::make_object({{"state", state("inProgress")}}));
}

outcome<void> release_cron(transaction& tx, const cron_job& cron) {
  return change_row(tx, cron.next_run_id, value::make_object({{"state", state("pending")}}));
}

outcome<void> advance_cron(transaction& tx, const cron_job& cron, std::int64_t now_ns) {
  auto schedule = cron_schedule::parse(cron.schedule_json);
  if (!schedule) return internal_failure("The cron job '" + cron.name + "': " + schedule.error().message);
  const auto next = schedule->following(cron.id, cron.slot_ns, now_ns);
  if (next.skipped > 0) {
    const value status = value::make_object({{"type", "canceled"}, {"num_canceled", value::int64(next.skipped)}});
    if (auto noted = insert_log(tx, cron, status, logged({}), now_ns, 0); !noted) return noted;
  }
  return change_row(
      tx, cron.next_run_id,
      value::make_object(
          {{"state", state("pending")}, {"prevTs", value::int64(cron.slot_ns)}, {"nextTs", value::int64(next.at_ns)}}));
}

outcome<void> log_cron(transaction& tx, const cron_job& cron, const call_end& end, std::int64_t began_ns,
                       std::int64_t now_ns) {
  return insert_log(tx, cron, status_of(end), logged(end.log_lines), began_ns,
                    static_cast<double>(now_ns - began_ns) / 1e9);
}

}  // namespace hull::backend::scheduler
