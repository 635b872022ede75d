// Look-up, single flight and eviction.
#include "functions/query_cache.hpp"

#include "common/outcome_of.hpp"
#include "common/worker_pool.hpp"

#include <utility>

namespace hull::backend::functions {
namespace {

/// A result that depends on the clock is kept for the longest time that a query may take.
constexpr std::int64_t max_clock_age_ns = 17'000'000'000;

/// A look goes through the writes of a second at most.
constexpr database::timestamp max_look_back_ns = 1'000'000'000;

std::size_t size_of(const std::string& key, const query_run& run) {
  std::size_t bytes = 512 + 2 * key.size();
  if (run.value_json) bytes += run.value_json->size();
  for (const std::string& line : run.log_lines) bytes += line.size() + sizeof line;
  if (run.journal) bytes += run.journal->size();
  if (run.reads) bytes += run.reads->size_bytes();
  return bytes;
}

}  // namespace

std::string query_key::text(bool with_identity) const {
  std::string all = path;
  for (const std::string* part : {&args, &journal}) (all += '\n') += *part;
  all += internal_allowed ? "\ni" : "\np";
  if (with_identity) (all += '\n') += identity;
  return all;
}

query_cache::query_cache(std::size_t max_bytes, unchanged_check unchanged)
    : max_bytes_(max_bytes), unchanged_(std::move(unchanged)) {}

std::size_t query_cache::size_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

outcome<query_cache::run_pointer> query_cache::get(const query_key& key, database::timestamp ts, std::int64_t now_ns,
                                                   const runner& run) {
  const std::string own = key.text(true);
  for (;;) {
    if (auto hit = find_for(key, own, ts, now_ns)) return hit;

    std::unique_lock lock(mutex_);
    const auto [position, free] = flights_.try_emplace(own);
    if (free) {
      const auto mine = position->second = std::make_shared<flight>();
      mine->ts = ts;
      lock.unlock();
      // Whatever happens: others wait for this flight.
      return land(own, mine, outcome_of([&] { return fly(key, ts, now_ns, run); }));
    }
    const std::shared_ptr<flight> other = position->second;
    if (other->ts > ts) {  // Its snapshot is too new for us.
      lock.unlock();
      return run();
    }
    {
      const worker_pool::pause others_may_run;
      landed_.wait(lock, [&] { return other->result.has_value(); });
    }
    const outcome<run_pointer> result = *other->result;
    lock.unlock();
    if (!result) return result;
    if (auto usable = at(*result, ts, now_ns)) return usable;
  }
}

query_cache::glance query_cache::look(const query_key& key, database::timestamp ts, std::int64_t now_ns,
                                      landing landed) {
  const std::string own = key.text(true);
  const database::timestamp oldest = ts > max_look_back_ns ? ts - max_look_back_ns : 0;
  if (auto hit = find_for(key, own, ts, now_ns, oldest)) return {std::move(hit)};
  const std::lock_guard lock(mutex_);
  const auto other = flights_.find(own);
  if (other == flights_.end() || other->second->ts > ts) return {};
  other->second->awaited_by.push_back([this, ts, now_ns, landed = std::move(landed)](outcome<run_pointer> result) {
    landed(result ? outcome<run_pointer>(at(*result, ts, now_ns)) : std::move(result));
  });
  return {nullptr, true};
}

outcome<query_cache::run_pointer> query_cache::fly(const query_key& key, database::timestamp ts, std::int64_t now_ns,
                                                   const runner& run) {
  // Another flight may have landed between our look-up and our take-off.
  if (auto hit = find_for(key, key.text(true), ts, now_ns)) return hit;
  outcome<run_pointer> result = run();
  if (!result || (*result)->error) return result;

  const run_pointer& finished = *result;
  store(key.text(finished->observed_identity), finished);
  if (finished->journal && *finished->journal != key.journal) {
    query_key next = key;
    next.journal = *finished->journal;
    store(next.text(finished->observed_identity), finished);
  }
  return result;
}

outcome<query_cache::run_pointer> query_cache::land(const std::string& flight_key, const std::shared_ptr<flight>& mine,
                                                    outcome<run_pointer> result) {
  std::vector<landing> awaited_by;
  {
    const std::lock_guard lock(mutex_);
    flights_.erase(flight_key);
    mine->result = result;
    awaited_by = std::move(mine->awaited_by);
  }
  landed_.notify_all();
  for (const landing& landed : awaited_by) landed(result);
  return result;
}

query_cache::run_pointer query_cache::at(const run_pointer& run, database::timestamp ts, std::int64_t now_ns) const {
  if (ts < run->first_ts) return nullptr;
  if (run->observed_time && (now_ns < run->wall_ns || now_ns - run->wall_ns > max_clock_age_ns)) return nullptr;
  if (ts == run->ts) return run;
  if (ts > run->ts && !unchanged_(*run, run->ts, ts)) return nullptr;
  auto moved = std::make_shared<query_run>(*run);
  moved->ts = ts;
  return moved;
}

query_cache::run_pointer query_cache::find(const std::string& key, database::timestamp ts, std::int64_t now_ns,
                                           database::timestamp oldest) {
  run_pointer cached;
  {
    const std::lock_guard lock(mutex_);
    const auto position = entries_.find(key);
    if (position == entries_.end() || position->second.run->ts < oldest) return nullptr;
    by_age_.splice(by_age_.begin(), by_age_, position->second.age);
    cached = position->second.run;
  }
  run_pointer usable = at(cached, ts, now_ns);

  const std::lock_guard lock(mutex_);
  const auto position = entries_.find(key);
  if (position == entries_.end() || position->second.run != cached) return usable;
  if (usable == nullptr && ts >= cached->first_ts)
    erase(position);
  else if (usable != nullptr && usable->ts > cached->ts)
    position->second.run = usable;
  return usable;
}

query_cache::run_pointer query_cache::find_for(const query_key& key, const std::string& own, database::timestamp ts,
                                               std::int64_t now_ns, database::timestamp oldest) {
  if (auto hit = find(own, ts, now_ns, oldest)) return hit;
  return find(key.text(false), ts, now_ns, oldest);
}

void query_cache::store(const std::string& key, run_pointer run) {
  const std::lock_guard lock(mutex_);
  const auto old = entries_.find(key);
  if (old != entries_.end()) {
    if (old->second.run->ts > run->ts) return;
    erase(old);
  }
  const std::size_t bytes = size_of(key, *run);
  if (bytes > max_bytes_) return;
  by_age_.push_front(key);
  entries_.emplace(key, entry{std::move(run), bytes, by_age_.begin()});
  bytes_ += bytes;
  while (bytes_ > max_bytes_) erase(entries_.find(by_age_.back()));
}

void query_cache::erase(std::unordered_map<std::string, entry>::iterator position) {
  bytes_ -= position->second.bytes;
  by_age_.erase(position->second.age);
  entries_.erase(position);
}

}  // namespace hull::backend::functions
