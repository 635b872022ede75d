// OpenSSL's random generator behind our interface.
#include "common/random.hpp"

#include <openssl/rand.h>

#include <stdexcept>

namespace hull::backend {
namespace {

class openssl_random final : public random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
      throw std::runtime_error("the system's random generator is not available");
  }
};

}  // namespace

random_source& system_random() {
  static openssl_random r;
  return r;
}

}  // namespace hull::backend
