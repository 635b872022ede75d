// Threads for calls that block. Threads are made as they are needed, up to a limit; beyond it, jobs wait in a queue.
// The thread that fell idle last is woken first: what it uses is still in the caches, and the others may sleep on.
#pragma once

#include "common/big_thread.hpp"
#include "common/log.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace hull::backend {

class worker_pool {
 public:
  worker_pool(std::size_t max_threads, std::size_t max_waiting)
      : max_threads_(max_threads), max_waiting_(max_waiting) {}
  ~worker_pool() {
    stop();
    threads_.clear();
  }
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  /// False when too much is waiting already, no thread can be made, or the pool was stopped; the job is dropped then.
  /// What a job throws is logged and lost: who waits for the job's result must catch it in there.
  bool submit(std::function<void()> job) {
    std::unique_lock lock(mutex_);
    if (stopped_ || jobs_.size() >= max_waiting_) return false;
    jobs_.push_back(std::move(job));
    if (!idle_.empty()) {
      call(idle_.back());
      idle_.pop_back();
    } else if (threads_.size() < max_threads_) {
      try {
        threads_.push_back(std::make_unique<big_thread>([this] { run(); }));
      } catch (const std::system_error&) {  // the system has no more threads: who asked must not wait for one
        jobs_.pop_back();
        return false;
      }
    }
    return true;
  }

  /// Takes no more jobs and forgets those that wait. Running ones go on.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    jobs_.clear();
    for (sleeper* s : std::exchange(idle_, {})) call(s);
  }

  std::size_t running() {
    const std::lock_guard lock(mutex_);
    return running_;
  }

  /// True when no job is running any more; false when `limit` passed first. Call after stop().
  bool wait_until_idle(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, limit, [this] { return running_ == 0; });
  }

 private:
  struct sleeper {
    std::condition_variable woken;
    bool called = false;
  };
  static void call(sleeper* s) {
    s->called = true;
    s->woken.notify_one();
  }

  static void carry_out(const std::function<void()>& job) {
    try {
      job();
    } catch (const std::exception& e) {
      write_log(severity::error, std::string("A job came to an unexpected end: ") + e.what());
    }
  }

  void run() {
    sleeper me;
    std::unique_lock lock(mutex_);
    for (;;) {
      while (!stopped_ && jobs_.empty()) {
        me.called = false;
        idle_.push_back(&me);
        me.woken.wait(lock, [&me] { return me.called; });
      }
      if (stopped_) return;
      auto job = std::move(jobs_.front());
      jobs_.pop_front();
      ++running_;
      lock.unlock();
      carry_out(job);
      job = nullptr;  // what the job held goes before it counts as done
      lock.lock();
      --running_;
      if (stopped_ && running_ == 0) done_.notify_all();
    }
  }

  const std::size_t max_threads_;
  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::deque<std::function<void()>> jobs_;
  std::vector<sleeper*> idle_;  ///< Who fell asleep last comes last.
  std::vector<std::unique_ptr<big_thread>> threads_;
  std::size_t running_ = 0;
  bool stopped_ = false;
};

}  // namespace hull::backend
