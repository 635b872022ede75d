// Which tables, indexes and schemas there are, as of one moment. It mirrors the rows of `_tables`, `_index` and
// `_schemas`; a transaction that writes one of those gets a new catalog of its own.
#pragma once

#include "common/ids.hpp"
#include "database/index_key.hpp"
#include "database/read_set.hpp"
#include "database/schema.hpp"
#include "database/validator.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::database {

/// Numbers below this are the backend's own tables.
inline constexpr std::uint32_t first_user_table = 10'001;
inline constexpr std::size_t max_user_tables = 10'000;

// The two tables that describe all others sit at fixed places, so that they can be read first.
inline constexpr index_number tables_by_id = 1;
inline constexpr index_number tables_by_name = 2;
inline constexpr index_number indexes_by_id = 3;
inline constexpr index_number first_free_index = 16;

struct index_info {
  enum class state { backfilling, backfilled, enabled };

  index_number number = 0;
  internal_id id{};  ///< Of its row in `_index`.
  std::string name;
  value specification;             ///< See schema_index.
  std::vector<field_path> fields;  ///< Of database indexes, with the trailing creation time.
  state where = state::enabled;
  bool staged = false;

  /// Search and vector indexes are declared but not kept.
  bool is_database() const noexcept { return database; }
  bool database = true;
};

struct table_info {
  internal_id id{};  ///< Of its row in `_tables`: names this incarnation of the table for ever.
  std::uint32_t number = 0;
  std::string name;
  std::vector<std::shared_ptr<const index_info>> indexes;

  bool is_system() const noexcept { return number < first_user_table; }
  /// The enabled index of that name, else one that is on its way, else null.
  const index_info* find_index(std::string_view name) const noexcept;
  const index_info& by_id() const noexcept { return *find_index("by_id"); }
};

/// A row of `_schemas` that matters.
struct schema_row {
  std::string id;
  std::string json;
  std::shared_ptr<const schema> parsed;
  bool validated = false;  ///< Of the upcoming one: all documents have been checked.
};

class catalog final : public table_numbers {
 public:
  const table_info* find_table(std::string_view name) const noexcept;
  const table_info* find_table(std::uint32_t number) const noexcept;
  const table_info* find_table(const internal_id& id) const noexcept;
  std::shared_ptr<const table_info> share(const table_info& table) const { return by_id_.at(table.id); }
  const std::map<std::string, std::shared_ptr<const table_info>, std::less<>>& tables() const noexcept {
    return by_name_;
  }

  const std::optional<schema_row>& active_schema() const noexcept { return active_; }
  const std::optional<schema_row>& upcoming_schema() const noexcept { return upcoming_; }  ///< Pending or validated.

  std::uint32_t free_table_number(bool system) const;
  index_number free_index_number() const noexcept { return next_index_; }
  /// Numbers up to this one have been used, by indexes that may be gone.
  void note_used_index_number(index_number used) noexcept { next_index_ = std::max(next_index_, used + 1); }
  std::size_t user_table_count() const noexcept;

  // table_numbers
  std::optional<std::uint32_t> number_of(std::string_view table) const override;
  std::optional<std::string> name_of(std::uint32_t number) const override;
  bool is_private(std::uint32_t number) const override;

  /// Notes that a row of a describing table (by its name) changed; null: there was or is none. Other tables are
  /// ignored.
  outcome<void> apply(std::string_view table, const value* before, const value* after);
  static bool describes(std::string_view table) noexcept {
    return table == "_tables" || table == "_index" || table == "_schemas";
  }

 private:
  outcome<void> apply_table(const value* before, const value* after);
  outcome<void> apply_index(const value* before, const value* after);
  outcome<void> apply_schema(const value* before, const value* after);
  void put(std::shared_ptr<const table_info> table);

  std::map<std::string, std::shared_ptr<const table_info>, std::less<>> by_name_;
  std::map<std::uint32_t, std::shared_ptr<const table_info>> by_number_;
  std::map<internal_id, std::shared_ptr<const table_info>> by_id_;
  std::optional<schema_row> active_, upcoming_;
  index_number next_index_ = first_free_index;
};

// The rows that describe a table and an index, without `_id` and `_creationTime`.
value table_row(std::string_view name, std::uint32_t number);
value index_row_of(const internal_id& table, std::string_view name, const value& specification, index_number number,
                   index_info::state where, bool staged);
/// {"type": "database", "fields": [...]}
value database_index_specification(const std::vector<std::string>& fields);

}  // namespace hull::backend::database
