// Randomness comes in through here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace hull::backend {

class random_source {
 public:
  virtual ~random_source() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// That many random bytes, as hexadecimal text.
std::string random_hex(random_source& random, std::size_t bytes);
/// From 0 up to, but without, 1; in steps of 2^-32.
double random_unit(random_source& random);

/// OpenSSL's generator. Lives as long as the process; safe from any thread.
random_source& system_random();

}  // namespace hull::backend
