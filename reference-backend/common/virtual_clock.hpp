// A clock that moves only when it is told to, for tests and simulations.
#pragma once

#include "common/clock.hpp"

#include <atomic>

namespace hull::backend {

class virtual_clock final : public clock {
 public:
  explicit virtual_clock(std::int64_t wall_ns = 1'700'000'000'000'000'000) : wall_(wall_ns) {}

  std::int64_t wall_ns() override { return wall_; }
  std::int64_t steady_ns() override { return steady_; }

  void advance(std::int64_t ns) {
    wall_ += ns;
    steady_ += ns;
  }
  /// The wall clock jumps; steady time does not notice.
  void set_wall(std::int64_t ns) { wall_ = ns; }

 private:
  std::atomic<std::int64_t> wall_;
  std::atomic<std::int64_t> steady_{0};
};

}  // namespace hull::backend
