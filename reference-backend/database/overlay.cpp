// Bodies of overlay.hpp.
#include "database/overlay.hpp"

namespace hull::backend::database {

const pending_document* overlay::find(const table_info& table, const internal_id& id) const {
  const auto found = documents_.find({table.id, id});
  return found == documents_.end() ? nullptr : &found->second;
}

const overlay::entries* overlay::index(index_number number) const {
  const auto found = indexes_.find(number);
  return found == indexes_.end() ? nullptr : &found->second;
}

void overlay::put(std::shared_ptr<const table_info> table, const internal_id& id, std::optional<value> before,
                  std::optional<value> after) {
  const auto [at, fresh] = documents_.try_emplace({table->id, id});
  pending_document& pending = at->second;
  if (fresh) pending.before = before;
  pending.after = after;
  change_entries(*table, before, after);
  undo_.push_back({std::move(table), id, !fresh, std::move(before)});
}

void overlay::roll_back(std::size_t mark) {
  while (undo_.size() > mark) {
    undo_step& step = undo_.back();
    const auto at = documents_.find({step.table->id, step.id});
    if (step.was_pending) {
      change_entries(*step.table, at->second.after, step.previous);
      at->second.after = std::move(step.previous);
    } else {
      forget_entries(*step.table, at->second.after);
      forget_entries(*step.table, at->second.before);
      documents_.erase(at);
    }
    undo_.pop_back();
  }
}

void overlay::change_entries(const table_info& table, const std::optional<value>& from,
                             const std::optional<value>& to) {
  for (const auto& index : table.indexes) {
    if (!index->is_database()) continue;
    entries& changed = indexes_[index->number];
    if (from) changed[index_key_of(*from, index->fields)] = std::nullopt;
    if (to) changed[index_key_of(*to, index->fields)] = *to;
  }
}

void overlay::forget_entries(const table_info& table, const std::optional<value>& document) {
  if (!document) return;
  for (const auto& index : table.indexes)
    if (index->is_database()) indexes_[index->number].erase(index_key_of(*document, index->fields));
}

}  // namespace hull::backend::database
