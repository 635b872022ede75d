// The random numbers of one execution: ChaCha with 12 rounds, keyed by the execution's seed. The same seed always
// gives the same numbers, so a query that ran again on the same data gives the same answer.
#pragma once

#include "runtime/runtime.hpp"

#include <span>

namespace hull::backend::runtime {

class chacha12 {
 public:
  explicit chacha12(const seed& key);
  std::uint64_t next_u64();
  double next_double();  ///< In [0, 1), 53 random bits.
  void fill(std::span<std::uint8_t> out);
  seed next_seed();

 private:
  std::uint32_t next_u32();
  void refill();

  std::array<std::uint32_t, 16> state_{};
  std::array<std::uint32_t, 16> block_{};
  std::size_t used_ = 16;
};

}  // namespace hull::backend::runtime
