// Arguments that a deployment would refuse are refused before anything is sent: some of them would otherwise make
// it drop the whole connection.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/value/value.hpp>

namespace hull::sync {

/// Arguments of a function: an object within the limits of Convex values. errc::bad_argument says what is wrong
/// and where, for example "args.items[3].$x: a field name must not start with '$'".
result<void> check_args(const value& args);

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/check_args.ipp>
#endif
