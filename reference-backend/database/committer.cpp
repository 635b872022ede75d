// Bodies of committer.hpp. While one batch is being made durable the next one gathers: one fsync serves them all.
#include "database/committer.hpp"

#include <algorithm>

namespace hull::backend::database {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t log_window_ns = 120 * second_ns;      // How far back reads can be validated.
constexpr std::uint64_t snapshot_window_ns = 60 * second_ns;  // How old a snapshot may be asked for.
constexpr std::uint64_t prune_window_ns = 240 * second_ns;    // Longer than any transaction lives.
constexpr std::int64_t tidy_every_ns = static_cast<std::int64_t>(second_ns);
constexpr std::size_t prune_budget = 1000;

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
  return f;
}

}  // namespace

committer::committer(services& shared, snapshot first) : shared_(shared), log_(first.ts), last_ts_(first.ts) {
  history_.push_back(std::move(first));
  thread_ = std::thread([this] { run(); });
}

committer::~committer() {
  {
    const std::lock_guard lock(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_one();
  thread_.join();
}

outcome<timestamp> committer::commit(commit_request request) {
  std::future<outcome<timestamp>> done;
  {
    const std::lock_guard lock(queue_mutex_);
    job& j = queue_.emplace_back();
    j.request = std::move(request);
    done = j.done.get_future();
  }
  queue_changed_.notify_one();
  return done.get();
}

void committer::post(std::function<void()> task) {
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.emplace_back().task = std::move(task);
  }
  queue_changed_.notify_one();
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

void committer::run() {
  while (true) {
    std::deque<job> batch;
    {
      std::unique_lock lock(queue_mutex_);
      queue_changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      batch.swap(queue_);
    }
    commit_batch(batch);
    for (job& j : batch)
      if (j.task) j.task();
    tidy();
  }
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

void committer::commit_batch(std::deque<job>& batch) {
  const timestamp durable = latest().ts;
  snapshot newest = latest();
  std::vector<accepted> todo;
  std::vector<storage::commit_record> records;
  for (job& j : batch) {
    if (!j.request) continue;
    if (broken_) {
      j.done.set_value(*broken_);
      continue;
    }
    if (auto conflict = find_conflict(*j.request, newest)) {
      j.done.set_value(*std::move(conflict));
      continue;
    }
    const timestamp ts = next_ts();
    newest = {ts, j.request->tables};
    j.request->set_time(ts);
    records.push_back(std::move(j.request->record));
    // Later ones of the batch must see it; nobody else looks beyond what is published.
    log_.append(std::move(j.request->log));
    todo.push_back({&j, ts});
  }
  if (todo.empty()) return;

  if (auto written = shared_.storage.write(records); !written) {
    log_.retract_after(durable);
    if (written.error().code == "OutcomeUnknown") broken_ = written.error();
    for (const accepted& a : todo) a.from->done.set_value(written.error());
    return;
  }
  publish(std::move(newest));
  std::vector<listener> listeners;
  {
    const std::lock_guard lock(listeners_mutex_);
    for (const auto& [id, l] : listeners_) listeners.push_back(l);
  }
  for (const accepted& a : todo)
    for (const listener& l : listeners) l(a.ts);
  for (const accepted& a : todo) a.from->done.set_value(a.ts);
}

void committer::publish(snapshot newest) {
  const std::lock_guard lock(snapshot_mutex_);
  history_.push_back(std::move(newest));
  // A snapshot leaves the window when its successor does: after a long pause the last one is still young.
  const timestamp oldest = before(history_.back().ts, snapshot_window_ns);
  while (history_.size() > 1 && history_[1].ts <= oldest) history_.pop_front();
}

void committer::tidy() {
  const std::int64_t now = shared_.time.steady_ns();
  if (now - tidied_at_ < tidy_every_ns) return;
  tidied_at_ = now;
  log_.purge(before(last_ts_, log_window_ns));
  // An error here is no loss: the versions stay for the next round.
  if (prune_pauses_ == 0 && !broken_) (void)shared_.storage.prune(before(last_ts_, prune_window_ns), prune_budget);
}

}  // namespace hull::backend::database
