// Bodies of rows.hpp.
#include "scheduler/rows.hpp"

namespace hull::backend::scheduler {

using database::access;

std::optional<std::int64_t> int64_of(const value& row, std::string_view name) {
  const value* field = row.find(name);
  if (field == nullptr || field->if_int64() == nullptr) return std::nullopt;
  return field->as_int64();
}

std::string bytes_text_of(const value& row, std::string_view name) {
  const value* field = row.find(name);
  if (field == nullptr || field->if_bytes() == nullptr) return {};
  return std::string(field->as_bytes().begin(), field->as_bytes().end());
}

bytes to_bytes(std::string_view text) { return bytes(text.begin(), text.end()); }

std::string state_of(const value& row) {
  const value* state = row.find("state");
  return state != nullptr && state->is_object() ? text_of(*state, "type") : std::string();
}

value state(const char* type) { return value::make_object({{"type", type}}); }

outcome<std::vector<value>> rows_by_time(database::transaction& tx, std::string_view table, std::string_view index,
                                         std::string_view field, std::int64_t until_ns, std::size_t limit) {
  const auto bound = [&](const char* type, std::int64_t ns) {
    return value::make_object({{"type", type}, {"fieldPath", field}, {"value", value::int64(ns)}});
  };
  const value query = value::make_object(
      {{"source", value::make_object({{"type", "IndexRange"},
                                      {"indexName", std::string(table) + "." + std::string(index)},
                                      {"range", value::make_array({bound("Gte", INT64_MIN), bound("Lte", until_ns)})},
                                      {"order", "asc"}})},
       {"operators", value::make_array({value::make_object({{"limit", static_cast<double>(limit)}})})}});
  auto opened = tx.open_query(access::backend, query);
  if (!opened) return opened.error();
  std::vector<value> rows;
  for (;;) {
    auto row = tx.next(*opened);
    if (!row) return row.error();
    if (!*row) return rows;
    rows.push_back(**std::move(row));
  }
}

outcome<std::optional<value>> find_row(database::transaction& tx, const std::string& id) {
  return tx.get(access::backend, id, std::nullopt);
}

outcome<void> change_row(database::transaction& tx, const std::string& id, const value& changes) {
  auto changed = tx.patch(access::backend, id, std::nullopt, changes);
  if (!changed) return changed.error();
  return {};
}

outcome<void> erase_row(database::transaction& tx, const std::string& id) {
  auto removed = tx.remove(access::backend, id, std::nullopt);
  if (!removed) return removed.error();
  return {};
}

}  // namespace hull::backend::scheduler
