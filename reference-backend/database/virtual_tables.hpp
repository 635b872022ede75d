// The two system tables that user code may see, through views: `_storage` and `_scheduled_functions`.
#pragma once

#include <hull/value/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::database {

/// "_storage" -> "_file_storage"; nothing for other names.
std::optional<std::string_view> physical_table(std::string_view virtual_name);
/// "_file_storage" -> "_storage"; nothing for other names.
std::optional<std::string_view> virtual_table(std::string_view physical_name);

/// The row of another table that the view needs beside this one; nothing when it needs none.
std::optional<std::string> companion(std::string_view virtual_name, const value& row);

/// A row of the physical table as its view shows it. `companion` is null when there is none.
value present(std::string_view virtual_name, const value& row, const value& companion);

}  // namespace hull::backend::database
