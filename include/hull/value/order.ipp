// Bodies of order.hpp.
#pragma once

#include <cstring>

namespace hull {
namespace detail {

inline std::strong_ordering compare_bytes(const void* a, std::size_t a_size, const void* b,
                                          std::size_t b_size) noexcept {
  const std::size_t common = std::min(a_size, b_size);
  // An empty vector has no address that memcmp may be given.
  if (const int order = common == 0 ? 0 : std::memcmp(a, b, common); order != 0) return order <=> 0;
  return a_size <=> b_size;
}

inline std::strong_ordering compare_fields(const object::field& a, const object::field& b) noexcept {
  const auto by_name = compare_bytes(a.first.data(), a.first.size(), b.first.data(), b.first.size());
  return by_name != 0 ? by_name : compare_values(a.second, b.second);
}

}  // namespace detail

inline std::strong_ordering compare_values(const value& a, const value& b) noexcept {
  if (a.same_as(b)) return std::strong_ordering::equal;
  if (a.kind() != b.kind()) return a.kind() <=> b.kind();
  switch (a.kind()) {
    case kind::null:
      return std::strong_ordering::equal;
    case kind::int64:
      return a.as_int64() <=> b.as_int64();
    case kind::float64:
      return std::strong_order(a.as_double(), b.as_double());
    case kind::boolean:
      return a.as_bool() <=> b.as_bool();
    case kind::string: {
      const auto& x = a.as_string();
      const auto& y = b.as_string();
      return detail::compare_bytes(x.data(), x.size(), y.data(), y.size());
    }
    case kind::bytes: {
      const auto& x = a.as_bytes();
      const auto& y = b.as_bytes();
      return detail::compare_bytes(x.data(), x.size(), y.data(), y.size());
    }
    case kind::array: {
      const auto& x = a.as_array();
      const auto& y = b.as_array();
      return std::lexicographical_compare_three_way(
          x.begin(), x.end(), y.begin(), y.end(),
          [](const value& l, const value& r) noexcept { return compare_values(l, r); });
    }
    case kind::object: {
      const auto& x = a.as_object();
      const auto& y = b.as_object();
      return std::lexicographical_compare_three_way(x.begin(), x.end(), y.begin(), y.end(), &detail::compare_fields);
    }
  }
  return std::strong_ordering::equal;
}

inline std::strong_ordering compare_values(const value* a, const value* b) noexcept {
  if (!a || !b) return (a != nullptr) <=> (b != nullptr);
  return compare_values(*a, *b);
}

}  // namespace hull
