// OpenSSL's random generator behind our interface.
#include "common/random.hpp"

#include "common/encoding.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace hull::backend {
namespace {

void ask_openssl(std::span<std::uint8_t> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
    throw std::runtime_error("the system's random generator is not available");
}

/// Asking costs the same for few bytes as for many: each thread asks for some more than it needs. Nothing is given
/// twice, and what was given is not kept.
class openssl_random final : public random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    thread_local std::array<std::uint8_t, 1024> ahead;
    thread_local std::size_t left = 0;
    if (out.size() > ahead.size() / 4) return ask_openssl(out);
    if (left < out.size()) {
      ask_openssl(ahead);
      left = ahead.size();
    }
    const auto from = ahead.begin() + static_cast<std::ptrdiff_t>(left - out.size());
    std::copy_n(from, out.size(), out.begin());
    OPENSSL_cleanse(&*from, out.size());
    left -= out.size();
  }
};

}  // namespace

std::string random_hex(random_source& random, std::size_t bytes) {
  std::vector<std::uint8_t> data(bytes);
  random.fill(data);
  return encode_hex(data);
}

double random_unit(random_source& random) {
  std::array<std::uint8_t, 4> data{};
  random.fill(data);
  return (data[0] + 256.0 * data[1] + 65536.0 * data[2] + 16777216.0 * data[3]) / 4294967296.0;
}

random_source& system_random() {
  static openssl_random r;
  return r;
}

}  // namespace hull::backend
