// Randomness comes in through here.
#pragma once

#include <cstdint>
#include <span>

namespace hull::backend {

class random_source {
 public:
  virtual ~random_source() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// OpenSSL's generator. Lives as long as the process; safe from any thread.
random_source& system_random();

}  // namespace hull::backend
