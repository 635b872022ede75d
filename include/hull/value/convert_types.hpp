// How each C++ type is read and written; the table is in convert.hpp.
#pragma once

#include <hull/value/conversion.hpp>
#include <hull/value/id.hpp>
#include <hull/value/literal.hpp>
#include <hull/value/value.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hull {

template <class T>
struct value_codec;

namespace detail {

template <class T>
bool read_value(const value& from, T& to, conversion& c);
template <class T>
bool write_value(const T& from, value& to, conversion& c);

// ---- what a type is

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;
template <class T>
inline constexpr bool is_id = false;
template <class Table>
inline constexpr bool is_id<id<Table>> = true;
template <class T>
inline constexpr bool is_literal = false;
template <fixed_text Text>
inline constexpr bool is_literal<literal<Text>> = true;

template <class T>
concept custom_read = requires(const value& v) {
  value_codec<T>::from_value(v);
};
template <class T>
concept custom_write = requires(const T& t) {
  value_codec<T>::to_value(t);
};
template <class T>
concept integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
                  !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;
template <class T>
concept null_like = std::same_as<T, std::nullptr_t> || std::same_as<T, std::monostate>;
/// std::map, std::unordered_map and what is made like them.
template <class T>
concept map_like = requires(T& t, typename T::key_type k, typename T::mapped_type m) {
  t.emplace(std::move(k), std::move(m));
  t.clear();
}
&&(std::same_as<typename T::key_type, std::string> || is_id<typename T::key_type>);
/// std::vector, std::deque, std::list and what is made like them.
template <class T>
concept list_like = requires(T& t, typename T::value_type v) {
  t.push_back(std::move(v));
  t.clear();
  t.size();
}
&&!std::same_as<typename T::value_type, char>;

template <class T>
inline constexpr bool cannot_convert = false;

template <class Range, class F>
constexpr bool all_described(F f) {
  return [&f]<template <class...> class List, class... D>(const List<D...>&) { return (f(D()) && ...); }(Range());
}
template <class T>
using data_members =
    boost::describe::describe_members<T, boost::describe::mod_any_access | boost::describe::mod_inherited>;

// ---- reading

template <integer T>
bool read_integer(const value& from, T& to, conversion& c) {
  using limits = std::numeric_limits<T>;
  if constexpr (sizeof(T) <= 4) {
    const double* d = from.if_double();
    if (!d || std::trunc(*d) != *d || *d < static_cast<double>(limits::min()) ||
        *d > static_cast<double>(limits::max()))
      return c.fail_integer(std::to_string(limits::min()), std::to_string(limits::max()), from);
    to = static_cast<T>(*d);
  } else {
    const std::int64_t* i = from.if_int64();
    if (!i) return c.fail_kind("a 64-bit integer (Int64)", from);
    if (std::unsigned_integral<T> && *i < 0) return c.fail("expected no negative number, got " + std::to_string(*i));
    to = static_cast<T>(*i);
  }
  return true;
}

template <class T>
bool read_enum(const value& from, T& to, conversion& c) {
  const std::string* text = from.if_string();
  if (!text) return c.fail_kind("a string", from);
  std::string names;
  const bool is_unknown = all_described<boost::describe::describe_enumerators<T>>([&](auto d) {
    if (*text == d.name) return to = d.value, false;
    names.append(names.empty() ? "\"" : ", \"").append(d.name) += '"';
    return true;
  });
  return is_unknown ? c.fail_choice(names, from) : true;
}

template <class Alternative, class Variant>
bool read_alternative(const value& from, Variant& to, conversion& c, std::vector<conversion::failure>& failures) {
  Alternative read{};
  if (read_value(from, read, c)) {
    to = std::move(read);
    return true;
  }
  failures.push_back(c.take_failure());
  return false;
}

template <class... T>
bool read_variant(const value& from, std::variant<T...>& to, conversion& c) {
  std::vector<conversion::failure> failures;
  return (read_alternative<T>(from, to, c, failures) || ...) || c.fail_union(failures);
}

template <class T>
bool read_items(const value& from, T& to, conversion& c) {
  const array* items = from.if_array();
  if (!items) return c.fail_kind("an array", from);
  if (!c.may_nest()) return false;
  if constexpr (is_std_array<T>) {
    if (items->size() != to.size())
      return c.fail("expected " + std::to_string(to.size()) + " elements, got " + std::to_string(items->size()));
  } else {
    to.clear();
    if constexpr (requires { to.reserve(items->size()); }) to.reserve(items->size());
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    const conversion::step at(c, i);
    typename T::value_type item{};
    if (!read_value((*items)[i], item, c)) return false;
    if constexpr (is_std_array<T>)
      to[i] = std::move(item);
    else
      to.push_back(std::move(item));
  }
  return true;
}

template <class T>
bool read_map(const value& from, T& to, conversion& c) {
  const object* fields = from.if_object();
  if (!fields) return c.fail_kind("an object", from);
  if (!c.may_nest()) return false;
  to.clear();
  for (const auto& [name, field] : *fields) {
    const conversion::step at(c, name);
    typename T::mapped_type read{};
    if (!read_value(field, read, c)) return false;
    to.emplace(typename T::key_type(name), std::move(read));
  }
  return true;
}

template <class T>
bool read_struct(const value& from, T& to, conversion& c) {
  const object* fields = from.if_object();
  if (!fields) return c.fail_kind("an object", from);
  if (!c.may_nest()) return false;
  return all_described<data_members<T>>([&](auto d) {
    const conversion::step at(c, d.name);
    auto& member = to.*d.pointer;
    const value* found = fields->find(d.name);
    if (found) return read_value(*found, member, c);
    if constexpr (is_optional<std::remove_cvref_t<decltype(member)>>) {
      member.reset();
      return true;
    } else {
      return c.fail("the field is missing");
    }
  });
}

template <class T>
bool read_value(const value& from, T& to, conversion& c) {
  if constexpr (custom_read<T>) {
    result<T> read = value_codec<T>::from_value(from);
    if (read.has_error()) return c.fail(read.error().message);
    to = std::move(*read);
    return true;
  } else if constexpr (std::same_as<T, value>) {
    to = from;
    return true;
  } else if constexpr (std::same_as<T, bool>) {
    const bool* b = from.if_bool();
    return b ? (to = *b, true) : c.fail_kind("a Boolean", from);
  } else if constexpr (std::same_as<T, double> || std::same_as<T, float>) {
    const double* d = from.if_double();
    return d ? (to = static_cast<T>(*d), true) : c.fail_kind("a number (Float64)", from);
  } else if constexpr (integer<T>) {
    return read_integer(from, to, c);
  } else if constexpr (std::same_as<T, std::string> || is_id<T>) {
    const std::string* text = from.if_string();
    return text ? (to = T(*text), true) : c.fail_kind("a string", from);
  } else if constexpr (is_literal<T>) {
    return from.is_string() && from.as_string() == T::text ? true : c.fail_tag(T::text, from);
  } else if constexpr (std::same_as<T, bytes>) {
    const bytes* data = from.if_bytes();
    return data ? (to = *data, true) : c.fail_kind("bytes", from);
  } else if constexpr (std::same_as<T, object>) {
    const object* fields = from.if_object();
    return fields ? (to = *fields, true) : c.fail_kind("an object", from);
  } else if constexpr (null_like<T>) {
    return from.is_null() ? true : c.fail_kind("null", from);
  } else if constexpr (is_optional<T>) {
    to.reset();
    return from.is_null() ? true : read_value(from, to.emplace(), c);
  } else if constexpr (is_variant<T>) {
    return read_variant(from, to, c);
  } else if constexpr (boost::describe::has_describe_enumerators<T>::value) {
    return read_enum(from, to, c);
  } else if constexpr (map_like<T>) {
    return read_map(from, to, c);
  } else if constexpr (is_std_array<T> || list_like<T>) {
    return read_items(from, to, c);
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    return read_struct(from, to, c);
  } else {
    static_assert(
        cannot_convert<T>,
        "Hull cannot make this type from a value: describe it with BOOST_DESCRIBE_STRUCT or "
        "BOOST_DESCRIBE_ENUM, or specialise hull::value_codec for it (hull/value/convert.hpp has the table).");
  }
}

// ---- writing

template <class T>
bool write_enum(const T& from, value& to, conversion& c) {
  const bool is_unknown = all_described<boost::describe::describe_enumerators<T>>([&](auto d) {
    if (from != d.value) return true;
    to = value(d.name);
    return false;
  });
  return is_unknown ? c.fail("the enumerator " + std::to_string(static_cast<long long>(from)) + " has no name") : true;
}

template <class T>
bool write_items(const T& from, value& to, conversion& c) {
  if (!c.may_nest()) return false;
  array items;
  items.reserve(from.size());
  for (const auto& item : from) {
    const conversion::step at(c, items.size());
    value written;
    if (!write_value(static_cast<const typename T::value_type&>(item), written, c)) return false;
    items.push_back(std::move(written));
  }
  to = value(std::move(items));
  return true;
}

template <class T>
bool write_map(const T& from, value& to, conversion& c) {
  if (!c.may_nest()) return false;
  std::vector<object::field> fields;
  fields.reserve(from.size());
  for (const auto& [key, item] : from) {
    std::string name;
    if constexpr (is_id<typename T::key_type>)
      name = key.text();
    else
      name = key;
    const conversion::step at(c, name);
    value written;
    if (!write_value(item, written, c)) return false;
    fields.emplace_back(name, std::move(written));
  }
  to = value(object(std::move(fields)));
  return true;
}

template <class T>
bool write_struct(const T& from, value& to, conversion& c) {
  if (!c.may_nest()) return false;
  std::vector<object::field> fields;
  const bool is_whole = all_described<data_members<T>>([&](auto d) {
    const auto& member = from.*d.pointer;
    if constexpr (is_optional<std::remove_cvref_t<decltype(member)>>)
      if (!member) return true;
    const conversion::step at(c, d.name);
    value written;
    if (!write_value(member, written, c)) return false;
    fields.emplace_back(d.name, std::move(written));
    return true;
  });
  if (is_whole) to = value(object(std::move(fields)));
  return is_whole;
}

template <class T>
bool write_value(const T& from, value& to, conversion& c) {
  if constexpr (custom_write<T>) {
    if constexpr (std::convertible_to<decltype(value_codec<T>::to_value(from)), value>) {
      to = value_codec<T>::to_value(from);
    } else {
      result<value> written = value_codec<T>::to_value(from);
      if (written.has_error()) return c.fail(written.error().message);
      to = std::move(*written);
    }
    return true;
  } else if constexpr (integer<T> && sizeof(T) > 4) {
    if constexpr (std::unsigned_integral<T>)
      if (from > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
        return c.fail(std::to_string(from) + " is too large for Int64");
    to = value::int64(static_cast<std::int64_t>(from));
    return true;
  } else if constexpr (std::same_as<T, bool> || std::same_as<T, double> || std::same_as<T, float> || integer<T>) {
    to = value(from);
    return true;
  } else if constexpr (std::same_as<T, value> || std::same_as<T, std::string> || std::same_as<T, bytes> ||
                       std::same_as<T, object>) {
    to = value(from);
    return true;
  } else if constexpr (null_like<T>) {
    to = value();
    return true;
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    to = value(std::string_view(from));
    return true;
  } else if constexpr (is_id<T>) {
    to = value(from.text());
    return true;
  } else if constexpr (is_literal<T>) {
    to = value(T::text);
    return true;
  } else if constexpr (is_optional<T>) {
    to = value();
    return from ? write_value(*from, to, c) : true;
  } else if constexpr (is_variant<T>) {
    return std::visit([&](const auto& alternative) { return write_value(alternative, to, c); }, from);
  } else if constexpr (boost::describe::has_describe_enumerators<T>::value) {
    return write_enum(from, to, c);
  } else if constexpr (map_like<T>) {
    return write_map(from, to, c);
  } else if constexpr (is_std_array<T> || list_like<T>) {
    return write_items(from, to, c);
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    return write_struct(from, to, c);
  } else {
    static_assert(
        cannot_convert<T>,
        "Hull cannot make a value of this type: describe it with BOOST_DESCRIBE_STRUCT or "
        "BOOST_DESCRIBE_ENUM, or specialise hull::value_codec for it (hull/value/convert.hpp has the table).");
  }
}

}  // namespace detail
}  // namespace hull
