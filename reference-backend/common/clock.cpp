// The machine's clocks.
#include "common/clock.hpp"

#include <chrono>

namespace hull::backend {
namespace {

class machine_clock final : public clock {
 public:
  std::int64_t wall_ns() override { return since_epoch<std::chrono::system_clock>(); }
  std::int64_t steady_ns() override { return since_epoch<std::chrono::steady_clock>(); }

 private:
  template <class Clock>
  static std::int64_t since_epoch() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
  }
};

}  // namespace

clock& system_clock() {
  static machine_clock c;
  return c;
}

}  // namespace hull::backend
