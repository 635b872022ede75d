// Checks around the JavaScript: does the function exist, may it be called, are arguments and result what it declares.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "functions/deployment.hpp"
#include "runtime/runtime.hpp"

#include <hull/value/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::functions {

// The failures are the user's and carry the text that the caller gets.

/// `kind` absent: whatever it is.
outcome<const deployed_function*> find_function(const deployment& deployed, const function_path& path,
                                                std::optional<runtime::function_kind> kind, bool allow_internal);

/// JSON text of the arguments to the array of arguments.
outcome<value> read_arguments(const function_path& path, std::string_view json);

outcome<void> check_arguments(const deployed_function& function, const value& args, database::transaction& tx);

/// JSON text of what a function returned to the value. In a mutation it may hold the placeholder for the commit's time.
outcome<value> check_result(const deployed_function& function, std::string_view json, database::transaction& tx,
                            bool in_mutation);

}  // namespace hull::backend::functions
