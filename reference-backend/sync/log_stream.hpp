// The newest runs of functions, for those who follow them (`npx convex logs`): kept in rings, read from a cursor on.
#pragma once

#include "functions/function_record.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace hull::backend::sync {

/// Safe from any thread.
class log_stream {
 public:
  struct limits {
    std::size_t entries = 10'000;
    std::size_t text_bytes = 16u << 20;
    std::size_t followers = 64;  ///< Threads that wait at once.
    /// Of queries whose result was known. They have a ring of their own, so that they never push out what has run.
    std::size_t known_entries = 1'000;
    std::uint32_t known_per_second = 100;  ///< While nobody follows.
  };
  struct entry {
    double cursor = 0;  ///< Milliseconds since the Unix epoch; no two are the same.
    std::shared_ptr<const functions::function_record> record;
  };
  struct page {
    std::vector<entry> entries;
    double cursor = 0;  ///< To read on from.
  };

  log_stream() : log_stream(limits{}) {}
  explicit log_stream(const limits& l) : limits_(l) {}

  void add(functions::function_record record);
  /// Whether a query whose result was known is worth a record now: somebody follows, did so a moment ago, or the
  /// history has room for it in this second of the steady clock. Takes no lock.
  bool wants_known(std::int64_t now_ns);
  /// What came after `cursor`: at once when there is something, else when something comes or `longest` has passed.
  /// Nothing: the stream is closed, or too many wait already.
  std::optional<page> read(double cursor, std::chrono::milliseconds longest);
  /// Nobody waits any more.
  void close();

 private:
  static constexpr std::int64_t long_ago = std::numeric_limits<std::int64_t>::min() / 2;

  const limits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<entry> ring_;
  std::deque<entry> known_;
  std::size_t text_bytes_ = 0;  ///< In `ring_`; what was known has no text to speak of.
  std::atomic<std::size_t> followers_{0};
  double newest_ = 0;
  bool closed_ = false;

  std::atomic<std::int64_t> followed_ns_{long_ago};  ///< When somebody was last seen to follow.
  std::atomic<std::int64_t> second_began_ns_{long_ago};
  std::atomic<std::uint32_t> in_second_{0};
};

}  // namespace hull::backend::sync
