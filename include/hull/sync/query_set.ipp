// Bodies of query_set.hpp.
#pragma once

#include <hull/sync/planted_bug.hpp>
#include <hull/sync/query_set.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace hull::sync {

HULL_INLINE bool query_set::subscribe(query_record& record) {
  if (++record.references > 1) return false;
  record.last_journal = journal();
  table_.bind(record, next_id_++);
  if (is_live_) added_.push_back(record.id);  // Ids only grow.
  return true;
}

HULL_INLINE bool query_set::unsubscribe(query_record& record) {
  if (record.references == 0 || --record.references != 0) return false;
  confirm(record);
  table_.unbind(record);
  if (is_live_) {
    const auto unsaid = std::lower_bound(added_.begin(), added_.end(), record.id);
    if (unsaid != added_.end() && *unsaid == record.id)
      added_.erase(unsaid);
    else if (detail::planted != detail::fault_planted::removal_not_sent)
      removed_.push_back(record.id);
  }
  return true;
}

HULL_INLINE protocol::add_query query_set::describe(const query_record& record) {
  protocol::add_query add;
  add.id = record.id;
  add.udf_path = std::string(record.key.path());
  add.args.push_back(record.key.args());
  if (detail::planted != detail::fault_planted::journal_not_sent) add.journal = record.last_journal.get();
  return add;
}

HULL_INLINE std::optional<protocol::modify_query_set> query_set::take_message() {
  if (added_.empty() && removed_.empty()) return std::nullopt;
  protocol::modify_query_set m;
  m.base_version = version_++;
  m.new_version = version_;
  m.modifications.reserve(added_.size() + removed_.size());
  for (const protocol::query_id id : std::exchange(removed_, {})) {
    protocol::remove_query remove;
    remove.id = id;
    m.modifications.emplace_back(remove);
  }
  for (const protocol::query_id id : std::exchange(added_, {}))
    m.modifications.emplace_back(describe(*table_.find(id)));
  return m;
}

HULL_INLINE void query_set::socket_lost() {
  is_live_ = false;
  added_.clear();
  removed_.clear();
}

HULL_INLINE protocol::modify_query_set query_set::restart() {
  version_ = 1;
  is_live_ = true;
  added_.clear();
  removed_.clear();
  protocol::modify_query_set m;
  m.new_version = version_;
  const std::vector<query_record*> all = table_.subscribed();
  m.modifications.reserve(all.size());
  for (query_record* record : all) {
    m.modifications.emplace_back(describe(*record));
    record->awaits_confirmation = true;
  }
  awaited_ = all.size();
  return m;
}

HULL_INLINE void query_set::confirm(query_record& record) {
  if (!std::exchange(record.awaits_confirmation, false)) return;
  --awaited_;
}

}  // namespace hull::sync
