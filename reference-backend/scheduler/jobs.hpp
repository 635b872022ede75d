// Scheduled functions as rows of `_scheduled_jobs`, and the changes of state that they go through.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "scheduler/agenda.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::scheduler {

/// A job may lie this far from now, in either direction.
inline constexpr std::int64_t schedule_horizon_ns = std::int64_t{5} * 366 * 86'400 * 1'000'000'000;
/// How long a finished job can still be looked at.
inline constexpr std::int64_t kept_after_end_ns = std::int64_t{7} * 86'400 * 1'000'000'000;
/// The error of an action that was cut off.
inline constexpr const char* transient_error = "Transient error while executing action";

struct job_request {
  std::string path;       ///< "dir/file.js:function"
  std::string args_json;  ///< JSON array of arguments.
  std::int64_t at_ns = 0;
};

/// The id of the new job. `parent` is the job whose function asks: when that one has been canceled, so is the new one.
outcome<std::string> schedule_job(database::transaction& tx, const job_request& wanted,
                                  const std::optional<std::string>& parent, std::int64_t now_ns);

/// A job that is over, or long gone, stays as it is.
outcome<void> cancel_job(database::transaction& tx, std::string_view id, std::int64_t now_ns);

/// A job that is not over.
struct open_job {
  std::string id;
  std::string path;
  std::string args_json;
  std::int64_t due_ns = 0;
  std::optional<std::string> execution;  ///< Set while an action is in progress.
  std::int64_t system_errors = 0;
};

/// Nothing when it is over or gone.
outcome<std::optional<open_job>> find_open_job(database::transaction& tx, const std::string& id);
outcome<std::vector<upcoming>> upcoming_jobs(database::transaction& tx, std::size_t limit);

outcome<void> begin_job(database::transaction& tx, const std::string& id, const std::string& request_id,
                        const std::string& execution_id);
/// With an error the job has failed.
outcome<void> end_job(database::transaction& tx, const std::string& id, const std::optional<std::string>& error,
                      std::int64_t now_ns);
/// Back to pending after a failure of ours.
outcome<void> postpone_job(database::transaction& tx, const open_job& job, std::int64_t due_ns);
/// Notes how many attempts of the job others got in the way of.
outcome<void> note_conflicts(database::transaction& tx, const open_job& job, std::int64_t conflicts);

/// Deletes jobs that ended long ago, at most `limit`; returns how many, or `limit` if their arguments were enough for
/// one transaction.
outcome<std::size_t> delete_ended_jobs(database::transaction& tx, std::int64_t now_ns, std::size_t limit);

}  // namespace hull::backend::scheduler
