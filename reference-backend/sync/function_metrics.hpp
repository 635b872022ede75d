// Counts runs of functions, for Prometheus.
#pragma once

#include "functions/function_record.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hull::backend::sync {

/// Safe from any thread; counting takes no lock.
class function_metrics {
 public:
  /// A run that has ended.
  void count(const functions::function_record& record);
  void count_lines(std::size_t lines) { log_lines_.fetch_add(lines, std::memory_order_relaxed); }
  /// A query whose result was known.
  void count_known() { from_cache_.fetch_add(1, std::memory_order_relaxed); }
  /// In the text format of Prometheus, version 0.0.4.
  void write(std::string& out) const;

 private:
  static constexpr std::size_t kinds = 4;  ///< What is unknown is not counted.
  /// Upper ends of the buckets, in microseconds; one more holds the rest.
  static constexpr std::array<std::int64_t, 10> bounds_us{500,     1'000,   5'000,     10'000,     50'000,
                                                          100'000, 500'000, 1'000'000, 10'000'000, 60'000'000};
  struct per_kind {
    std::atomic<std::uint64_t> succeeded{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> microseconds{0};
    std::array<std::atomic<std::uint64_t>, bounds_us.size() + 1> took{};
  };
  std::array<per_kind, kinds> by_kind_{};
  std::atomic<std::uint64_t> from_cache_{0};
  std::atomic<std::uint64_t> log_lines_{0};
};

/// "# HELP", "# TYPE" and one sample without labels.
void write_metric(std::string& out, const char* name, const char* type, const char* help, double value);

}  // namespace hull::backend::sync
