// The table of backend_bench: a row for each figure, with the goal where there is one and whether it was met.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace hull::bench {

using clock_type = std::chrono::steady_clock;

inline double milliseconds(clock_type::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

/// Of numbers in any order; 0 when there are none.
inline double quantile(std::vector<double> all, double q) {
  if (all.empty()) return 0;
  std::sort(all.begin(), all.end());
  return all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
}

template <class... T>
std::string text(const char* format, T... values) {
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, format, values...);
  return buffer;
}

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "backend_bench: %s\n", why.c_str());
  std::exit(1);
}

inline void begin_table() { std::printf("| | measured | goal | |\n|---|---|---|---|\n"); }

/// Rows are printed as they are measured: a run takes minutes.
inline void row(const std::string& what, const std::string& figure, const std::string& goal = "",
                const std::string& verdict = "") {
  std::printf("| %s | %s | %s | %s |\n", what.c_str(), figure.c_str(), goal.c_str(), verdict.c_str());
  std::fflush(stdout);
}

inline void row(const std::string& what, const std::string& figure, const std::string& goal, bool met) {
  row(what, figure, goal, std::string(met ? "met" : "**missed**"));
}

}  // namespace hull::bench
