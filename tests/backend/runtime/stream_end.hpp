// The outside of a byte_stream for tests: reads and writes that wait.
#pragma once

#include "runtime/byte_stream.hpp"

#include <condition_variable>
#include <mutex>

namespace hull::backend::runtime::test {

/// Waits for callbacks of a stream. Held by the callbacks, so it may be called after the test.
class bell {
 public:
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    heard_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    heard_.wait(lock, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  bool rung_ = false;
};

/// The next piece, or the end or the failure in angle brackets.
inline std::string read_one(byte_stream& s) {
  const auto b = std::make_shared<bell>();
  s.when_readable([b] { b->ring(); });
  for (;;) {
    auto got = s.read();
    switch (got.state) {
      case byte_stream::reading::bytes:
        return got.bytes;
      case byte_stream::reading::ended:
        return "<end>";
      case byte_stream::reading::failed:
        return "<failed: " + got.why + ">";
      case byte_stream::reading::nothing_yet:
        b->wait();
    }
  }
}

/// All that is left, pieces joined, then what ended it.
inline std::string read_rest(byte_stream& s) {
  std::string all;
  for (;;) {
    std::string piece = read_one(s);
    all += piece;
    if (piece.front() == '<') return all;
  }
}

}  // namespace hull::backend::runtime::test
