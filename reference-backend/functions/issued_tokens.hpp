// `ctx.auth.signJwt`: tokens that the deployment issues.
#pragma once

#include "functions/run.hpp"
#include "functions/syscall_args.hpp"

namespace hull::backend::functions {

/// The token as JSON text.
outcome<std::string> sign_jwt(const run_session& session, const syscall_args& args);

}  // namespace hull::backend::functions
