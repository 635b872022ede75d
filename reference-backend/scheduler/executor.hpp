// Runs one due job from its row to its end. Every step is a transaction, so a process that dies between two of them
// leaves rows from which the next one goes on: mutations commit once, actions start once.
#pragma once

#include "common/clock.hpp"
#include "common/random.hpp"
#include "database/database.hpp"
#include "scheduler/backoff.hpp"
#include "scheduler/callee.hpp"
#include "scheduler/crons.hpp"
#include "scheduler/jobs.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace hull::backend::scheduler {

struct surroundings {
  database::database& db;
  callee& functions;
  clock& time;
  random_source& random;
  /// What the operator of the backend should know.
  std::function<void(const std::string&)> warn;
  /// Waits between two tries to note how a function ended; false: the backend stops, give up.
  std::function<bool(std::chrono::milliseconds)> pause;
};

/// When to try the job again; nothing: its row says all there is to know.
using again_at = std::optional<std::int64_t>;

/// Safe from any thread, for different jobs.
class executor {
 public:
  explicit executor(surroundings s) : shared_(std::move(s)) {}

  /// `failures` tries of this process have been in vain.
  again_at run_job(const std::string& id, std::int64_t failures);
  again_at run_cron(const std::string& id, std::int64_t failures);

 private:
  using step = std::function<outcome<void>(database::transaction&)>;

  again_at run_job_mutation(const open_job& job, std::int64_t failures);
  again_at run_job_action(const open_job& job, std::int64_t failures);
  /// The end of the job, if nobody has canceled it meanwhile.
  void end_job_if_unchanged(const open_job& job, const std::optional<std::string>& error);
  void postpone(const open_job& job, const failure& why);

  again_at run_cron_mutation(const cron_job& cron, std::int64_t failures);
  again_at run_cron_action(const cron_job& cron, std::int64_t failures);
  /// Logs the end and, if nobody has changed the next run meanwhile, moves on.
  void end_cron(const cron_job& cron, const call_end& end, std::int64_t began_ns);

  scheduled_call call_of(const std::string& path, const std::string& args_json) const;
  outcome<void> commit(const step& s, const char* source);
  /// Until it is committed, whatever it takes.
  void commit_for_sure(const step& s, const char* source, const std::string& what);
  again_at later(const backoff& b, std::int64_t failures) const;

  const surroundings shared_;
};

}  // namespace hull::backend::scheduler
