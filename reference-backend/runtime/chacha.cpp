// ChaCha12: key from the seed, 64-bit block counter, nonce zero, words used in order, little-endian.
#include "runtime/chacha.hpp"

#include <bit>

namespace hull::backend::runtime {
namespace {

void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
  a += b;
  d = std::rotl(d ^ a, 16);
  c += d;
  b = std::rotl(b ^ c, 12);
  a += b;
  d = std::rotl(d ^ a, 8);
  c += d;
  b = std::rotl(b ^ c, 7);
}

}  // namespace

chacha12::chacha12(const seed& key) {
  state_[0] = 0x61707865;  // "expand 32-byte k"
  state_[1] = 0x3320646e;
  state_[2] = 0x79622d32;
  state_[3] = 0x6b206574;
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint32_t word = 0;
    for (std::size_t b = 0; b < 4; ++b) word |= static_cast<std::uint32_t>(key[4 * i + b]) << (8 * b);
    state_[4 + i] = word;
  }
}

void chacha12::refill() {
  block_ = state_;
  auto& x = block_;
  for (int round = 0; round < 12; round += 2) {
    quarter_round(x[0], x[4], x[8], x[12]);
    quarter_round(x[1], x[5], x[9], x[13]);
    quarter_round(x[2], x[6], x[10], x[14]);
    quarter_round(x[3], x[7], x[11], x[15]);
    quarter_round(x[0], x[5], x[10], x[15]);
    quarter_round(x[1], x[6], x[11], x[12]);
    quarter_round(x[2], x[7], x[8], x[13]);
    quarter_round(x[3], x[4], x[9], x[14]);
  }
  for (std::size_t i = 0; i < 16; ++i) block_[i] += state_[i];
  if (++state_[12] == 0) ++state_[13];
  used_ = 0;
}

std::uint32_t chacha12::next_u32() {
  if (used_ == block_.size()) refill();
  return block_[used_++];
}

std::uint64_t chacha12::next_u64() {
  const std::uint64_t low = next_u32();
  return low | static_cast<std::uint64_t>(next_u32()) << 32;
}

double chacha12::next_double() { return static_cast<double>(next_u64() >> 11) * 0x1.0p-53; }

void chacha12::fill(std::span<std::uint8_t> out) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 4 == 0) word = next_u32();
    out[i] = static_cast<std::uint8_t>(word >> (8 * (i % 4)));
  }
}

seed chacha12::next_seed() {
  seed s{};
  fill(s);
  return s;
}

}  // namespace hull::backend::runtime
