// The newest runs of functions, for those who follow them (`npx convex logs`): kept in a ring, read from a cursor on.
#pragma once

#include "functions/function_record.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
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
  /// What came after `cursor`: at once when there is something, else when something comes or `longest` has passed.
  /// Nothing: the stream is closed, or too many wait already.
  std::optional<page> read(double cursor, std::chrono::milliseconds longest);
  /// Nobody waits any more.
  void close();

 private:
  const limits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<entry> ring_;
  std::size_t text_bytes_ = 0;
  std::size_t followers_ = 0;
  double newest_ = 0;
  bool closed_ = false;
};

}  // namespace hull::backend::sync
