// When a cron job runs: every so many seconds, or at the times of a cron expression, to which the other kinds come
// down.
#pragma once

#include "common/failure.hpp"
#include "scheduler/cron_expression.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::scheduler {

/// How jobs spread that would otherwise all start at the same moment: a delay of its own for each job, below `within_s`
/// seconds, always the same for the same id.
std::int64_t splay_s(std::string_view id, std::int64_t within_s);

class cron_schedule {
 public:
  /// {"type": "interval", "seconds": 5}, {"type": "daily", "hourUTC": 3, "minuteUTC": 30}, ... ; the failure says what
  /// is wrong with it.
  static outcome<cron_schedule> parse(const value& json);

  /// The first run of a job that is new at `now_ns`.
  std::int64_t first(std::string_view id, std::int64_t now_ns) const;

  struct following_run {
    std::int64_t at_ns = 0;
    std::int64_t skipped = 0;  ///< Runs of an interval that have been missed.
  };
  /// The run after the one of `slot_ns`, never in the past of `now_ns`.
  following_run following(std::string_view id, std::int64_t slot_ns, std::int64_t now_ns) const;

 private:
  std::int64_t at_times(std::string_view id, std::int64_t after_ns) const;

  std::int64_t interval_ns_ = 0;  ///< 0: at times.
  std::optional<cron_expression> times_;
  std::int64_t splay_within_s_ = 0;
};

}  // namespace hull::backend::scheduler
