// Time comes in through here, so that a whole backend can be run under virtual time.
#pragma once

#include <cstdint>

namespace hull::backend {

class clock {
 public:
  virtual ~clock() = default;
  virtual std::int64_t wall_ns() = 0;    ///< Nanoseconds since the Unix epoch; may jump.
  virtual std::int64_t steady_ns() = 0;  ///< Nanoseconds since some start; never goes back.
};

/// The machine's clocks. Lives as long as the process.
clock& system_clock();

}  // namespace hull::backend
