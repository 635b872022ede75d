// Bodies of query_table.hpp.
#pragma once

#include <hull/sync/query_table.hpp>

#include <algorithm>

namespace hull::sync {

HULL_INLINE query_record& query_table::obtain(const query_key& key) {
  if (query_record* known = find(key.token())) return *known;
  auto made = std::make_unique<query_record>();
  made->key = key;
  query_record& record = **records_.insert(std::move(made)).first;
  path_group& group = obtain_group(key.path());
  record.group = &group;
  record.place_in_group = static_cast<std::uint32_t>(group.members.size());
  group.members.push_back(&record);
  return record;
}

HULL_INLINE query_record* query_table::find(std::string_view token) noexcept {
  const auto found = records_.find(token);
  return found == records_.end() ? nullptr : found->get();
}

HULL_INLINE const query_record* query_table::find(std::string_view token) const noexcept {
  const auto found = records_.find(token);
  return found == records_.end() ? nullptr : found->get();
}

HULL_INLINE query_record* query_table::find(protocol::query_id id) noexcept {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

HULL_INLINE path_group& query_table::obtain_group(std::string_view canonical_path) {
  const auto [at, is_new] = groups_.try_emplace(std::string(canonical_path));
  if (is_new) at->second.path = at->first;
  return at->second;
}

HULL_INLINE void query_table::bind(query_record& record, protocol::query_id id) {
  record.id = id;
  by_id_.emplace(id, &record);
}

HULL_INLINE void query_table::unbind(query_record& record) { by_id_.erase(record.id); }

HULL_INLINE void query_table::release(query_record& record) {
  if (record.marks && record.marks->writes.empty() && record.marks->readers.empty()) record.marks.reset();
  if (record.references != 0 || record.marks || record.is_touched) return;
  path_group& group = *record.group;
  query_record* last = group.members.back();
  last->place_in_group = record.place_in_group;
  group.members[record.place_in_group] = last;
  group.members.pop_back();
  records_.erase(records_.find(record.key.token()));
  release(group);
}

HULL_INLINE void query_table::release(path_group& group) {
  if (group.members.empty() && group.readers.empty()) groups_.erase(std::string(group.path));
}

HULL_INLINE std::vector<query_record*> query_table::subscribed() const {
  std::vector<query_record*> all;
  all.reserve(by_id_.size());
  for (const auto& [id, record] : by_id_) all.push_back(record);
  std::sort(all.begin(), all.end(), [](const query_record* a, const query_record* b) { return a->id < b->id; });
  return all;
}

}  // namespace hull::sync
