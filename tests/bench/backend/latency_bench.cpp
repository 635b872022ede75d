// From the call of a mutation to the moment its live query shows the row: C++ client, hull-backend on loopback,
// SQLite with full durability. Prints quantiles beside a gauge of the machine's noise.
#include "support.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace hull;
using namespace hull::test;
using clock_type = std::chrono::steady_clock;

namespace {

double microseconds(clock_type::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

double quantile(std::vector<double> sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

void print(const char* name, std::vector<double> us) {
  std::sort(us.begin(), us.end());
  std::printf("%-34s n=%5zu  min %8.1f us  p50 %8.1f us  p90 %8.1f us  p99 %8.1f us  max %8.1f us\n", name, us.size(),
              us.front(), quantile(us, 0.5), quantile(us, 0.9), quantile(us, 0.99), us.back());
}

/// The same fixed work again and again: how far its times lie apart is the machine's own noise.
void print_noise() {
  std::vector<double> us;
  for (int i = 0; i < 50; ++i) {
    const auto start = clock_type::now();
    std::uint64_t x = 88172645463325252ull;
    for (int k = 0; k < 2'000'000; ++k) x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    volatile std::uint64_t keep = x;
    (void)keep;
    us.push_back(microseconds(clock_type::now() - start));
  }
  print("noise: fixed CPU work", us);
}

void print_disk(const std::filesystem::path& folder) {
  const int file = open((folder / "gauge").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  char block[4096] = {};
  std::vector<double> us;
  for (int i = 0; i < 300 && pwrite(file, block, sizeof block, 0) > 0; ++i) {
    const auto start = clock_type::now();
    fdatasync(file);
    us.push_back(microseconds(clock_type::now() - start));
  }
  close(file);
  if (!us.empty()) print("disk: fdatasync of one page", us);
}

}  // namespace

int main() {
  backend_process backend;
  backend.start();
  push_app(backend.url(), backend.admin_key(), chat_app());
  print_noise();
  print_disk(backend.folder());

  client_on_loop c(backend.url());
  auto watch = c.client().watch_query("messages:latest");
  clock_type::time_point seen;
  double wanted = -1;
  const auto subscription = watch.on_change([&](const query_state_ptr& s) {
    const auto* row = s->current();
    const auto* n = row ? row->find("n") : nullptr;
    if (n && n->as_double() == wanted) seen = clock_type::now();
  });

  std::vector<double> update, complete;
  constexpr int warm_up = 100;
  constexpr int runs = 2000;
  for (int i = 0; i < warm_up + runs; ++i) {
    wanted = i;
    bool done = false;
    const auto start = clock_type::now();
    c.client().mutation("messages:send", value::make_object({{"n", i}}), [&](result<value> r) {
      if (!r) {
        std::fprintf(stderr, "mutation failed: %s\n", r.error().message.c_str());
        std::exit(1);
      }
      done = true;
    });
    if (!c.run_until([&] { return done; })) return 1;
    if (i < warm_up) continue;
    complete.push_back(microseconds(clock_type::now() - start));
    update.push_back(microseconds(seen - start));
  }
  print("mutation to update of a live query", update);
  print("mutation to completion", complete);
  print_noise();
  return 0;
}
