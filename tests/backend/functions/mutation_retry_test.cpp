// How often and how long a mutation waits for others.
#include "functions/mutation_retry.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions {
namespace {

TEST(mutation_retry, delays_double_up_to_two_seconds_and_jitter_over_the_whole_range) {
  using std::chrono::milliseconds;
  EXPECT_EQ(retry_delay(0, 0.5), milliseconds(50));
  EXPECT_EQ(retry_delay(1, 0.5), milliseconds(100));
  EXPECT_EQ(retry_delay(3, 0.5), milliseconds(400));
  EXPECT_EQ(retry_delay(5, 0.5), milliseconds(1000));
  EXPECT_EQ(retry_delay(60, 0.5), milliseconds(1000));
  EXPECT_EQ(retry_delay(4, 0.0), milliseconds(0));
}

}  // namespace
}  // namespace hull::backend::functions
