// Bodies of driver.hpp.
#include "scheduler/driver.hpp"

#include "scheduler/jobs.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::scheduler {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
/// The wall clock may jump, so no sleep is longer than this.
constexpr std::int64_t longest_sleep_ns = 5 * second_ns;
constexpr std::int64_t retry_read_ns = second_ns;
constexpr std::int64_t no_thread_pause_ns = second_ns;

std::vector<clean_up> with_own(std::vector<clean_up> others) {
  others.push_back({"scheduled functions that ended long ago", &delete_ended_jobs});
  return others;
}

}  // namespace

driver::driver(database::database& db, subscriptions::registry& registry, callee& functions, clock& c, random_source& r,
               driver_options options)
    : db_(db),
      registry_(registry),
      time_(c),
      options_(std::move(options)),
      executor_({db, functions, c, r, options_.warn, [this](std::chrono::milliseconds time) { return pause(time); }}),
      jobs_(options_.parallel_jobs, &upcoming_jobs, &executor::run_job),
      crons_(options_.parallel_crons, &upcoming_crons, &executor::run_cron),
      thread_([this] { loop(); }) {}

driver::~driver() {
  stop();
  thread_.join();
}

void driver::stop() {
  {
    const std::lock_guard lock(bell_->mutex);
    bell_->stopped = true;
  }
  bell_->changed.notify_all();
  jobs_.workers.stop();
  crons_.workers.stop();
}

bool driver::wait_until_idle(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const bool jobs_done = jobs_.workers.wait_until_idle(limit);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return crons_.workers.wait_until_idle(std::max(left, std::chrono::milliseconds(0))) && jobs_done;
}

void driver::bell::ring() {
  {
    const std::lock_guard lock(mutex);
    woken = true;
  }
  changed.notify_all();
}

bool driver::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(bell_->mutex);
  return !bell_->changed.wait_for(lock, time, [this] { return bell_->stopped; });
}

void driver::sleep(std::int64_t until_ns) {
  const std::int64_t now = time_.wall_ns();
  const std::int64_t length = until_ns <= now ? 0 : std::min(until_ns - now, longest_sleep_ns);
  std::unique_lock lock(bell_->mutex);
  bell_->changed.wait_for(lock, std::chrono::nanoseconds(length), [this] { return bell_->woken || bell_->stopped; });
}

void driver::loop() {
  for (clean_up job : with_own(options_.clean_ups)) cleaners_.push_back({std::move(job)});
  for (;;) {
    {
      const std::lock_guard lock(bell_->mutex);
      if (bell_->stopped) return;
      bell_->woken = false;
      wake_ns_ = time_.wall_ns() + longest_sleep_ns;
    }
    watched_.clear();
    if (!look(jobs_) || !look(crons_)) wake_ns_ = std::min(wake_ns_, time_.wall_ns() + retry_read_ns);
    for (cleaner& c : cleaners_) {
      clean(c);
      wake_ns_ = std::min(wake_ns_, c.next_ns);
    }
    sleep(wake_ns_);
  }
}

bool driver::look(lane& l) {
  std::size_t wanted = 0;
  {
    const std::lock_guard lock(bell_->mutex);
    wanted = l.plan.lookahead();
  }
  database::transaction tx = db_.begin();
  auto due = l.list(tx, wanted);
  if (!due) {
    options_.warn("Cannot read what is scheduled: " + due.error().message);
    return false;
  }
  watched_.push_back(
      registry_.subscribe(tx.take_reads(), tx.begin_ts(), [bell = bell_](database::timestamp) { bell->ring(); }));

  agenda::decision next;
  {
    const std::lock_guard lock(bell_->mutex);
    l.plan.forget_absent(*due);
    next = l.plan.decide(*due, time_.wall_ns());
    for (const std::string& id : next.start) l.plan.started(id);
  }
  if (next.wake_ns) wake_ns_ = std::min(wake_ns_, *next.wake_ns);
  for (const std::string& id : next.start) start(l, id);
  return true;
}

void driver::start(lane& l, const std::string& id) {
  const bool taken = l.workers.submit([this, &l, id] {
    std::int64_t failures = 0;
    {
      const std::lock_guard lock(bell_->mutex);
      failures = l.plan.failures(id);
    }
    const again_at again = (executor_.*l.run)(id, failures);
    {
      const std::lock_guard lock(bell_->mutex);
      if (again)
        l.plan.retry(id, *again);
      else
        l.plan.finished(id);
    }
    bell_->ring();
  });
  if (taken) return;
  // The pool has stopped, and then all ends, or the system has no thread for it.
  const std::lock_guard lock(bell_->mutex);
  const std::int64_t again = time_.wall_ns() + no_thread_pause_ns;
  l.plan.retry(id, again);
  wake_ns_ = std::min(wake_ns_, again);
}

void driver::clean(cleaner& c) {
  const std::int64_t now = time_.wall_ns();
  if (now < c.next_ns) return;
  const auto after = [now](std::chrono::seconds time) { return now + std::chrono::nanoseconds(time).count(); };
  c.next_ns = after(c.job.interval);
  database::transaction tx = db_.begin();
  auto erased = c.job.erase(tx, now, c.job.batch);
  if (erased && *erased == 0) return;
  if (erased) {
    if (*erased >= c.job.batch) c.next_ns = after(c.job.pause);
    auto committed = db_.commit(std::move(tx), "clean_up");
    if (committed) return;
    erased = committed.error();
  }
  options_.warn("Cannot delete " + c.job.what + ": " + erased.error().message);
  c.next_ns = after(c.job.pause);
}

}  // namespace hull::backend::scheduler
