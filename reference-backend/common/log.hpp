// Lines for the operator, on standard error: time, level, text.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

namespace hull::backend {

enum class severity { error, warning, info, debug };

inline std::atomic<severity>& log_threshold() {
  static std::atomic<severity> threshold{severity::info};
  return threshold;
}

/// Safe from any thread; a line is written whole. Control characters are blanked: texts come from users.
inline void write_log(severity level, std::string_view text) {
  if (level > log_threshold().load(std::memory_order_relaxed)) return;
  constexpr const char* names[] = {"error", "warn ", "info ", "debug"};
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t seconds = system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char when[32];
  std::strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
  char head[64];
  std::snprintf(head, sizeof head, "%s.%03dZ %s ", when,
                static_cast<int>(duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000),
                names[static_cast<int>(level)]);
  std::string line = head;
  for (const char c : text) line.push_back(static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c);
  line.push_back('\n');
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace hull::backend
