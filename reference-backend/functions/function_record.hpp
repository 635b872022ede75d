// What the operator hears of each run of a function: for the log, for those who follow it, and for the metrics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::functions {

enum class run_kind : std::uint8_t { query, mutation, action, http_action };

/// A run that has ended, or a call that was refused before it could run. Nothing in it is redacted.
struct function_record {
  run_kind kind = run_kind::query;
  std::string identifier;  ///< "messages:list", or "GET /hello".
  std::string request_id;
  std::string_view caller;              ///< One of `callers`.
  std::string_view identity;            ///< "instance_admin", "acting_user", "user" or "unknown".
  std::vector<std::string> log_lines;   ///< "[LOG] 'hello'"; none when the result came from the cache.
  std::optional<std::string> error;     ///< What it threw, with its frames.
  std::optional<unsigned> http_status;  ///< Of an HTTP action that answered.
  bool cached = false;                  ///< A query that did not run: its result was known.
  std::int64_t ended_ns = 0;            ///< Since the Unix epoch.
  std::int64_t took_ns = 0;
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

/// Called on the thread of the run; must be short.
using function_observer = std::function<void(function_record)>;

}  // namespace hull::backend::functions
