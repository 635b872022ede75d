#include "functions/right_of_way.hpp"

#include "common/worker_pool.hpp"

#include <chrono>

namespace hull::backend::functions {
namespace {

// As long as a function may run.
constexpr std::chrono::seconds patience{1};

}  // namespace

right_of_way::turn right_of_way::until_dropped(void (right_of_way::*leave)()) {
  return turn(this, [leave](void* self) { (static_cast<right_of_way*>(self)->*leave)(); });
}

void right_of_way::wait_until(std::unique_lock<std::mutex>& lock, const std::uint32_t& nobody) {
  if (nobody == 0) return;
  const worker_pool::pause others_may_run;
  changed_.wait_for(lock, patience, [&nobody] { return nobody == 0; });
}

right_of_way::turn right_of_way::together() {
  std::unique_lock lock(mutex_);
  wait_until(lock, alone_);
  ++running_;
  return until_dropped(&right_of_way::leave_together);
}

right_of_way::turn right_of_way::alone() {
  std::unique_lock lock(mutex_);
  wait_until(lock, alone_);
  ++alone_;
  wait_until(lock, running_);
  return until_dropped(&right_of_way::leave_alone);
}

void right_of_way::leave_together() {
  const std::lock_guard lock(mutex_);
  --running_;
  changed_.notify_all();
}

void right_of_way::leave_alone() {
  const std::lock_guard lock(mutex_);
  --alone_;
  changed_.notify_all();
}

}  // namespace hull::backend::functions
