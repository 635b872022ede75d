// Bodies of committer.hpp.
#include "database/committer.hpp"

#include "common/log.hpp"
#include "common/worker_pool.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::database {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t log_window_ns = 120 * second_ns;       // How far back reads can be validated,
constexpr std::uint64_t least_log_window_ns = 10 * second_ns;  // and when so much is written that it takes much memory.
constexpr std::size_t log_bytes = 64u << 20;
// Times rise with each commit though the clock be set back: then nothing grows old for a while. So there are limits
// that do not ask for the time.
constexpr std::size_t most_log_bytes = 4 * log_bytes;
constexpr std::size_t max_snapshots = 1'000'000;
constexpr std::uint64_t snapshot_window_ns = 60 * second_ns;  // How old a snapshot may be asked for.
constexpr std::uint64_t prune_window_ns = 240 * second_ns;    // Longer than any transaction lives.
constexpr std::int64_t tidy_every_ns = static_cast<std::int64_t>(second_ns);
constexpr std::size_t prune_budget = 200;  // A few milliseconds, in which commits wait.

timestamp before(timestamp now, std::uint64_t window) { return now > window ? now - window : 0; }

failure conflict_failure(const write_log::conflict& c) {
  failure f{blame::conflict, "OptimisticConcurrencyControlFailure", {}, std::nullopt};
  if (c.table.empty() || c.table.starts_with('_')) {
    f.message =
        "Data read or written in this mutation changed while it was being run. Consider reducing the amount of data "
        "read by using indexed queries with selective index range expressions "
        "(https://docs.convex.dev/database/indexes/).";
    return f;
  }
  f.message = "Documents read from or written to the \"" + c.table +
              "\" table changed while this mutation was being run and on every subsequent retry. ";
  if (!c.source.empty()) f.message += "A call to \"" + c.source + "\" changed them. ";
  f.message += "See https://docs.convex.dev/error#1";
  f.conflict = std::make_shared<const conflict_details>(conflict_details{c.table, c.source});
  return f;
}

}  // namespace

committer::committer(services& shared, snapshot first)
    : shared_(shared), log_(first.ts), published_(first.ts), last_ts_(first.ts) {
  history_.push_back(std::move(first));
  task_thread_ = std::thread([this] { run_tasks(); });
}

committer::~committer() {
  {
    std::unique_lock lock(queue_mutex_);
    stopping_ = true;
    all_told_.wait(lock, [this] { return callers_ == 0; });
    ended_ = true;  // not before: the thread of the tasks may have to lead them
  }
  tasks_changed_.notify_one();
  task_thread_.join();
}

outcome<timestamp> committer::commit(commit_request request) {
  const auto mine = std::make_shared<job>(std::move(request), nullptr);
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(mine);
  ++callers_;
  if (led_) {
    const worker_pool::pause others_may_run;
    mine->changed.wait(lock, [&mine] { return mine->leads || mine->done; });
  } else {
    led_ = true;
  }
  if (!mine->done) lead(lock, leader::waits);
  callers_left(1);
  return *std::move(mine->answer);
}

void committer::commit(commit_request request, answer tell) {
  auto mine = std::make_shared<job>(std::move(request), std::move(tell));
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(std::move(mine));
  ++callers_;
  if (led_) return;
  led_ = true;
  lead(lock, leader::does_not_wait);
}

void committer::tell(job& j) {
  try {
    j.tell(*std::move(j.answer));
  } catch (const std::exception& e) {  // the commits of others must go on
    backend::write_log(severity::error, std::string("The answer of a commit did not arrive: ") + e.what());
  }
}

void committer::lead(std::unique_lock<std::mutex>& lock, leader who) {
  const worker_pool::pause others_may_run;
  for (bool goes_on = true; goes_on;) {
    const batch jobs = std::exchange(queue_, {});
    lock.unlock();
    try {
      commit_batch(jobs);
    } catch (const std::exception& e) {
      give_up(jobs, e.what());
    }
    const std::int64_t now = shared_.time.steady_ns();
    lock.lock();
    if (now - tidied_at_ >= tidy_every_ns) {
      tidied_at_ = now;
      tidy_due_ = true;
    }
    std::size_t told = 0;
    for (const auto& j : jobs) {
      if (j->tell) {
        ++told;
        continue;
      }
      j->done = true;
      j->changed.notify_one();
    }
    goes_on = hand_over(who);
    if (told == 0) continue;
    lock.unlock();
    for (const auto& j : jobs)
      if (j->tell) tell(*j);
    lock.lock();
    callers_left(told);
  }
}

void committer::callers_left(std::size_t count) {
  if ((callers_ -= count) == 0) all_told_.notify_all();
}

void committer::finish() {
  std::unique_lock lock(queue_mutex_);
  all_told_.wait(lock, [this] { return callers_ == 0; });
}

bool committer::hand_over(leader who) {
  led_ = tasks_lead_ = false;
  const bool tasks_wait = (tidy_due_ || !tasks_.empty()) && !stopping_;
  if (tasks_wait && (who != leader::runs_tasks || queue_.empty())) {
    let_tasks_lead();
    return false;
  }
  if (queue_.empty()) return false;
  const auto waits = std::find_if(queue_.begin(), queue_.end(), [](const auto& j) { return !j->tell; });
  if (waits != queue_.end()) {
    led_ = (*waits)->leads = true;
    (*waits)->changed.notify_one();
    return false;
  }
  if (who == leader::waits) {
    let_tasks_lead();
    return false;
  }
  led_ = true;
  return true;
}

void committer::let_tasks_lead() {
  led_ = tasks_lead_ = true;
  tasks_changed_.notify_one();
}

void committer::post(std::function<void()> task) {
  const std::lock_guard lock(queue_mutex_);
  tasks_.push_back(std::move(task));
  if (!led_) let_tasks_lead();
}

void committer::run_tasks() {
  std::unique_lock lock(queue_mutex_);
  while (true) {
    tasks_changed_.wait(lock, [this] { return tasks_lead_ || ended_; });
    if (!tasks_lead_) return;
    const auto todo = std::exchange(tasks_, {});
    const bool tidies = std::exchange(tidy_due_, false);
    lock.unlock();
    for (const auto& task : todo) task();
    const bool more = tidies && tidy();
    lock.lock();
    tidy_due_ = tidy_due_ || more;
    if (hand_over(leader::runs_tasks)) lead(lock, leader::does_not_wait);
  }
}

snapshot committer::latest() const {
  const std::lock_guard lock(snapshot_mutex_);
  return history_.back();
}

std::shared_ptr<const catalog> committer::tables_at(timestamp ts) const {
  const std::lock_guard lock(snapshot_mutex_);
  if (ts > history_.back().ts) return nullptr;
  const auto after =
      std::upper_bound(history_.begin(), history_.end(), ts, [](timestamp t, const snapshot& s) { return t < s.ts; });
  return after == history_.begin() ? nullptr : std::prev(after)->tables;
}

std::uint64_t committer::add_listener(listener l) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.emplace(next_listener_, std::move(l));
  return next_listener_++;
}

void committer::remove_listener(std::uint64_t id) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.erase(id);
}

timestamp committer::next_ts() {
  last_ts_ = std::max(last_ts_ + 1, static_cast<timestamp>(shared_.time.wall_ns()));
  return last_ts_;
}

std::optional<failure> committer::find_conflict(const commit_request& request, const snapshot& newest) const {
  // Index entries and schema checks were made for one set of tables; another set needs another run.
  if (request.base != newest.tables) return conflict_failure({newest.ts, {}, {}});
  write_log::conflict found;
  switch (log_.check(*request.reads, request.begin_ts, newest.ts, &found)) {
    case write_log::verdict::unchanged:
      return std::nullopt;
    case write_log::verdict::changed:
      return conflict_failure(found);
    case write_log::verdict::unknown:
      break;
  }
  return failure{blame::conflict, "OutOfRetention", "The transaction took too long; its snapshot is too old.", {}};
}

void committer::commit_batch(const batch& jobs) {
  const timestamp durable = latest().ts;
  snapshot newest = latest();
  std::vector<job*> todo;
  std::vector<storage::commit_record> records;
  for (const auto& j : jobs) {
    if (broken_) {
      j->answer = *broken_;
      continue;
    }
    if (auto conflict = find_conflict(j->request, newest)) {
      j->answer = *std::move(conflict);
      continue;
    }
    const timestamp ts = next_ts();
    newest = {ts, j->request.tables};
    j->request.set_time(ts);
    records.push_back(std::move(j->request.record));
    // Later ones of the batch must see it; nobody else looks beyond what is published.
    log_.append(std::move(j->request.log));
    j->answer = ts;
    todo.push_back(j.get());
  }
  if (todo.empty()) return;

  if (auto written = shared_.storage.write(records); !written) {
    log_.retract_after(durable);
    for (job* j : todo) j->answer = written.error();
    if (written.error().code == "OutcomeUnknown") break_down(written.error());
    return;
  }
  publish(std::move(newest));
  std::vector<listener> listeners;
  {
    const std::lock_guard lock(listeners_mutex_);
    for (const auto& [id, l] : listeners_) listeners.push_back(l);
  }
  for (const job* j : todo)
    for (const listener& l : listeners) l(**j->answer);
}

void committer::break_down(failure why) {
  broken_ = std::move(why);
  if (when_broken_) when_broken_(*broken_);
}

void committer::give_up(const batch& jobs, const char* why) {
  const failure unknown{blame::server, "OutcomeUnknown", std::string("A commit came to an unexpected end: ") + why, {}};
  const timestamp published = latest().ts;
  log_.retract_after(published);
  for (const auto& j : jobs)
    if (!j->answer || (j->answer->has_value() && **j->answer > published)) j->answer = unknown;
  break_down(unknown);
}

void committer::publish(snapshot newest) {
  if (newest.tables != latest().tables) {
    tables_since_ = newest.ts;
    dropped_indexes_.reset();
  }
  const std::lock_guard lock(snapshot_mutex_);
  history_.push_back(std::move(newest));
  published_ = history_.back().ts;
  // A snapshot leaves the window when its successor does: after a long pause the last one is still young.
  const timestamp oldest = before(history_.back().ts, snapshot_window_ns);
  while (history_.size() > 1 && (history_[1].ts <= oldest || history_.size() > max_snapshots)) history_.pop_front();
}

bool committer::tidy() {
  log_.purge(before(last_ts_, log_window_ns), log_bytes, before(last_ts_, least_log_window_ns), most_log_bytes);
  if (prune_pauses_ != 0 || broken_) return false;
  // An error here is no loss: the versions stay for the next round.
  const timestamp old = before(last_ts_, prune_window_ns);
  const auto pruned = shared_.storage.prune(old, prune_budget);
  const bool more = pruned && *pruned >= prune_budget;
  // Snapshots from before an index went may still be read.
  return (tables_since_ <= old && drop_old_indexes()) || more;
}

bool committer::drop_old_indexes() {
  if (!dropped_indexes_) {
    auto numbers = shared_.storage.indexes();
    if (!numbers) return false;
    for (const auto& [name, table] : latest().tables->tables())
      for (const auto& index : table->indexes) std::erase(*numbers, index->number);
    dropped_indexes_ = *std::move(numbers);
  }
  if (dropped_indexes_->empty()) return false;
  const auto gone = shared_.storage.drop_index(dropped_indexes_->back(), prune_budget);
  if (!gone) return false;
  if (*gone < prune_budget) dropped_indexes_->pop_back();
  return !dropped_indexes_->empty();
}

}  // namespace hull::backend::database
