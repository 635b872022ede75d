// Threads for calls that block. Threads are made as they are needed, up to a limit; beyond it, jobs wait in a queue.
// The thread that fell idle last is woken first: what it uses is still in the caches, and the others may sleep on.
//
// A pool can be told how many jobs are to run at once as a rule: for work that keeps the processor busy, more threads
// than processors only take turns. The limit is a matter of speed and never one of progress: a job that waits says so
// (`pause`) and does not count, and when no job has begun for a while although some wait, one more runs.
#pragma once

#include "common/big_thread.hpp"
#include "common/log.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
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
  worker_pool(std::size_t max_threads, std::size_t max_waiting) : worker_pool(max_threads, max_waiting, max_threads) {}
  /// `at_once`: so many jobs run at once as a rule, at least one; one more each time that none has begun for
  /// `stalled_after`.
  worker_pool(std::size_t max_threads, std::size_t max_waiting, std::size_t at_once,
              std::chrono::milliseconds stalled_after = std::chrono::milliseconds(5))
      : max_threads_(max_threads),
        max_waiting_(max_waiting),
        at_once_(std::max<std::size_t>(at_once, 1)),
        stalled_after_(stalled_after) {}
  ~worker_pool() {
    stop();
    threads_.clear();
  }
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  /// False when too much is waiting already, no thread can be made, or the pool was stopped; the job is dropped then.
  /// What a job throws is logged and lost: who waits for the job's result must catch it in there.
  bool submit(std::function<void()> job) {
    const std::lock_guard lock(mutex_);  // gone before a job that is refused
    if (stopped_ || jobs_.size() >= max_waiting_) return false;
    jobs_.push_back(std::move(job));
    if (busy() >= at_once_) {
      keep_watch();
    } else if (!call_somebody()) {  // the system has no more threads: who asked must not wait for one
      job = std::move(jobs_.back());
      jobs_.pop_back();
      return false;
    }
    return true;
  }

  /// Takes no more jobs and forgets those that wait. Running ones go on.
  void stop() {
    std::deque<std::function<void()>> forgotten;  // What they hold goes when the mutex is free.
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    forgotten.swap(jobs_);
    for (sleeper* s : std::exchange(idle_, {})) call(s);
    watch_over_.notify_all();
  }

  /// While one lives, the job that this thread runs is waiting for something, and another one may run instead. Does
  /// nothing on a thread that belongs to no pool.
  class pause {
   public:
    pause() : pool_(std::exchange(current(), nullptr)) {  // one within another does not count twice
      if (!pool_) return;
      const std::lock_guard lock(pool_->mutex_);
      ++pool_->pausing_;
      if (!pool_->jobs_.empty() && pool_->busy() < pool_->at_once_) (void)pool_->call_somebody();
    }
    ~pause() {
      if (!pool_) return;
      current() = pool_;
      const std::lock_guard lock(pool_->mutex_);
      --pool_->pausing_;
    }
    pause(const pause&) = delete;
    pause& operator=(const pause&) = delete;

   private:
    worker_pool* const pool_;
  };

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
  static worker_pool*& current() {
    thread_local worker_pool* mine = nullptr;
    return mine;
  }

  /// Threads that run a job, or are about to look for one, and do not pause.
  std::size_t busy() const { return threads_.size() - idle_.size() - (watched_ ? 1 : 0) - pausing_; }

  /// False when the system has no more threads and this pool has none.
  bool call_somebody() {
    if (!idle_.empty()) {
      call(idle_.back());
      idle_.pop_back();
    } else if (threads_.size() < max_threads_) {
      try {
        threads_.push_back(std::make_unique<big_thread>([this] { run(); }));
      } catch (const std::system_error&) {
        return false;
      }
    }
    return true;
  }

  /// Somebody sees to it that the jobs which wait do not wait for ever.
  void keep_watch() {
    if (watched_ || watch_called_) return;
    watch_called_ = true;
    if (!call_somebody()) watch_called_ = false;
  }

  static void carry_out(const std::function<void()>& job) {
    try {
      job();
    } catch (const std::exception& e) {
      write_log(severity::error, std::string("A job came to an unexpected end: ") + e.what());
    }
  }

  void run() {
    current() = this;
    sleeper me;
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      watch_called_ = false;  // perhaps this is who was called
      if (!jobs_.empty() && (busy() <= at_once_ || stalled(lock)))
        run_next(lock);
      else
        sleep(lock, me);
    }
  }

  void sleep(std::unique_lock<std::mutex>& lock, sleeper& me) {
    if (stopped_) return;  // who wakes the sleepers has been here
    me.called = false;
    idle_.push_back(&me);
    me.woken.wait(lock, [&me] { return me.called; });
  }

  /// Watches, if nobody else does, until the jobs are gone or none has begun for a while. True: one more shall run.
  bool stalled(std::unique_lock<std::mutex>& lock) {
    if (watched_) return false;
    watched_ = true;
    bool stands_still = false;
    while (!stopped_ && !jobs_.empty() && !stands_still) {
      const std::uint64_t begun = begun_;
      watch_over_.wait_for(lock, stalled_after_, [this] { return stopped_; });
      stands_still = begun == begun_;
    }
    watched_ = false;
    return stands_still && !stopped_ && !jobs_.empty();
  }

  void run_next(std::unique_lock<std::mutex>& lock) {
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    ++begun_;
    ++running_;
    if (!jobs_.empty() && busy() >= at_once_) keep_watch();
    lock.unlock();
    carry_out(job);
    job = nullptr;  // what the job held goes before it counts as done
    lock.lock();
    --running_;
    if (stopped_ && running_ == 0) done_.notify_all();
  }

  const std::size_t max_threads_;
  const std::size_t max_waiting_;
  const std::size_t at_once_;
  const std::chrono::milliseconds stalled_after_;
  std::mutex mutex_;
  std::condition_variable done_, watch_over_;
  std::deque<std::function<void()>> jobs_;
  std::vector<sleeper*> idle_;  ///< Who fell asleep last comes last.
  std::vector<std::unique_ptr<big_thread>> threads_;
  std::size_t running_ = 0;
  std::size_t pausing_ = 0;
  std::uint64_t begun_ = 0;
  bool watched_ = false;
  bool watch_called_ = false;
  bool stopped_ = false;
};

}  // namespace hull::backend
