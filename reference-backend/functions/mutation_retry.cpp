// Exponential backoff with full jitter.
#include "functions/mutation_retry.hpp"

#include "common/random.hpp"
#include "common/worker_pool.hpp"

#include <algorithm>
#include <thread>

namespace hull::backend::functions {

std::chrono::milliseconds retry_delay(int retry, double unit) {
  const double longest = std::min(100.0 * static_cast<double>(1 << std::min(retry, 10)), 2000.0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(longest * unit));
}

void wait_before_retry(const services& shared, int retry) {
  const worker_pool::pause others_may_run;
  const auto delay = retry_delay(retry, random_unit(shared.random));
  if (shared.options.sleep)
    shared.options.sleep(delay);
  else
    std::this_thread::sleep_for(delay);
}

}  // namespace hull::backend::functions
