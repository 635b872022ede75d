// Limits how long JavaScript may run. One thread looks at all running timers every few milliseconds, and sleeps when
// nothing has run for a while: runs that follow each other do not wake it each.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <pthread.h>

namespace hull::backend::runtime {

class run_timer;

class watchdog {
 public:
  watchdog();
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  friend class run_timer;
  void add(run_timer& t);
  void remove(run_timer& t);
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<run_timer*> running_;
  bool asleep_ = false;  ///< Does not look by itself until something runs.
  bool stop_ = false;
  std::thread thread_;
};

/// The time that one top-level run has used. Used by the thread that runs it; watched by the watchdog.
class run_timer {
 public:
  enum class measure {
    /// Without pauses: queries and mutations. What takes longer than a look of the watchdog is measured by the
    /// processor time of its thread from then on, so that a machine that is busy with other things does not stop it;
    /// reading that takes longer than many a function does.
    script,
    /// Time that passed, pauses included: actions.
    wall,
  };

  /// `expired` is called on the watchdog's thread, at most once per `start`.
  run_timer(watchdog& dog, std::function<void()> expired);
  ~run_timer();

  /// `used`: time that counts as used already.
  void start(measure how, std::chrono::microseconds limit,
             std::chrono::microseconds used = std::chrono::microseconds(0));
  void stop();
  void pause();  ///< JavaScript waits for the host.
  void resume();
  bool started() const { return started_; }
  std::chrono::microseconds used();
  std::chrono::microseconds limit() const { return limit_; }
  std::chrono::microseconds paused();  ///< Sum of the pauses that have ended.

 private:
  friend class watchdog;
  void look();  ///< By the watchdog.
  std::chrono::microseconds used_locked() const;
  std::chrono::nanoseconds reading() const;

  watchdog& dog_;
  std::function<void()> expired_;
  std::mutex mutex_;
  clockid_t cpu_clock_{};
  measure how_ = measure::script;
  std::chrono::microseconds limit_{0};
  std::chrono::nanoseconds used_{0};  ///< Without what ticks now.
  std::chrono::nanoseconds paused_{0};
  std::chrono::nanoseconds since_{0};  ///< Reading of the clock at the last resume.
  std::chrono::steady_clock::time_point pause_began_;
  bool by_cpu_ = false;
  bool started_ = false;
  bool ticking_ = false;
  bool fired_ = false;
};

/// JavaScript waits for the host while this exists.
class timer_pause {
 public:
  explicit timer_pause(run_timer& t) : timer_(t) { timer_.pause(); }
  ~timer_pause() { timer_.resume(); }
  timer_pause(const timer_pause&) = delete;
  timer_pause& operator=(const timer_pause&) = delete;

 private:
  run_timer& timer_;
};

/// JavaScript runs while this exists, inside a pause.
class timer_work {
 public:
  explicit timer_work(run_timer& t) : timer_(t) { timer_.resume(); }
  ~timer_work() { timer_.pause(); }
  timer_work(const timer_work&) = delete;
  timer_work& operator=(const timer_work&) = delete;

 private:
  run_timer& timer_;
};

}  // namespace hull::backend::runtime
