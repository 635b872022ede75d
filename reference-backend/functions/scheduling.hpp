// `ctx.scheduler` of mutations and actions.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "functions/run.hpp"
#include "functions/syscall_args.hpp"

#include <string>

namespace hull::backend::functions {

/// 1.0/schedule: the id of the job as JSON.
outcome<std::string> schedule(run_session& session, database::transaction& tx, const syscall_args& args);

/// 1.0/cancel_job: null.
outcome<std::string> cancel_scheduled(run_session& session, database::transaction& tx, const syscall_args& args);

}  // namespace hull::backend::functions
