// Cron jobs as rows: what crons.js declares, when each job runs next, and how its last runs went.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "scheduler/agenda.hpp"
#include "scheduler/callee.hpp"
#include "scheduler/cron_schedule.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::scheduler {

inline constexpr std::size_t kept_cron_logs = 5;

/// Makes the rows say what `declared` does: identifier to {udfPath, udfArgs, cronSchedule}, as modules are analysed.
/// A job that stays keeps its next run unless its schedule changes.
outcome<void> store_crons(database::transaction& tx, const std::map<std::string, value, std::less<>>& declared,
                          std::int64_t now_ns);

/// A cron job with its next run.
struct cron_job {
  std::string id;
  std::string name;
  std::string path;
  std::string args_json;
  value schedule_json;
  std::string next_run_id;  ///< Of the row in `_cron_next_run`.
  std::int64_t slot_ns = 0;
  bool in_progress = false;

  /// True for the same occurrence of the same job.
  bool same_run(const cron_job& other) const { return id == other.id && slot_ns == other.slot_ns; }
  /// True when a push has not changed what the run does either.
  bool same_call(const cron_job& other) const {
    return same_run(other) && path == other.path && args_json == other.args_json &&
           schedule_json == other.schedule_json;
  }
};

/// Nothing when the job was deleted.
outcome<std::optional<cron_job>> find_cron(database::transaction& tx, const std::string& id);
outcome<std::vector<upcoming>> upcoming_crons(database::transaction& tx, std::size_t limit);

outcome<void> begin_cron(database::transaction& tx, const cron_job& cron);
/// Undoes begin_cron for a run that did not start.
outcome<void> release_cron(database::transaction& tx, const cron_job& cron);
/// The job's next run becomes the one after its slot.
outcome<void> advance_cron(database::transaction& tx, const cron_job& cron, std::int64_t now_ns);
/// Notes how the run ended. Of each job only the last few of these are kept.
outcome<void> log_cron(database::transaction& tx, const cron_job& cron, const call_end& end, std::int64_t began_ns,
                       std::int64_t now_ns);

}  // namespace hull::backend::scheduler
