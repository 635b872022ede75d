// What JavaScript waits for: asynchronous syscalls in the order of their calls, and timers by their deadline.
#pragma once

#include "runtime/v8.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::runtime {

struct pending_syscall {
  std::string name;
  std::string args_json;
  v8::Global<v8::Promise::Resolver> resolver;
  std::function<void()> begin;  ///< Instead of a syscall: begins something that settles the promise itself.
};

/// Something outside, on other threads, that JavaScript waits for.
struct pending_wait {
  std::string name;             ///< As users know it; empty when nobody needs to know that it was not awaited.
  std::function<bool()> ready;  ///< Asked after each wake-up.
  std::function<void(v8::Local<v8::Context>)> settle;
};

class pending_operations {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void add_syscall(v8::Isolate* isolate, std::string name, std::string args_json,
                   v8::Local<v8::Promise::Resolver> resolver);
  /// Waits its turn like a syscall; `name` is as users know it.
  void add_operation(std::string name, std::function<void()> begin);
  void add_sleep(v8::Isolate* isolate, double milliseconds, double id, v8::Local<v8::Promise::Resolver> resolver);
  void cancel_sleep(double id);

  void add_wait(pending_wait w) { waits_.push_back(std::move(w)); }
  /// The first of what JavaScript waits for that is ready.
  std::optional<pending_wait> take_ready();
  bool has_waits() const { return !waits_.empty(); }

  /// The next syscalls to carry out before JavaScript goes on: with `merge_reads`, reads that follow each other
  /// come together (up to 16); else one.
  std::vector<pending_syscall> take_batch(bool merge_reads);
  bool has_syscalls() const { return !syscalls_.empty(); }
  /// The name of a syscall as users know it.
  static std::string shown_name(std::string_view name);
  /// Names of what still waits, timers apart, as users know them.
  std::vector<std::string> waiting_names() const;

  std::optional<time_point> next_deadline() const;
  /// The timer that is due first, if it is due.
  std::optional<v8::Global<v8::Promise::Resolver>> take_due(time_point now);

 private:
  struct timer {
    time_point due;
    double id;
    v8::Global<v8::Promise::Resolver> resolver;
  };
  std::deque<pending_syscall> syscalls_;
  std::vector<pending_wait> waits_;
  std::vector<timer> timers_;  ///< By deadline, equal ones in the order in which they were made.
};

}  // namespace hull::backend::runtime
