// Bodies of query_set.hpp.
#pragma once

#include <hull/sync/query_set.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace hull::sync {

HULL_INLINE bool query_set::subscribe(query_record& record) {
  if (++record.references > 1) return false;
  record.last_journal = journal();
  table_.bind(record, next_id_++);
  if (is_live_) news_.push_back({record.id, true});
  return true;
}

HULL_INLINE bool query_set::unsubscribe(query_record& record) {
  if (record.references == 0 || --record.references != 0) return false;
  confirm(record);
  table_.unbind(record);
  if (is_live_) {
    const auto unsaid = std::find_if(news_.begin(), news_.end(), [&](const news& n) { return n.is_add && n.id == record.id; });
    if (unsaid != news_.end())
      news_.erase(unsaid);
    else
      news_.push_back({record.id, false});
  }
  return true;
}

HULL_INLINE protocol::add_query query_set::describe(const query_record& record) {
  protocol::add_query add;
  add.id = record.id;
  add.udf_path = std::string(record.key.path());
  add.args.push_back(record.key.args());
  add.journal = record.last_journal.get();
  return add;
}

HULL_INLINE std::optional<protocol::modify_query_set> query_set::take_message() {
  if (news_.empty()) return std::nullopt;
  protocol::modify_query_set m;
  m.base_version = version_++;
  m.new_version = version_;
  m.modifications.reserve(news_.size());
  for (const news& n : std::exchange(news_, {})) {
    if (n.is_add) {
      m.modifications.emplace_back(describe(*table_.find(n.id)));
    } else {
      protocol::remove_query remove;
      remove.id = n.id;
      m.modifications.emplace_back(remove);
    }
  }
  return m;
}

HULL_INLINE void query_set::socket_lost() {
  is_live_ = false;
  news_.clear();
}

HULL_INLINE protocol::modify_query_set query_set::restart() {
  version_ = 1;
  is_live_ = true;
  news_.clear();
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
