// What the operator hears of each run of a function: for the log, for those who follow it, and for the metrics.
#pragma once

#include "runtime/log_line.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::functions {

enum class run_kind : std::uint8_t {
  query,
  mutation,
  action,
  http_action,
  unknown,  ///< A call that was refused before anybody knew what it is.
};

/// Lines of these are told one by one while they run, and all together once more at their end.
inline bool tells_lines_early(run_kind kind) { return kind == run_kind::action || kind == run_kind::http_action; }

/// Where a run was at home; none: it was refused before there was a function.
enum class run_place : std::uint8_t { none, isolate, node };

/// What a run has read and written in its transaction. Actions have none: what they call is counted there.
struct run_usage {
  std::uint64_t read_bytes = 0, read_documents = 0;
  std::uint64_t written_bytes = 0, written_documents = 0;
};

/// An attempt at a mutation that came to nothing because somebody else was quicker.
struct run_conflict {
  std::string table;         ///< Empty when it is not known, and for the backend's own tables.
  std::string source;        ///< The function that was quicker, if one was.
  std::int64_t retries = 0;  ///< Attempts before this one.
  bool will_retry = false;
};

/// A run that has ended, or a call that was refused before it could run; or one line of a run that goes on. Nothing in
/// it is redacted.
struct function_record {
  run_kind kind = run_kind::query;
  bool in_progress = false;  ///< The run goes on: what says how it ended is not set, `ended_ns` is the line's time.
  bool cached = false;       ///< A query that did not run: its result was known.
  run_place place = run_place::none;
  std::string identifier;  ///< "messages:list", or "GET /users/*": the route of an HTTP action as far as it has one.
  std::string request_id;
  std::string execution_id;                  ///< A UUID, of this run alone.
  std::string parent_execution;              ///< Of the action that called it; empty when none did.
  std::string_view caller;                   ///< One of `callers`.
  std::string_view identity;                 ///< "instance_admin", "acting_user", "user" or "unknown".
  std::vector<runtime::log_line> log_lines;  ///< None when the result came from the cache.
  std::optional<std::string> error;          ///< What it threw, with its frames.
  std::optional<unsigned> http_status;       ///< Of an HTTP action that answered.
  std::optional<run_conflict> conflict;
  std::int64_t ended_ns = 0;  ///< Since the Unix epoch.
  std::int64_t took_ns = 0;
  std::optional<std::int64_t> script_ns;  ///< What JavaScript had of it, where that is known.
  run_usage usage;
  std::size_t return_bytes = 0;  ///< Of the result as JSON.
};

/// Who calls functions, by the names that tools know.
namespace callers {
inline constexpr std::string_view http = "HttpApi";
inline constexpr std::string_view socket = "SyncWorker";
inline constexpr std::string_view http_action = "HttpEndpoint";
inline constexpr std::string_view scheduler = "Scheduler";
inline constexpr std::string_view cron = "Cron";
inline constexpr std::string_view action = "Action";
}  // namespace callers

/// Called on any thread; must be short.
using function_observer = std::function<void(function_record)>;

}  // namespace hull::backend::functions
