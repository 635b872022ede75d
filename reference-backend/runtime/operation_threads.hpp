// Threads that carry out what actions wait for, so that an action can wait for several things at once.
#pragma once

#include "common/worker_pool.hpp"

#include <atomic>
#include <functional>

namespace hull::backend::runtime {

class operation_threads {
 public:
  explicit operation_threads(std::size_t most) : most_(most), pool_(most, most) {}

  /// False when all threads are busy: whoever asks does the job itself then, because what the others wait for may
  /// depend on it.
  bool start(std::function<void()> job) {
    if (busy_.fetch_add(1) >= most_) {
      --busy_;
      return false;
    }
    const bool taken = pool_.submit([this, job = std::move(job)] {
      job();
      --busy_;
    });
    if (!taken) --busy_;
    return taken;
  }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> busy_{0};
  ::hull::backend::worker_pool pool_;
};

}  // namespace hull::backend::runtime
