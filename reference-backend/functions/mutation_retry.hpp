// Runs an attempt again while other transactions get in its way.
#pragma once

#include "functions/run.hpp"

#include <chrono>
#include <functional>

namespace hull::backend::functions {

inline constexpr int max_conflict_retries = 4;
/// Of what an action does in a transaction of its own, without calling a function.
inline constexpr int max_callback_retries = 3;

/// How long to wait before retry number `retry` (0 first): full jitter, `unit` is uniform in [0, 1).
std::chrono::milliseconds retry_delay(int retry, double unit);

/// The pause, on the application's own way of sleeping.
void wait_before_retry(const services& shared, int retry);

/// `attempt` returns an outcome; a conflict runs it again, at most so many times, of which `retry` have been.
template <class Attempt>
auto retry_on_conflict(const services& shared, Attempt&& attempt, int max_retries = max_conflict_retries,
                       int retry = 0) {
  for (;; ++retry) {
    auto result = attempt();
    if (result || result.error().who != blame::conflict || retry == max_retries) return result;
    wait_before_retry(shared, retry);
  }
}

}  // namespace hull::backend::functions
