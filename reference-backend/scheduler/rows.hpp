// Reading fields of the scheduler's rows, and walking them by their times.
#pragma once

#include "common/failure.hpp"
#include "common/fields.hpp"
#include "database/transaction.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::scheduler {

std::optional<std::int64_t> int64_of(const value& row, std::string_view name);
/// Bytes as the text that they are.
std::string bytes_text_of(const value& row, std::string_view name);
bytes to_bytes(std::string_view text);

/// The `type` of the row's state.
std::string state_of(const value& row);
/// A state that is nothing but its type.
value state(const char* type);

/// Rows of `table` in the order of the times in `field`, which `index` is over, up to `until_ns`; rows without a time
/// are left out.
outcome<std::vector<value>> rows_by_time(database::transaction& tx, std::string_view table, std::string_view index,
                                         std::string_view field, std::int64_t until_ns, std::size_t limit);

/// The row, or nothing when it is gone.
outcome<std::optional<value>> find_row(database::transaction& tx, const std::string& id);
outcome<void> change_row(database::transaction& tx, const std::string& id, const value& changes);
outcome<void> erase_row(database::transaction& tx, const std::string& id);

}  // namespace hull::backend::scheduler
