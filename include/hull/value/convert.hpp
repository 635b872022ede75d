// C++ types to and from values.
//
//   C++                                          value
//   bool                                         Boolean
//   integers of up to 32 bits, float, double     Float64, which is v.number()
//   std::int64_t, std::uint64_t                  Int64, which is v.int64(); out of range is an error
//   std::string; to a value also string_view     String
//   hull::id<Table>, hull::literal<"text">       String
//   enums with BOOST_DESCRIBE_ENUM               String, the enumerator's name
//   hull::bytes (vector of std::uint8_t)         Bytes
//   std::nullptr_t, std::monostate               Null
//   std::optional<T>                             T or Null; as a member of a struct: T or no field at all
//   std::vector<T> and the like, std::array      Array
//   std::map<std::string, T> and the like        Object with any fields; the keys may be ids, too
//   structs with BOOST_DESCRIBE_STRUCT           Object with a field per member, also of described bases
//   std::variant<A, B, ...>                      what the first alternative gives that fits
//   hull::value, hull::object, hull::array       themselves
//   T with a specialisation of value_codec<T>    whatever that says
//
// Reading a struct: a field without a member is ignored, because deployments add fields (`_creationTime`) and older
// programs have to live with it. A member without a field is an error unless it is std::optional; for that one Null
// and no field are the same. A member that must be sent as Null and not left out is a std::variant<std::monostate, T>.
// Kinds are never mixed: an Int64 is no `int`, and a Float64 no std::int64_t. A number that is no whole one, or out of
// range, is no integer. `float` rounds. Containers nest as deep as values may (value_limits::max_nesting), so neither
// direction can overflow the stack.
#pragma once

#include <hull/error.hpp>
#include <hull/value/convert_types.hpp>

namespace hull {

/// For types of your own. Specialise it before the first use of T in a conversion:
///
///   template <> struct hull::value_codec<point> {
///     static hull::value to_value(const point& p);               // or result<value>, when it may fail
///     static hull::result<point> from_value(const hull::value&);
///   };
///
/// Messages of errors get the path to the value in front.
template <class T>
struct value_codec;

/// The value of a C++ object. errc::bad_argument for what no value can hold, with the path to it:
/// "items[3].count: 18446744073709551615 is too large for Int64".
template <class T>
result<value> to_value(const T& from) {
  detail::conversion c;
  value to;
  if (!detail::write_value(from, to, c)) return c.take_error(errc::bad_argument);
  return to;
}

/// The C++ object of a value. errc::bad_value when it does not fit, with the path to the place:
/// "messages[3].body: expected a string, got a number (Float64)". T must have a default constructor.
template <class T>
result<T> from_value(const value& from) {
  detail::conversion c;
  T to{};
  if (!detail::read_value(from, to, c)) return c.take_error(errc::bad_value);
  return to;
}

}  // namespace hull
