// hull_sim: runs simulated worlds, one for each seed, and says which seed failed and how to see it again.
#include "world.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

struct arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  bool has_trace = false;
  bool is_verbose = false;
  bool wants_violation = false;
};

constexpr const char* usage =
    "Usage: hull_sim [--first SEED] [--seeds N] [--seed SEED] [--trace] [--verbose] [--expect-violation]\n"
    "  --first SEED         the first seed (1)\n"
    "  --seeds N            how many seeds (1000)\n"
    "  --seed SEED          this one alone\n"
    "  --trace              print everything that happens\n"
    "  --verbose            print a line for each seed\n"
    "  --expect-violation   succeed when some seed fails: for builds with a planted bug\n";

bool read(int argc, char** argv, arguments& a) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto number = [&](std::uint64_t& into) {
      if (++i >= argc) return false;
      const char* end = argv[i] + std::strlen(argv[i]);
      const auto [at, failed] = std::from_chars(argv[i], end, into);
      return failed == std::errc() && at == end;
    };
    if (word == "--trace") {
      a.has_trace = true;
    } else if (word == "--verbose") {
      a.is_verbose = true;
    } else if (word == "--expect-violation") {
      a.wants_violation = true;
    } else if (word == "--first") {
      if (!number(a.first)) return false;
    } else if (word == "--seeds") {
      if (!number(a.seeds)) return false;
    } else if (word == "--seed") {
      if (!number(a.first)) return false;
      a.seeds = 1;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  arguments a;
  if (!read(argc, argv, a)) {
    std::fputs(usage, stderr);
    return 2;
  }
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t steps = 0;
  for (std::uint64_t i = 0; i < a.seeds; ++i) {
    const std::uint64_t seed = a.first + i;
    std::function<void(const std::string&)> trace;
    if (a.has_trace) trace = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
    const hull::sim::report r = hull::sim::run_seed(seed, std::move(trace));
    steps += r.steps;
    if (a.is_verbose) std::printf("seed %llu: %llu steps\n", static_cast<unsigned long long>(seed), static_cast<unsigned long long>(r.steps));
    if (!r.violation) continue;
    std::printf("seed %llu FAILED at %s\n  See it again: %s --seed %llu --trace\n", static_cast<unsigned long long>(seed),
                r.violation->c_str(), argv[0], static_cast<unsigned long long>(seed));
    if (a.wants_violation) std::printf("The planted bug was caught at seed %llu.\n", static_cast<unsigned long long>(i + 1));
    return a.wants_violation ? 0 : 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("%llu seeds, %llu steps, %.1f s, %.0f seeds/s: all is well\n", static_cast<unsigned long long>(a.seeds),
              static_cast<unsigned long long>(steps), seconds, static_cast<double>(a.seeds) / seconds);
  return a.wants_violation ? 1 : 0;
}
