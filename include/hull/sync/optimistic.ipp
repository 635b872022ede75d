// Bodies of optimistic.hpp.
#pragma once

#include <hull/function/path.hpp>
#include <hull/sync/optimistic.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

namespace hull::sync {
namespace detail {

HULL_INLINE void insert_ordered(std::vector<protocol::request_id>& ids, protocol::request_id id) {
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  if (at == ids.end() || *at != id) ids.insert(at, id);
}

HULL_INLINE void erase_ordered(std::vector<protocol::request_id>& ids, protocol::request_id id) {
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  if (at != ids.end() && *at == id) ids.erase(at);
}

HULL_INLINE auto find_write(std::vector<layer_write>& writes, protocol::request_id id) {
  return std::lower_bound(writes.begin(), writes.end(), id,
                          [](const layer_write& w, protocol::request_id wanted) { return w.layer < wanted; });
}

template <class T>
bool contains(const std::vector<T*>& list, const T* item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

HULL_INLINE layer_marks& marks_of(query_record& record) {
  if (!record.marks) record.marks = std::make_unique<layer_marks>();
  return *record.marks;
}

}  // namespace detail

/// What one run of one layer sees, and what it did. Nothing is installed before the run ended well.
class optimistic::view final : public local_store {
 public:
  view(optimistic& owner, layer_id id) : owner_(owner), id_(id) {}

  std::optional<value> get_query(std::string_view path, const value& args) const override {
    query_record& record = owner_.table_.obtain(key_of(path, args));
    note(reads, &record);
    return seen(record);
  }

  std::vector<std::pair<value, std::optional<value>>> get_all_queries(std::string_view path) const override {
    if (const auto checked = check_path(path); checked.has_error()) throw std::invalid_argument(checked.error().message);
    path_group& group = owner_.table_.obtain_group(canonical_path(path));
    note(listings, &group);
    std::vector<std::pair<value, std::optional<value>>> all;
    for (query_record* record : group.members)
      if (is_known(*record)) all.emplace_back(record->key.args(), seen(*record));
    return all;
  }

  void set_query(std::string_view path, const value& args, std::optional<value> v) override {
    query_record& record = owner_.table_.obtain(key_of(path, args));
    for (write& w : writes)
      if (w.record == &record) {
        w.result = std::move(v);
        return;
      }
    writes.push_back({&record, std::move(v)});
  }

  std::vector<write> writes;
  // Reading is const for the update; that it was read is ours to remember.
  mutable std::vector<query_record*> reads;
  mutable std::vector<path_group*> listings;

 private:
  static query_key key_of(std::string_view path, const value& args) {
    auto key = query_key::make(path, args);
    if (key.has_error()) throw std::invalid_argument(key.error().message);
    return std::move(*key);
  }

  template <class T>
  static void note(std::vector<T*>& list, T* item) {
    if (!detail::contains(list, item)) list.push_back(item);
  }

  bool is_known(const query_record& record) const {
    const bool written_here = std::any_of(writes.begin(), writes.end(), [&](const write& w) { return w.record == &record; });
    const bool written_below = record.marks && !record.marks->writes.empty() && record.marks->writes.front().layer < id_;
    return record.references != 0 || written_here || written_below;
  }

  std::optional<value> seen(const query_record& record) const {
    for (const write& w : writes)
      if (w.record == &record) return w.result;
    return owner_.value_below(record, id_);
  }

  optimistic& owner_;
  layer_id id_;
};

HULL_INLINE std::optional<value> optimistic::value_below(const query_record& record, layer_id id) const {
  if (record.marks) {
    const auto& writes = record.marks->writes;
    for (auto w = writes.rbegin(); w != writes.rend(); ++w)
      if (w->layer < id) return w->result;
  }
  if (!record.remote || record.remote->state != query_state::status::ready) return std::nullopt;
  return record.remote->last_value;
}

HULL_INLINE result<void> optimistic::add(layer_id id, optimistic_update update) {
  layer& l = layers_[id];
  l.update = std::move(update);
  if (auto thrown = run(id, l)) {
    layers_.erase(id);
    return error{errc::bad_argument, "the optimistic update threw: " + *thrown, {}, {}};
  }
  return {};
}

HULL_INLINE void optimistic::drop(layer_id id) {
  to_run_.erase(id);
  const auto found = layers_.find(id);
  if (found == layers_.end()) return;
  erase(id, found->second);
  layers_.erase(found);
}

HULL_INLINE void optimistic::base_changed(query_record& record) {
  if (!layers_.empty()) wake_readers(record, std::nullopt);
}

HULL_INLINE std::vector<std::string> optimistic::settle() {
  std::vector<std::string> lines;
  while (!to_run_.empty()) {
    const layer_id id = *to_run_.begin();
    to_run_.erase(to_run_.begin());
    const auto found = layers_.find(id);
    if (found == layers_.end()) continue;
    if (auto thrown = run(id, found->second)) {
      lines.push_back("an optimistic update threw when it ran again and was dropped: " + *thrown);
      erase(id, found->second);
      layers_.erase(found);
    }
  }
  return lines;
}

HULL_INLINE std::optional<std::string> optimistic::run(layer_id id, layer& l) {
  view v(*this, id);
  std::optional<std::string> thrown;
  try {
    l.update(v);
  } catch (const std::exception& e) {
    thrown = e.what();
  } catch (...) {
    thrown = "something that is no std::exception";
  }
  // Looking up may have made records and groups that nobody needs; the end of the step forgets such records.
  for (query_record* record : v.reads) changes_.touch(*record);
  for (const write& w : v.writes) changes_.touch(*w.record);
  if (thrown) {
    for (path_group* group : v.listings) table_.release(*group);
    return thrown;
  }
  install_reads(id, l, std::move(v.reads), std::move(v.listings));
  install_writes(id, l, std::move(v.writes));
  return std::nullopt;
}

HULL_INLINE void optimistic::install_writes(layer_id id, layer& l, std::vector<write> writes) {
  const std::vector<query_record*> before = std::exchange(l.writes, {});
  for (write& w : writes) {
    l.writes.push_back(w.record);
    auto& list = detail::marks_of(*w.record).writes;
    const auto at = detail::find_write(list, id);
    const bool exists = at != list.end() && at->layer == id;
    if (exists && at->result == w.result) continue;
    if (exists)
      at->result = std::move(w.result);
    else
      list.insert(at, layer_write{id, std::move(w.result)});
    wake_readers(*w.record, id);
  }
  for (query_record* record : before) {
    if (detail::contains(l.writes, record)) continue;
    auto& list = detail::marks_of(*record).writes;
    if (const auto at = detail::find_write(list, id); at != list.end() && at->layer == id) list.erase(at);
    changes_.touch(*record);
    wake_readers(*record, id);
  }
}

HULL_INLINE void optimistic::install_reads(layer_id id, layer& l, std::vector<query_record*> reads,
                                           std::vector<path_group*> listings) {
  for (query_record* record : reads) detail::insert_ordered(detail::marks_of(*record).readers, id);
  for (path_group* group : listings) detail::insert_ordered(group->readers, id);
  for (query_record* record : l.reads) {
    if (detail::contains(reads, record)) continue;
    detail::erase_ordered(detail::marks_of(*record).readers, id);
    changes_.touch(*record);
  }
  for (path_group* group : l.listings) {
    if (detail::contains(listings, group)) continue;
    detail::erase_ordered(group->readers, id);
    table_.release(*group);
  }
  l.reads = std::move(reads);
  l.listings = std::move(listings);
}

HULL_INLINE void optimistic::erase(layer_id id, layer& l) {
  install_writes(id, l, {});
  install_reads(id, l, {}, {});
}

HULL_INLINE void optimistic::wake_readers(query_record& record, std::optional<layer_id> above) {
  const auto wake = [&](const std::vector<layer_id>& readers) {
    for (const layer_id id : readers)
      if (!above || id > *above) to_run_.insert(id);
  };
  if (record.marks) wake(record.marks->readers);
  wake(record.group->readers);
}

}  // namespace hull::sync
