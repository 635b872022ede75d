// How long to wait before the next try to connect: a pure policy.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace hull::sync {

/// Why the last socket ended, as far as the wait depends on it.
enum class close_category {
  own,         ///< We closed it: silence, a protocol violation, a failed write.
  ordinary,    ///< The server, or the network.
  overloaded,  ///< The server said that it has too much to do.
};

/// Servers put a short code in front of the reason of a close frame.
inline close_category classify_close(std::string_view reason) noexcept {
  constexpr std::array<std::string_view, 10> overload_codes = {
      "SubscriptionsWorkerFullError", "TooManyConcurrentRequests", "CommitterFullError", "AwsTooManyRequestsException",
      "ExecuteFullError",             "SystemTimeoutError",        "ExpiredInQueue",     "VectorIndexTooLarge",
      "SearchIndexTooLarge",          "TooManyWritesInTimePeriod"};
  const bool overloaded = std::any_of(overload_codes.begin(), overload_codes.end(),
                                      [&](std::string_view code) { return reason.substr(0, code.size()) == code; });
  return overloaded ? close_category::overloaded : close_category::ordinary;
}

struct backoff_policy {
  std::chrono::milliseconds own{100};
  std::chrono::milliseconds ordinary{1000};
  std::chrono::milliseconds overloaded{3000};
  std::chrono::milliseconds max{16'000};

  /// `jitter` in [0, 1) spreads the wait over half to one and a half of its middle.
  std::chrono::milliseconds wait(close_category category, std::uint32_t retries, double jitter) const noexcept {
    std::chrono::milliseconds base = category == close_category::own          ? own
                                     : category == close_category::overloaded ? overloaded
                                                                              : ordinary;
    for (std::uint32_t i = 0; i < retries && base < max; ++i) base *= 2;
    base = std::min(base, max);
    return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(base.count()) * (0.5 + jitter)));
  }
};

}  // namespace hull::sync
