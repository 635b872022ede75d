// How long things take, and how long they keep a thread from its events.
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QString>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

inline double wallMs() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// CPU time of this thread: what other programs take of the processor does not count.
inline double cpuMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

inline double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all.empty() ? 0 : all[all.size() / 2];
}

/// The longest turn of the event loop, and all of them together, in milliseconds.
struct Stall {
  double wall = 0;
  double cpu = 0;
  double cpuTotal = 0;
};

/// Turns the event loop of this thread until `done`. The heart beats once a turn: a turn that is long is a stall.
inline Stall turnUntil(const std::function<bool()>& done, const char* what) {
  Stall stall;
  const double limit = wallMs() + 60'000;
  while (!done()) {
    const double wall = wallMs();
    const double cpu = cpuMs();
    QCoreApplication::processEvents();
    const double spent = cpuMs() - cpu;
    stall.wall = std::max(stall.wall, wallMs() - wall);
    stall.cpu = std::max(stall.cpu, spent);
    stall.cpuTotal += spent;
    if (wall > limit) throw std::runtime_error(std::string("it never came: ") + what);
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  return stall;
}
