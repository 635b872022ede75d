// Remembers which mutations of a sync session have been committed, in the transactions of these mutations.
#pragma once

#include "common/failure.hpp"
#include "database/database.hpp"
#include "functions/known_requests.hpp"
#include "functions/runner.hpp"

#include <optional>

namespace hull::backend::functions {

/// The result of the earlier run, when there was one, with the time of its commit. Notes the read, so that two copies
/// of a request conflict. `known` is the session of the request, and learns of it.
outcome<std::optional<finished_call>> find_recorded(const services& shared, database::transaction& tx,
                                                    const session_request& request, known_requests::session& known);

/// How long a client may take to ask for the result of a mutation once more.
inline constexpr std::int64_t session_requests_kept_ns = 14ll * 24 * 3600 * 1'000'000'000;

/// Deletes up to `limit` records that are older than that; how many it found, or `limit` if their bytes were enough for
/// one transaction.
outcome<std::size_t> forget_old_records(database::transaction& tx, std::int64_t now_ns, std::size_t limit);

/// Uses the text of the result if it has been written.
outcome<void> record(database::transaction& tx, const session_request& request, const finished_call& finished);

}  // namespace hull::backend::functions
