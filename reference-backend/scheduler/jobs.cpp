// Rows of `_scheduled_jobs` and `_scheduled_job_args`.
#include "scheduler/jobs.hpp"

#include "common/ids.hpp"
#include "database/validator.hpp"
#include "scheduler/rows.hpp"

#include <hull/value/size.hpp>

#include <algorithm>

namespace hull::backend::scheduler {
namespace {

using database::access;
using database::transaction;

constexpr std::string_view jobs_table = "_scheduled_jobs";
constexpr std::string_view args_table = "_scheduled_job_args";
/// Of arguments that one transaction deletes: it has them in memory.
constexpr std::size_t erased_bytes = 16u << 20;
constexpr std::string_view view = "_scheduled_functions";

value ended(value final_state, std::int64_t now_ns) {
  return value::make_object(
      {{"state", std::move(final_state)}, {"nextTs", nullptr}, {"completedTs", value::int64(now_ns)}});
}

bool is_open(const value& row) {
  const std::string type = state_of(row);
  return type == "pending" || type == "inProgress";
}

value attempts(std::int64_t system_errors, std::int64_t conflicts) {
  return value::make_object({{"systemErrors", value::int64(system_errors)}, {"occErrors", value::int64(conflicts)}});
}

outcome<bool> is_canceled(transaction& tx, const std::optional<std::string>& id) {
  if (!id) return false;
  auto row = find_row(tx, *id);
  if (!row) return row.error();
  return *row && state_of(**row) == "canceled";
}

}  // namespace

outcome<std::string> schedule_job(transaction& tx, const job_request& wanted, const std::optional<std::string>& parent,
                                  std::int64_t now_ns) {
  auto noted = tx.note_scheduled(wanted.args_json.size());
  if (!noted) return noted.error();
  auto canceled = is_canceled(tx, parent);
  if (!canceled) return canceled.error();
  auto args = tx.insert(access::backend, args_table, value::make_object({{"args", to_bytes(wanted.args_json)}}));
  if (!args) return args.error();
  return tx.insert(access::backend, jobs_table,
                   value::make_object({{"component", nullptr},
                                       {"udfPath", wanted.path},
                                       {"argsId", *args},
                                       {"state", state(*canceled ? "canceled" : "pending")},
                                       {"nextTs", *canceled ? value() : value::int64(std::max(wanted.at_ns, now_ns))},
                                       {"completedTs", *canceled ? value::int64(now_ns) : value()},
                                       {"originalScheduledTs", value::int64(wanted.at_ns)},
                                       {"attempts", attempts(0, 0)}}));
}

outcome<void> cancel_job(transaction& tx, std::string_view id, std::int64_t now_ns) {
  const auto parsed = document_id::parse(id);
  if (!parsed || tx.tables().name_of(parsed->table) != view)
    return bad_request("InvalidArgument",
                       "Invalid scheduled function ID. The ID must be an ID on the '_scheduled_functions' table.");
  auto row = find_row(tx, std::string(id));
  if (!row) return row.error();
  if (!*row || !is_open(**row)) return {};
  return change_row(tx, std::string(id), ended(state("canceled"), now_ns));
}

outcome<std::optional<open_job>> find_open_job(transaction& tx, const std::string& id) {
  auto row = find_row(tx, id);
  if (!row) return row.error();
  if (!*row || !is_open(**row)) return std::optional<open_job>();
  open_job job;
  job.id = id;
  job.path = text_of(**row, "udfPath");
  job.due_ns = int64_of(**row, "nextTs").value_or(0);
  if (state_of(**row) == "inProgress") job.execution = text_of(*(*row)->find("state"), "execution_id");
  if (const value* counts = (*row)->find("attempts")) job.system_errors = int64_of(*counts, "systemErrors").value_or(0);
  auto args = find_row(tx, text_of(**row, "argsId"));
  if (!args) return args.error();
  if (!*args) return internal_failure("The arguments of the scheduled function " + id + " are gone.");
  job.args_json = bytes_text_of(**args, "args");
  return std::optional<open_job>(std::move(job));
}

outcome<std::vector<upcoming>> upcoming_jobs(transaction& tx, std::size_t limit) {
  auto rows = rows_by_time(tx, jobs_table, "by_next_ts", "nextTs", INT64_MAX, limit);
  if (!rows) return rows.error();
  std::vector<upcoming> jobs;
  for (const value& row : *rows) jobs.push_back({text_of(row, "_id"), int64_of(row, "nextTs").value_or(0)});
  return jobs;
}

outcome<void> begin_job(transaction& tx, const std::string& id, const std::string& request_id,
                        const std::string& execution_id) {
  return change_row(tx, id,
                    value::make_object({{"state", value::make_object({{"type", "inProgress"},
                                                                      {"request_id", request_id},
                                                                      {"execution_id", execution_id}})}}));
}

outcome<void> end_job(transaction& tx, const std::string& id, const std::optional<std::string>& error,
                      std::int64_t now_ns) {
  value final_state = state("success");
  if (error) final_state = value::make_object({{"type", "failed"}, {"error", *error}});
  return change_row(tx, id, ended(std::move(final_state), now_ns));
}

outcome<void> postpone_job(transaction& tx, const open_job& job, std::int64_t due_ns) {
  return change_row(tx, job.id,
                    value::make_object({{"state", state("pending")},
                                        {"nextTs", value::int64(due_ns)},
                                        {"attempts", attempts(job.system_errors + 1, 0)}}));
}

outcome<void> note_conflicts(transaction& tx, const open_job& job, std::int64_t conflicts) {
  return change_row(tx, job.id, value::make_object({{"attempts", attempts(job.system_errors, conflicts)}}));
}

outcome<std::size_t> delete_ended_jobs(transaction& tx, std::int64_t now_ns, std::size_t limit) {
  auto rows = rows_by_time(tx, jobs_table, "by_completed_ts", "completedTs", now_ns - kept_after_end_ns, limit);
  if (!rows) return rows.error();
  std::size_t bytes = 0;
  for (const value& row : *rows) {
    if (bytes > erased_bytes) return limit;
    auto args = find_row(tx, text_of(row, "argsId"));
    if (!args) return args.error();
    bytes += *args ? value_size(**args) : 0;
    if (*args)
      if (auto erased = erase_row(tx, text_of(row, "argsId")); !erased) return erased.error();
    if (auto erased = erase_row(tx, text_of(row, "_id")); !erased) return erased.error();
  }
  return rows->size();
}

}  // namespace hull::backend::scheduler
