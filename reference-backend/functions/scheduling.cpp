// Checks what functions want to schedule.
#include "functions/scheduling.hpp"

#include "database/document.hpp"
#include "functions/transaction_host.hpp"
#include "scheduler/jobs.hpp"

#include <hull/value/json.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace hull::backend::functions {
namespace {

constexpr std::size_t max_args_nesting = 64;

failure invalid_schedule(std::string text) { return bad_request("InvalidScheduledFunction", std::move(text)); }

/// Seconds since the epoch to nanoseconds. A double holds no more than microseconds of such times, so that is where it
/// is rounded: a time in whole milliseconds comes back as it was.
outcome<std::int64_t> time_of(const syscall_args& args, std::int64_t now_ns) {
  auto ts = args.required("ts");
  if (!ts) return ts.error();
  const double* seconds = ts->if_double();
  if (seconds == nullptr || !std::isfinite(*seconds)) return args.wrong("ts", "expected a number of seconds");
  const double distance = *seconds - static_cast<double>(now_ns) / 1e9;
  constexpr double horizon = static_cast<double>(scheduler::schedule_horizon_ns) / 1e9;
  if (std::abs(distance) > horizon)
    return bad_request("InvalidScheduledFunctionDelay",
                       write_json(*seconds) + " is more than 5 years in the " + (distance > 0 ? "future" : "past"));
  return std::llround(*seconds * 1e6) * 1000;
}

outcome<void> must_exist(const deployment& deployed, const function_path& path) {
  if (deployed.functions.contains(path.canonical())) return {};
  if (deployed.analysis.find(path.module) == deployed.analysis.end())
    return invalid_schedule("Attempted to schedule function at nonexistent path: " + path.module);
  return invalid_schedule("Attempted to schedule function, but no exported function " + path.function +
                          " found in the file: " + path.module + ". Did you forget to export it?");
}

/// Versions of npm convex: "1.48.0".
bool at_least(const std::string& version, int major, int minor) {
  int is_major = 0, is_minor = 0;
  if (std::sscanf(version.c_str(), "%d.%d", &is_major, &is_minor) != 2) return false;
  return is_major != major ? is_major > major : is_minor >= minor;
}

}  // namespace

outcome<std::string> schedule(run_session& session, database::transaction& tx, const syscall_args& args) {
  const std::int64_t now = session.shared.time.wall_ns();
  auto path = called_function(args);
  if (!path) return path.error();
  auto at = time_of(args, now);
  if (!at) return at.error();
  auto call_args = args.required("args");
  if (!call_args) return call_args.error();
  if (auto valid = database::check_value(*call_args, max_args_nesting); !valid) return valid.error();
  if (auto exists = must_exist(*session.deployed, *path); !exists) return exists.error();

  const scheduler::job_request wanted{path->canonical(), write_json(value::make_array({*call_args})), *at};
  auto id = scheduler::schedule_job(tx, wanted, session.job_id, now);
  if (!id) return id.error();
  return write_json(value(*id));
}

outcome<std::string> cancel_scheduled(run_session& session, database::transaction& tx, const syscall_args& args) {
  auto id = args.text("id");
  if (!id) return id.error();
  // The job whose mutation this is ends with this transaction, one way or the other.
  if (session.owns_job && session.job_id == *id) {
    if (at_least(session.deployed->config.server_version, 1, 50))
      return bad_request("ScheduledFunctionCancelingItself", "A mutation cannot cancel itself");
    session.log.add({"WARN", {"A mutation cannot cancel itself: the call of `scheduler.cancel` does nothing."}});
    return std::string("null");
  }
  if (auto done = scheduler::cancel_job(tx, *id, session.shared.time.wall_ns()); !done) return done.error();
  return std::string("null");
}

}  // namespace hull::backend::functions
