// The order of Convex values: the one in which a deployment sorts indexes and pages.
#pragma once

#include <hull/value/value.hpp>

#include <algorithm>
#include <compare>

namespace hull {

/// Orders any two values: first by kind (Null, Int64, Float64, Boolean, String, Bytes, Array, Object), then
///   Float64        -NaN < -Infinity < ... < -0 < +0 < ... < Infinity < NaN; NaNs further apart by their bits
///   String, Bytes  by bytes, which for text is the order of code points
///   Array          element by element, the shorter first
///   Object         as the array of its [name, value] pairs, by name
/// Int64 and Float64 never compare by their numbers. Agrees with `==`: equal order means equal values.
std::strong_ordering compare_values(const value& a, const value& b) noexcept;

/// The same with absent values, which come before all others: null pointers, as `value::find` gives them.
std::strong_ordering compare_values(const value* a, const value* b) noexcept;

/// For sorted containers and algorithms: std::map<hull::value, T, hull::value_less>.
struct value_less {
  /// True when `a` comes before `b`.
  bool operator()(const value& a, const value& b) const noexcept { return compare_values(a, b) < 0; }
};

}  // namespace hull

#include <hull/value/order.ipp>
