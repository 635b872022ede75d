// What everything in a simulated world shares: the time, the dice, the weather, and a place to complain.
#pragma once

#include "chance.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hull::sim {

/// Something happened that must not happen. Ends the run of this seed.
class violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Virtual time in milliseconds: what is due happens in its order, and nothing takes any time by itself.
class schedule {
 public:
  using task = std::function<void()>;

  std::int64_t now() const noexcept { return now_; }
  void at(std::int64_t when, task what) {
    heap_.push_back({std::max(when, now_), next_++, std::move(what)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void after(std::int64_t delay, task what) { at(now_ + delay, std::move(what)); }
  /// Lets time pass up to `until`.
  void run(std::int64_t until) {
    while (!heap_.empty() && heap_.front().when <= until) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      entry due = std::move(heap_.back());
      heap_.pop_back();
      now_ = due.when;
      ++steps_;
      due.what();
    }
    now_ = std::max(now_, until);
  }
  void clear() { heap_.clear(); }
  std::uint64_t steps() const noexcept { return steps_; }

 private:
  struct entry {
    std::int64_t when;
    std::uint64_t order;
    task what;
  };
  static bool later(const entry& a, const entry& b) noexcept {
    return a.when != b.when ? a.when > b.when : a.order > b.order;
  }
  std::vector<entry> heap_;
  std::int64_t now_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t steps_ = 0;
};

/// How bad the world is. Each seed draws its own; healing sets everything back to nothing.
struct weather {
  std::int64_t latency = 5;          ///< Longest way of a frame, milliseconds.
  std::int64_t work = 5;             ///< Longest time that the server needs for anything.
  double slow_work = 0;              ///< How often it needs much longer,
  std::int64_t slow = 0;             ///< and how long then.
  double overload = 0;               ///< How often a query or a call cannot be run at all.
  double failing_connects = 0;
  double hanging_connects = 0;
  double losing_tails = 0;           ///< How often frames on their way get lost when a socket ends.
  double late_news = 0;              ///< How often a client hears of a socket that it has let go of.
  double interval = 0;               ///< Seconds between disturbances; 0 for none.
};

class stage {
 public:
  explicit stage(std::uint64_t seed) : random(seed) {}

  schedule time;
  chance random;
  weather now;
  bool is_calm = false;
  std::function<void(const std::string&)> trace;  ///< Empty: nobody listens.

  template <class Line>
  void note(Line&& line) {
    if (trace) trace(stamp() + line());
  }
  [[noreturn]] void fail(const std::string& what) const { throw violation(stamp() + what); }
  void require(bool holds, const char* what) const {
    if (!holds) fail(what);
  }
  std::int64_t latency() { return random.between(0, now.latency); }
  std::int64_t work() {
    return now.slow_work > 0 && random.happens(now.slow_work) ? random.between(0, now.slow) : random.between(0, now.work);
  }

 private:
  std::string stamp() const {
    std::string text = std::to_string(time.now() % 1000);
    text.insert(0, 3 - text.size(), '0');
    return std::to_string(time.now() / 1000) + "." + text + " ";
  }
};

}  // namespace hull::sim
