// Long texts in a system table. A document is bounded, a bundled module is not: a text is stored as numbered parts.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"

#include <hull/value/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::functions {

/// At least one part; no part ends within a character.
std::vector<std::string_view> parts_of(std::string_view text);
/// The text of rows {part, text} in any order; nothing when they make no whole text.
std::optional<std::string> join_parts(const std::vector<value>& rows);

struct stored_text {
  std::string text;
  std::vector<std::string> row_ids;
};

/// All texts of the table, by key.
outcome<std::map<std::string, stored_text>> load_texts(database::transaction& tx, std::string_view table);

/// Makes the table hold exactly `texts`; what is already there stays untouched.
outcome<void> store_texts(database::transaction& tx, std::string_view table,
                          const std::map<std::string, std::string>& texts);

}  // namespace hull::backend::functions
