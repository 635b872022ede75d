// Bodies of write_log.hpp.
#include "database/write_log.hpp"

#include <algorithm>
#include <mutex>

namespace hull::backend::database {
namespace {

bool hits(const read_set& reads, const log_write& w) {
  return (w.old_key && reads.overlaps(w.index, *w.old_key)) ||
         (w.new_key && w.new_key != w.old_key && reads.overlaps(w.index, *w.new_key));
}

std::size_t size_of(const log_entry& entry) {
  std::size_t bytes = sizeof entry + entry.source.size() + entry.writes.size() * sizeof(log_write);
  for (const log_write& w : entry.writes)
    for (const auto* key : {&w.old_key, &w.new_key})
      if (*key) bytes += (*key)->capacity();
  return bytes;
}

}  // namespace

void write_log::append(log_entry entry) {
  const std::unique_lock lock(mutex_);
  bytes_ += size_of(entry);
  for (const log_write& w : entry.writes) last_write_[w.index] = entry.ts;
  entries_.push_back(std::move(entry));
}

void write_log::retract_after(timestamp ts) {
  const std::unique_lock lock(mutex_);
  // last_write_ keeps times that are too late: that costs a look at the log, never a wrong answer.
  while (!entries_.empty() && entries_.back().ts > ts) {
    bytes_ -= size_of(entries_.back());
    entries_.pop_back();
  }
}

void write_log::purge(timestamp ts, std::size_t max_bytes, timestamp spared, std::size_t most_bytes) {
  const std::unique_lock lock(mutex_);
  while (!entries_.empty() && entries_.front().ts <= ts) forget_oldest();
  while (!entries_.empty() && bytes_ > max_bytes && entries_.front().ts <= spared) forget_oldest();
  while (!entries_.empty() && bytes_ > most_bytes) forget_oldest();
}

void write_log::forget_oldest() {
  purged_ = entries_.front().ts;
  bytes_ -= size_of(entries_.front());
  entries_.pop_front();
}

std::size_t write_log::size_bytes() const {
  const std::shared_lock lock(mutex_);
  return bytes_;
}

std::size_t write_log::first_after(timestamp ts) const {
  const auto at =
      std::upper_bound(entries_.begin(), entries_.end(), ts, [](timestamp t, const log_entry& e) { return t < e.ts; });
  return static_cast<std::size_t>(at - entries_.begin());
}

write_log::verdict write_log::check(const read_set& reads, timestamp from, timestamp to, conflict* found) const {
  const std::shared_lock lock(mutex_);
  // Most often none of the indexes was written at all; that holds however far back `from` is.
  const bool quiet = std::none_of(reads.by_index().begin(), reads.by_index().end(), [&](const auto& read) {
    const auto last = last_write_.find(read.first);
    return last != last_write_.end() && last->second > from;
  });
  if (quiet && from >= start_) return verdict::unchanged;
  if (from < purged_) return verdict::unknown;
  for (std::size_t i = first_after(from); i < entries_.size() && entries_[i].ts <= to; ++i) {
    for (const log_write& w : entries_[i].writes) {
      if (!hits(reads, w)) continue;
      if (found) *found = {entries_[i].ts, w.table ? *w.table : std::string(), entries_[i].source};
      return verdict::changed;
    }
  }
  return verdict::unchanged;
}

void write_log::visit(timestamp from, timestamp to, const std::function<void(const log_entry&)>& visit) const {
  const std::shared_lock lock(mutex_);
  for (std::size_t i = first_after(from); i < entries_.size() && entries_[i].ts <= to; ++i) visit(entries_[i]);
}

}  // namespace hull::backend::database
