// The `_system/...` queries that the npm CLI asks over its socket, answered in C++.
#pragma once

#include "common/failure.hpp"
#include "functions/run.hpp"

#include <hull/value/value.hpp>

#include <string>

namespace hull::backend::functions {

/// True for paths that never name a function of the app.
bool is_system_path(const function_path& path);

/// Only admins may ask; for everybody else the function does not exist.
outcome<value> run_system_query(const services& shared, const deployment& deployed, database::transaction& tx,
                                const function_path& path, const value& args, const identity& who);

}  // namespace hull::backend::functions
