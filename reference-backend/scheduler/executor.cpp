// Runs scheduled functions, and what both kinds of jobs have in common.
#include "scheduler/executor.hpp"

#include "common/random.hpp"

#include <utility>

namespace hull::backend::scheduler {

using database::transaction;

again_at executor::later(const backoff& b, std::int64_t failures) const {
  return shared_.time.wall_ns() + b.delay_ns(failures + 1, random_unit(shared_.random));
}

scheduled_call executor::call_of(const std::string& path, const std::string& args_json) const {
  return {path, args_json, random_hex(shared_.random, 8), std::nullopt, 0};
}

outcome<void> executor::commit(const step& s, const char* source) {
  transaction tx = shared_.db.begin();
  if (auto done = s(tx); !done) return done;
  auto ts = shared_.db.commit(std::move(tx), source);
  if (!ts) return ts.error();
  return {};
}

void executor::commit_for_sure(const step& s, const char* source, const std::string& what) {
  for (std::int64_t failures = 1;; ++failures) {
    auto done = commit(s, source);
    if (done) return;
    if (done.error().who != blame::conflict) shared_.warn(what + ": " + done.error().message);
    const std::int64_t delay = cron_failure.delay_ns(failures, random_unit(shared_.random));
    if (!shared_.pause(std::chrono::milliseconds(delay / 1'000'000))) return;
  }
}

again_at executor::run_job(const std::string& id, std::int64_t failures) {
  transaction tx = shared_.db.begin();
  auto job = find_open_job(tx, id);
  if (!job) {
    shared_.warn("Cannot read a scheduled function: " + job.error().message);
    return later(job_failure, failures);
  }
  if (!*job || (*job)->due_ns > shared_.time.wall_ns()) return std::nullopt;
  // Nobody but this process runs jobs, and it does not run this one: the process that did is gone.
  if ((*job)->execution) {
    end_job_if_unchanged(**job, transient_error);
    return std::nullopt;
  }
  auto what = shared_.functions.what_is(tx, (*job)->path);
  if (!what) {
    shared_.warn("Cannot look up " + (*job)->path + ": " + what.error().message);
    return later(job_failure, failures);
  }
  if (*what == callable::action) return run_job_action(**job, failures);
  if (*what == callable::query) {
    end_job_if_unchanged(**job, "Unsupported function type. " + (*job)->path +
                                    " is defined as a Query. Only Mutation and Action can be scheduled.");
    return std::nullopt;
  }
  return run_job_mutation(**job, failures);  // what is missing is refused like any other call
}

void executor::end_job_if_unchanged(const open_job& job, const std::optional<std::string>& error) {
  commit_for_sure(
      [&](transaction& tx) -> outcome<void> {
        auto now = find_open_job(tx, job.id);
        if (!now) return now.error();
        if (!*now || (*now)->execution != job.execution) return {};
        return end_job(tx, job.id, error, shared_.time.wall_ns());
      },
      "scheduler", "Cannot note the end of " + job.path);
}

void executor::postpone(const open_job& job, const failure& why) {
  shared_.warn(job.path + " could not be run and is scheduled again: " + why.message);
  const std::int64_t due =
      shared_.time.wall_ns() + job_failure.delay_ns(job.system_errors + 1, random_unit(shared_.random));
  commit_for_sure(
      [&](transaction& tx) -> outcome<void> {
        auto now = find_open_job(tx, job.id);
        if (!now) return now.error();
        if (!*now || (*now)->execution != job.execution) return {};
        return postpone_job(tx, **now, due);
      },
      "scheduler", "Cannot schedule " + job.path + " again");
}

again_at executor::run_job_mutation(const open_job& job, std::int64_t failures) {
  scheduled_call call = call_of(job.path, job.args_json);
  call.job_id = job.id;
  call.conflicts = failures;
  const auto before = [&](transaction& tx) -> outcome<bool> {
    auto now = find_open_job(tx, job.id);
    if (!now) return now.error();
    if (!*now || (*now)->execution || (*now)->due_ns != job.due_ns) return false;
    if (failures > 0)
      if (auto noted = note_conflicts(tx, **now, failures); !noted) return noted.error();
    if (auto begun = begin_job(tx, job.id, call.request_id, random_hex(shared_.random, 16)); !begun)
      return begun.error();
    return true;
  };
  const auto after = [&](transaction& tx, const call_end&) {
    return end_job(tx, job.id, std::nullopt, shared_.time.wall_ns());
  };
  auto end = shared_.functions.mutation(call, before, after);
  if (!end) {
    if (end.error().who == blame::conflict) return later(job_conflict, failures);
    postpone(job, end.error());
    return std::nullopt;
  }
  if (!*end) return std::nullopt;
  if ((*end)->error) end_job_if_unchanged(job, (*end)->error);
  return std::nullopt;
}

again_at executor::run_job_action(const open_job& job, std::int64_t failures) {
  scheduled_call call = call_of(job.path, job.args_json);
  call.job_id = job.id;
  open_job running = job;
  running.execution = random_hex(shared_.random, 16);
  bool begun = false;
  auto marked = commit(
      [&](transaction& tx) -> outcome<void> {
        auto now = find_open_job(tx, job.id);
        if (!now) return now.error();
        if (!*now || (*now)->execution || (*now)->due_ns != job.due_ns) return {};
        begun = true;
        return begin_job(tx, job.id, call.request_id, *running.execution);
      },
      "scheduler");
  if (!marked) return later(marked.error().who == blame::conflict ? job_conflict : job_failure, failures);
  if (!begun) return std::nullopt;

  auto end = shared_.functions.action(call);
  if (!end && end.error().who == blame::overload) {
    postpone(running, end.error());
    return std::nullopt;
  }
  if (!end) {
    shared_.warn(job.path + " failed: " + end.error().message);
    end_job_if_unchanged(running, transient_error);
    return std::nullopt;
  }
  end_job_if_unchanged(running, end->error);
  return std::nullopt;
}

}  // namespace hull::backend::scheduler
