// The watchdog's thread and the timers' arithmetic.
#include "runtime/watchdog.hpp"

#include <time.h>

#include <algorithm>

namespace hull::backend::runtime {
namespace {

constexpr auto tick = std::chrono::milliseconds(5);
constexpr int max_idle_ticks = 100;

std::chrono::nanoseconds read_clock(clockid_t which) {
  timespec t{};
  ::clock_gettime(which, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace

watchdog::watchdog() : thread_([this] { loop(); }) {}

watchdog::~watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void watchdog::add(run_timer& t) {
  {
    const std::lock_guard lock(mutex_);
    running_.push_back(&t);
    if (!asleep_) return;
  }
  changed_.notify_all();
}

void watchdog::remove(run_timer& t) {
  const std::lock_guard lock(mutex_);
  running_.erase(std::remove(running_.begin(), running_.end(), &t), running_.end());
}

void watchdog::loop() {
  std::unique_lock lock(mutex_);
  int idle_ticks = 0;
  while (!stop_) {
    idle_ticks = running_.empty() ? idle_ticks + 1 : 0;
    if (idle_ticks > max_idle_ticks) {
      asleep_ = true;
      changed_.wait(lock, [&] { return stop_ || !running_.empty(); });
      asleep_ = false;
      continue;
    }
    changed_.wait_for(lock, tick, [&] { return stop_; });
    for (run_timer* t : running_) t->look();
  }
}

run_timer::run_timer(watchdog& dog, std::function<void()> expired) : dog_(dog), expired_(std::move(expired)) {}

run_timer::~run_timer() { stop(); }

std::chrono::nanoseconds run_timer::reading() const { return read_clock(by_cpu_ ? cpu_clock_ : CLOCK_MONOTONIC); }

void run_timer::start(measure how, std::chrono::microseconds limit, std::chrono::microseconds used) {
  {
    const std::lock_guard lock(mutex_);
    ::pthread_getcpuclockid(::pthread_self(), &cpu_clock_);
    how_ = how;
    limit_ = limit;
    used_ = used;
    paused_ = std::chrono::nanoseconds(0);
    by_cpu_ = fired_ = false;
    started_ = ticking_ = true;
    since_ = reading();
  }
  dog_.add(*this);
}

void run_timer::stop() {
  if (!started_) return;
  dog_.remove(*this);
  pause();
  started_ = false;
}

void run_timer::pause() {
  const std::lock_guard lock(mutex_);
  if (!ticking_) return;
  if (how_ == measure::script) used_ += reading() - since_;
  pause_began_ = std::chrono::steady_clock::now();
  ticking_ = false;
}

void run_timer::resume() {
  const std::lock_guard lock(mutex_);
  if (ticking_) return;
  paused_ += std::chrono::steady_clock::now() - pause_began_;
  if (how_ == measure::script) since_ = reading();
  ticking_ = true;
}

std::chrono::microseconds run_timer::used_locked() const {
  std::chrono::nanoseconds total = used_;
  if (ticking_ || how_ == measure::wall) total += reading() - since_;
  return std::chrono::duration_cast<std::chrono::microseconds>(total);
}

std::chrono::microseconds run_timer::used() {
  const std::lock_guard lock(mutex_);
  return used_locked();
}

std::chrono::microseconds run_timer::paused() {
  const std::lock_guard lock(mutex_);
  return std::chrono::duration_cast<std::chrono::microseconds>(paused_);
}

void run_timer::look() {
  const std::lock_guard lock(mutex_);
  if (how_ == measure::script && !by_cpu_) {
    if (ticking_) used_ += reading() - since_;
    by_cpu_ = true;
    since_ = reading();
  }
  // A paused query cannot stop anything: it fires when it runs on. An action's time passes all the same.
  if (fired_ || (!ticking_ && how_ == measure::script) || used_locked() < limit_) return;
  fired_ = true;
  expired_();
}

}  // namespace hull::backend::runtime
