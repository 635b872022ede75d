// How long a job waits before it is tried again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace hull::backend::scheduler {

struct backoff {
  std::chrono::milliseconds first, longest;

  /// Exponential with full jitter, in nanoseconds; `failures` have happened so far, `unit` is uniform in [0, 1).
  std::int64_t delay_ns(std::int64_t failures, double unit) const {
    const auto doubled = static_cast<double>(std::int64_t{1} << std::clamp<std::int64_t>(failures - 1, 0, 40));
    const double ms =
        std::min(static_cast<double>(first.count()) * doubled, static_cast<double>(longest.count())) * unit;
    return static_cast<std::int64_t>(ms * 1e6);
  }
};

/// A scheduled mutation that other transactions get in the way of.
inline constexpr backoff job_conflict{std::chrono::milliseconds(100), std::chrono::seconds(60)};
/// A job that failed for a reason of ours.
inline constexpr backoff job_failure{std::chrono::milliseconds(500), std::chrono::hours(2)};
/// Both, for crons.
inline constexpr backoff cron_failure{std::chrono::milliseconds(500), std::chrono::seconds(15)};

}  // namespace hull::backend::scheduler
