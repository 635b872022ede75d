// Bodies of index_changes.hpp.
#include "database/index_changes.hpp"

#include <algorithm>

namespace hull::backend::database {
namespace {

bool is_implicit(const index_info& index) { return index.name == "by_id" || index.name == "by_creation_time"; }

/// Created by a push that has not made it active yet.
bool is_upcoming(const index_info& index) { return index.where != index_info::state::enabled && !index.staged; }

const index_info* find_same(const table_info* table, const schema_index& wanted) {
  if (!table) return nullptr;
  for (const auto& index : table->indexes)
    if (index->name == wanted.name && index->specification == wanted.specification) return index.get();
  return nullptr;
}

void compare_wanted(const std::string& table_name, const table_info* table, const schema_index& wanted,
                    index_changes& out) {
  const index_info* found = find_same(table, wanted);
  if (!found) {
    out.added.push_back({table_name, wanted});
    out.to_create.push_back({table_name, wanted});
  } else if (is_upcoming(*found)) {
    out.added.push_back({table_name, wanted});
    out.to_switch.push_back({table_name, *found, wanted.staged});
  } else if (found->staged && !wanted.staged) {
    out.enabled.push_back({table_name, wanted});
    out.to_switch.push_back({table_name, *found, false});
  } else if (!found->staged && wanted.staged) {
    out.disabled.push_back({table_name, wanted});
    out.to_switch.push_back({table_name, *found, true});
  }
}

value describe(const std::string& table, const std::string& name, const value& specification, bool staged) {
  object out = specification.as_object();
  out.set("name", table + "." + name);
  out.set("staged", staged);
  return value(std::move(out));
}

value describe(const std::vector<index_changes::declared>& all) {
  array out;
  for (const auto& d : all) out.push_back(describe(d.table, d.index.name, d.index.specification, d.index.staged));
  return value(std::move(out));
}

value describe(const std::vector<index_changes::existing>& all) {
  array out;
  for (const auto& e : all) out.push_back(describe(e.table, e.index.name, e.index.specification, e.index.staged));
  return value(std::move(out));
}

}  // namespace

index_changes compare_indexes(const schema& wanted, const catalog& tables) {
  index_changes out;
  for (const auto& [name, table] : wanted.tables)
    for (const schema_index& index : table.indexes) compare_wanted(name, tables.find_table(name), index, out);

  for (const auto& [name, table] : tables.tables()) {
    if (table->is_system()) continue;
    const auto declared = wanted.tables.find(name);
    for (const auto& index : table->indexes) {
      if (is_implicit(*index)) continue;
      const bool stays =
          declared != wanted.tables.end() &&
          std::any_of(declared->second.indexes.begin(), declared->second.indexes.end(),
                      [&](const auto& d) { return d.name == index->name && d.specification == index->specification; });
      if (stays) continue;
      (is_upcoming(*index) ? out.stale : out.removed).push_back({name, *index});
    }
  }
  return out;
}

value index_changes::to_json() const {
  return value::make_object({{"added_indexes", describe(added)},
                             {"removed_indexes", describe(removed)},
                             {"enabled_indexes", describe(enabled)},
                             {"disabled_indexes", describe(disabled)}});
}

}  // namespace hull::backend::database
