// Environment variables that the app declares with `defineApp({ env: { ... } })`: which must be set, and to what.
#pragma once

#include "common/failure.hpp"
#include "database/validator.hpp"
#include "functions/environment.hpp"

#include <hull/value/value.hpp>

#include <map>
#include <string>

namespace hull::backend::functions {

struct declared_variable {
  database::validator what;  ///< A string, particular strings, or a union of those.
  bool optional = false;
};
using declared_environment = std::map<std::string, declared_variable, std::less<>>;

/// What an evaluated app definition declares; nothing when it is null. Failures: InvalidEnvVarDeclaration.
outcome<declared_environment> declared_in(const value& definition);

/// Whether the app may go live with these variables. Failures: MissingEnvironmentVariables, InvalidEnvironmentVariable.
outcome<void> check_variables(const declared_environment& declared, const environment_map& variables);

/// Whether the app that is live can do with these changes. Failures: RequiredEnvironmentVariable,
/// InvalidEnvironmentVariable.
outcome<void> check_changes(const declared_environment& declared, const environment_changes& changes);

}  // namespace hull::backend::functions
