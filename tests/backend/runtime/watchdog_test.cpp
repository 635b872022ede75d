// What counts as time of a run, with the real clock: the bounds are wide.
#include "runtime/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace hull::backend::runtime {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

struct watched_timer {
  watchdog dog;
  std::atomic<bool> expired{false};
  run_timer timer{dog, [this] { expired = true; }};
};

void compute_until(const std::atomic<bool>& stop) {
  for (const auto end = steady_clock::now() + 20s; !stop && steady_clock::now() < end;) {
  }
}

TEST(Watchdog, AThreadThatDoesNotRunUsesNoTimeOfAScript) {
  watched_timer w;
  w.timer.start(run_timer::measure::script, 500ms);
  std::this_thread::sleep_for(700ms);  // as when other threads have the processor
  EXPECT_FALSE(w.expired);
  EXPECT_LT(w.timer.used(), 500ms);
  compute_until(w.expired);
  EXPECT_TRUE(w.expired);
  EXPECT_GE(w.timer.used(), 500ms);
}

// Whether the host waits or computes meanwhile.
TEST(Watchdog, PausesAreNotTimeOfAScript) {
  watched_timer w;
  w.timer.start(run_timer::measure::script, 10s);
  for (int i = 0; i < 6; ++i) {
    const timer_pause waiting(w.timer);
    for (const auto end = steady_clock::now() + 100ms; steady_clock::now() < end;)
      if (i % 2 == 0) std::this_thread::sleep_for(10ms);
  }
  EXPECT_LT(w.timer.used(), 100ms);
  EXPECT_GE(w.timer.paused(), 600ms);
  w.timer.stop();
  const auto at_the_end = w.timer.used();
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(w.timer.used(), at_the_end);
}

TEST(Watchdog, APausedScriptIsStoppedWhenItRunsOn) {
  watched_timer w;
  w.timer.start(run_timer::measure::script, 100ms);
  w.timer.pause();
  std::this_thread::sleep_for(300ms);
  EXPECT_FALSE(w.expired);
  w.timer.resume();
  compute_until(w.expired);
  EXPECT_TRUE(w.expired);
}

TEST(Watchdog, WhatWasUsedBeforeCounts) {
  watched_timer w;
  w.timer.start(run_timer::measure::script, 20s, 20s);
  compute_until(w.expired);
  EXPECT_TRUE(w.expired);
  EXPECT_GE(w.timer.used(), 20s);
}

TEST(Watchdog, AllTimeOfAnActionCounts) {
  watched_timer w;
  w.timer.start(run_timer::measure::wall, 50ms);
  {
    const timer_pause waiting(w.timer);
    for (int i = 0; i < 2000 && !w.expired; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(w.expired);
  }
  EXPECT_GE(w.timer.used(), 50ms);
}

}  // namespace
}  // namespace hull::backend::runtime
