// Bodies of catalog.hpp.
#include "database/catalog.hpp"

#include "database/virtual_tables.hpp"

#include <hull/value/json.hpp>

#include <algorithm>

namespace hull::backend::database {
namespace {

/// New system tables without a number of their own start here, well above the known ones.
constexpr std::uint32_t first_free_system_table = 600;

const std::string& string_at(const value& row, std::string_view name) {
  static const std::string none;
  const value* found = row.find(name);
  return found && found->is_string() ? found->as_string() : none;
}

internal_id id_of(const value& row) {
  const auto id = document_id::parse(string_at(row, "_id"));
  return id ? id->internal : internal_id{};
}

std::shared_ptr<const index_info> read_index(const value& row) {
  auto out = std::make_shared<index_info>();
  out->id = id_of(row);
  out->name = string_at(row, "descriptor");
  const value* config = row.find("config");
  if (!config) return nullptr;
  const value* number = config->find("storageIndex");
  const value* state = config->find("onDiskState");
  if (!number || !number->if_int64() || !state) return nullptr;
  out->number = static_cast<index_number>(number->as_int64());
  object specification = config->as_object();
  specification.erase("storageIndex");
  specification.erase("onDiskState");
  out->specification = value(std::move(specification));
  out->database = string_at(*config, "type") == "database";
  if (const value* fields = config->find("fields"); fields && fields->is_array())
    for (const value& field : fields->as_array()) out->fields.push_back(parse_field_path(field.as_string()));
  const std::string& where = string_at(*state, "type");
  out->where = where == "Enabled"       ? index_info::state::enabled
               : where == "Backfilled2" ? index_info::state::backfilled
                                        : index_info::state::backfilling;
  const value* staged = state->find("staged");
  out->staged = staged && staged->if_bool() && staged->as_bool();
  return out;
}

}  // namespace

const index_info* table_info::find_index(std::string_view wanted) const noexcept {
  const index_info* best = nullptr;
  for (const auto& index : indexes) {
    if (index->name != wanted) continue;
    if (!best || index->where == index_info::state::enabled) best = index.get();
  }
  return best;
}

const table_info* catalog::find_table(std::string_view name) const noexcept {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}
const table_info* catalog::find_table(std::uint32_t number) const noexcept {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second.get();
}
const table_info* catalog::find_table(const internal_id& id) const noexcept {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

std::uint32_t catalog::free_table_number(bool system) const {
  std::uint32_t number = system ? first_free_system_table : first_user_table;
  for (auto it = by_number_.lower_bound(number); it != by_number_.end() && it->first == number; ++it) ++number;
  return number;
}

std::size_t catalog::user_table_count() const noexcept {
  return static_cast<std::size_t>(std::distance(by_number_.lower_bound(first_user_table), by_number_.end()));
}

std::optional<std::uint32_t> catalog::number_of(std::string_view name) const {
  const auto physical = physical_table(name);
  const table_info* table = find_table(physical.value_or(name));
  if (!table || (table->is_system() && !physical)) return std::nullopt;
  return table->number;
}

std::optional<std::string> catalog::name_of(std::uint32_t number) const {
  const table_info* table = find_table(number);
  if (!table) return std::nullopt;
  if (const auto view = virtual_table(table->name)) return std::string(*view);
  return table->is_system() ? std::nullopt : std::optional(table->name);
}

bool catalog::is_private(std::uint32_t number) const {
  const table_info* table = find_table(number);
  return table && table->is_system() && !virtual_table(table->name);
}

void catalog::put(std::shared_ptr<const table_info> table) {
  by_name_[table->name] = table;
  by_number_[table->number] = table;
  by_id_[table->id] = std::move(table);
}

outcome<void> catalog::apply(std::string_view table, const value* before, const value* after) {
  if (table == "_tables") return apply_table(before, after);
  if (table == "_index") return apply_index(before, after);
  if (table == "_schemas") return apply_schema(before, after);
  return {};
}

outcome<void> catalog::apply_table(const value* before, const value* after) {
  auto next = std::make_shared<table_info>();
  if (before) {
    const auto old = by_id_.find(id_of(*before));
    if (old != by_id_.end()) {
      *next = *old->second;
      by_name_.erase(next->name);
      by_number_.erase(next->number);
      by_id_.erase(old);
    }
  }
  if (!after || string_at(*after, "state") != "active") return {};
  const value* number = after->find("number");
  if (!number || !number->if_int64()) return internal_failure("a row of _tables has no number");
  next->id = id_of(*after);
  next->number = static_cast<std::uint32_t>(number->as_int64());
  next->name = string_at(*after, "name");
  put(std::move(next));
  return {};
}

outcome<void> catalog::apply_index(const value* before, const value* after) {
  const value& row = after ? *after : *before;
  const auto table_id = internal_id_from_base64url(string_at(row, "table_id"));
  const table_info* table = table_id ? find_table(*table_id) : nullptr;
  if (!table) return internal_failure("a row of _index belongs to no table");
  auto next = std::make_shared<table_info>(*table);
  std::erase_if(next->indexes, [id = id_of(row)](const auto& index) { return index->id == id; });
  if (after) {
    auto index = read_index(*after);
    if (!index) return internal_failure("a row of _index is malformed");
    note_used_index_number(index->number);
    next->indexes.push_back(std::move(index));
  }
  put(std::move(next));
  return {};
}

outcome<void> catalog::apply_schema(const value* before, const value* after) {
  const std::string& id = string_at(after ? *after : *before, "_id");
  if (active_ && active_->id == id) active_.reset();
  if (upcoming_ && upcoming_->id == id) upcoming_.reset();
  if (!after) return {};
  const value* state_field = after->find("state");
  const std::string state = state_field ? string_at(*state_field, "state") : std::string();
  if (state != "active" && state != "pending" && state != "validated") return {};
  schema_row row;
  row.id = id;
  row.json = string_at(*after, "schema");
  row.validated = state == "validated";
  auto json = read_json(row.json);
  if (!json) return internal_failure("a stored schema does not decode: " + json.error().message);
  auto parsed = parse_schema(*json);
  if (!parsed) return parsed.error();
  row.parsed = std::make_shared<const schema>(*std::move(parsed));
  (state == "active" ? active_ : upcoming_) = std::move(row);
  return {};
}

value table_row(std::string_view name, std::uint32_t number) {
  return value::make_object({{"name", name}, {"number", value::int64(number)}, {"state", "active"}});
}

value index_row_of(const internal_id& table, std::string_view name, const value& specification, index_number number,
                   index_info::state where, bool staged) {
  value state;
  switch (where) {
    case index_info::state::enabled:
      state = value::make_object({{"type", "Enabled"}});
      break;
    case index_info::state::backfilled:
      state = value::make_object({{"type", "Backfilled2"}, {"staged", staged}});
      break;
    case index_info::state::backfilling:
      state = value::make_object(
          {{"type", "Backfilling"}, {"staged", staged}, {"backfillState", value::make_object({{"staged", staged}})}});
      break;
  }
  object config = specification.as_object();
  config.set("storageIndex", value::int64(static_cast<std::int64_t>(number)));
  config.set("onDiskState", std::move(state));
  return value::make_object(
      {{"table_id", to_base64url(table)}, {"descriptor", name}, {"config", value(std::move(config))}});
}

value database_index_specification(const std::vector<std::string>& fields) {
  array names;
  for (const std::string& field : fields) names.emplace_back(field);
  return value::make_object({{"type", "database"}, {"fields", value(std::move(names))}});
}

}  // namespace hull::backend::database
