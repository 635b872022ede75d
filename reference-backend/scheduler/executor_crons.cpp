// Runs cron jobs.
#include "scheduler/executor.hpp"

#include <utility>

namespace hull::backend::scheduler {

using database::transaction;

again_at executor::run_cron(const std::string& id, std::int64_t failures) {
  transaction tx = shared_.db.begin();
  auto cron = find_cron(tx, id);
  if (!cron) {
    shared_.warn("Cannot read a cron job: " + cron.error().message);
    return later(cron_failure, failures);
  }
  const std::int64_t now = shared_.time.wall_ns();
  if (!*cron || (*cron)->slot_ns > now) return std::nullopt;
  // As with jobs: the process that ran it is gone.
  if ((*cron)->in_progress) {
    end_cron(**cron, {{}, transient_error, {}}, now);
    return std::nullopt;
  }
  auto what = shared_.functions.what_is(tx, (*cron)->path);
  if (!what) {
    shared_.warn("Cannot look up " + (*cron)->path + ": " + what.error().message);
    return later(cron_failure, failures);
  }
  return *what == callable::action ? run_cron_action(**cron, failures) : run_cron_mutation(**cron, failures);
}

void executor::end_cron(const cron_job& cron, const call_end& end, std::int64_t began_ns) {
  commit_for_sure(
      [&](transaction& tx) -> outcome<void> {
        auto now = find_cron(tx, cron.id);
        if (!now) return now.error();
        if (!*now) return {};
        if (auto logged = log_cron(tx, **now, end, began_ns, shared_.time.wall_ns()); !logged) return logged;
        if (!(*now)->same_run(cron) || (*now)->in_progress != cron.in_progress) return {};
        return advance_cron(tx, **now, shared_.time.wall_ns());
      },
      "scheduler", "Cannot note the end of the cron job '" + cron.name + "'");
}

again_at executor::run_cron_mutation(const cron_job& cron, std::int64_t failures) {
  scheduled_call call = call_of(cron.path, cron.args_json);
  call.conflicts = failures;
  const std::int64_t began = shared_.time.wall_ns();
  const auto before = [&](transaction& tx) -> outcome<bool> {
    auto now = find_cron(tx, cron.id);
    if (!now) return now.error();
    return *now && (*now)->same_call(cron) && !(*now)->in_progress;
  };
  const auto after = [&](transaction& tx, const call_end& end) -> outcome<void> {
    const std::int64_t now = shared_.time.wall_ns();
    if (auto logged = log_cron(tx, cron, end, began, now); !logged) return logged;
    return advance_cron(tx, cron, now);
  };
  auto end = shared_.functions.mutation(call, before, after);
  if (!end) {
    if (end.error().who != blame::conflict)
      shared_.warn("The cron job '" + cron.name + "' is tried again: " + end.error().message);
    return later(cron_failure, failures);
  }
  if (!*end) return std::nullopt;
  if ((*end)->error) end_cron(cron, **end, began);
  return std::nullopt;
}

again_at executor::run_cron_action(const cron_job& cron, std::int64_t failures) {
  cron_job running = cron;
  running.in_progress = true;
  bool begun = false;
  const std::int64_t began = shared_.time.wall_ns();
  auto marked = commit(
      [&](transaction& tx) -> outcome<void> {
        auto now = find_cron(tx, cron.id);
        if (!now) return now.error();
        if (!*now || !(*now)->same_call(cron) || (*now)->in_progress) return {};
        begun = true;
        return begin_cron(tx, cron);
      },
      "scheduler");
  if (!marked) return later(cron_failure, failures);
  if (!begun) return std::nullopt;

  auto end = shared_.functions.action(call_of(cron.path, cron.args_json));
  if (!end && end.error().who == blame::overload) {  // it has not been started
    shared_.warn("The cron job '" + cron.name + "' is tried again: " + end.error().message);
    commit_for_sure(
        [&](transaction& tx) -> outcome<void> {
          auto now = find_cron(tx, cron.id);
          if (!now) return now.error();
          if (!*now || !(*now)->same_run(running) || !(*now)->in_progress) return {};
          return release_cron(tx, **now);
        },
        "scheduler", "Cannot release the cron job '" + cron.name + "'");
    return later(cron_failure, failures);
  }
  if (!end) {
    shared_.warn("The cron job '" + cron.name + "' failed: " + end.error().message);
    end_cron(running, {{}, transient_error, {}}, began);
    return std::nullopt;
  }
  end_cron(running, *end, began);
  return std::nullopt;
}

}  // namespace hull::backend::scheduler
