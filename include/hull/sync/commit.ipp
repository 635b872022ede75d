// Bodies of commit.hpp.
#pragma once

#include <hull/sync/commit.hpp>

namespace hull::sync {
namespace detail {

/// The state that a record should show, as the same object while it says the same.
HULL_INLINE query_state_ptr merge(const query_record& record) {
  if (!record.marks || record.marks->writes.empty()) return record.remote;
  const std::optional<value>& written = record.marks->writes.back().result;
  if (record.shown && record.shown->is_optimistic) {
    const std::optional<value>& before = record.shown->last_value;
    if (before == written) return record.shown;  // Also when another layer predicts the same.
  }
  auto made = std::make_shared<query_state>();
  made->state = written ? query_state::status::ready : query_state::status::loading;
  made->last_value = written;
  made->is_optimistic = true;
  return made;
}

}  // namespace detail

HULL_INLINE const query_state_ptr& loading_state() {
  static const query_state_ptr loading = std::make_shared<query_state>();
  return loading;
}

HULL_INLINE void change_set::touch(query_record& record) {
  if (record.is_touched) return;
  record.is_touched = true;
  touched_.push_back(&record);
}

HULL_INLINE query_state_ptr change_set::present(const query_record& record, std::uint32_t epoch) {
  if (!record.shown) return loading_state();
  const bool is_stale = record.references != 0 && record.remote && record.confirmed_in != epoch;
  if (!is_stale) return record.shown;
  auto copy = std::make_shared<query_state>(*record.shown);
  copy->is_stale = true;
  return copy;
}

HULL_INLINE commit change_set::take(query_table& table, std::uint32_t epoch) {
  commit batch;
  for (query_record* record : touched_) {
    record->is_touched = false;
    query_state_ptr merged = detail::merge(*record);
    if (merged != record->shown) {
      record->shown = std::move(merged);
      batch.changed.push_back({record->key, present(*record, epoch), record->watcher});
    }
    table.release(*record);
  }
  touched_.clear();
  return batch;
}

}  // namespace hull::sync
