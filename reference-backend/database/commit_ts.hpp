// The placeholder for the time at which a transaction will be committed (`ctx.db.vars.commitTs`): an object
// {"$commitTs": null}, which no value of a user can be. Until the commit it counts as the greatest int64, so it sorts
// behind every time that is known; the commit puts its own time in its place.
#pragma once

#include "database/types.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <limits>

namespace hull::backend::database {

inline constexpr std::int64_t upcoming_commit_ts = std::numeric_limits<std::int64_t>::max();

bool is_commit_ts(const value& v);
/// Whether the value or something in it is the placeholder.
bool holds_commit_ts(const value& v);
/// The value with `ts` in the place of each placeholder; the very same value when there is none.
value with_commit_ts(const value& v, std::int64_t ts);
/// As comparisons, indexes, validators and limits see it before the commit.
inline value before_commit(const value& v) { return with_commit_ts(v, upcoming_commit_ts); }

}  // namespace hull::backend::database
