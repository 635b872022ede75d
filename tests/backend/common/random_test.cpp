// The system's randomness: nothing is given twice, whoever asks for however much.
#include "common/random.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace hull::backend {
namespace {

TEST(Random, NothingComesTwice) {
  std::mutex mutex;
  std::set<std::string> seen;
  std::size_t drawn = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        std::vector<std::uint8_t> bytes(16 + static_cast<std::size_t>(i) % 300);
        system_random().fill(bytes);
        const std::lock_guard lock(mutex);
        for (std::size_t at = 0; at + 16 <= bytes.size(); at += 16, ++drawn)
          seen.emplace(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                       bytes.begin() + static_cast<std::ptrdiff_t>(at + 16));
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(seen.size(), drawn);
}

TEST(Random, NoBytesAreNoError) { system_random().fill({}); }

}  // namespace
}  // namespace hull::backend
