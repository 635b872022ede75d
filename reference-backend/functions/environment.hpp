// Environment variables of the deployment: `process.env` of functions.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "functions/application.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::backend::functions {

using environment_map = std::map<std::string, std::string>;
/// Names with their new values; nothing deletes.
using environment_changes = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// What the user set, or one of the built-in CONVEX_CLOUD_URL and CONVEX_SITE_URL. Notes the read, so that a change
/// runs the reader again.
outcome<std::optional<std::string>> read_environment_variable(database::transaction& tx,
                                                              const application_options& options,
                                                              std::string_view name);
std::optional<std::string> built_in_variable(const application_options& options, std::string_view name);

/// What the user set, without the built-in ones.
outcome<environment_map> read_environment(database::transaction& tx);
/// With the built-in ones.
environment_map with_built_in_variables(const application_options& options, environment_map variables);

/// Checks names, sizes and counts; `current` becomes what it is after the changes.
outcome<void> apply_changes(environment_map& current, const environment_changes& changes);
outcome<void> write_environment(database::transaction& tx, const environment_changes& changes);

}  // namespace hull::backend::functions
