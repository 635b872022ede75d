// Lets a mutation that lost every race so far run once without rivals.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace hull::backend::functions {

/// Attempts of mutations run together as a rule; one that is at its last try runs alone. Every wait is bounded, so a
/// slow function delays others and never stops them: who has waited long enough goes on, and conflict detection
/// decides as ever. Safe from any thread.
class right_of_way {
 public:
  /// Held during one attempt.
  using turn = std::unique_ptr<void, std::function<void(void*)>>;

  turn together();
  turn alone();

 private:
  /// Waits as long as patience lasts.
  void wait_until(std::unique_lock<std::mutex>& lock, const std::uint32_t& nobody);
  turn until_dropped(void (right_of_way::*leave)());
  void leave_together();
  void leave_alone();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t running_ = 0;
  std::uint32_t alone_ = 0;  ///< Above one only when somebody's patience ended.
};

}  // namespace hull::backend::functions
