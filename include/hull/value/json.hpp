// Values as JSON text, in the encoding that Convex uses on every wire ("convex_encoded_json"):
// Int64, Bytes and the Float64 values that JSON lacks are objects with one key that starts with '$'.
#pragma once

#include <hull/error.hpp>
#include <hull/value/limits.hpp>
#include <hull/value/value.hpp>

#include <string>
#include <string_view>

namespace hull {

/// How strictly a text is read.
struct json_options {
  value_limits limits;  ///< A text beyond them is refused with errc::bad_value.
  /// Accept any UTF-8 field name, also those that start with '$', and leave a malformed encoding as the plain
  /// object that it is: for messages, whose envelope must survive one bad value inside, and for query
  /// expressions such as {"$eq": [...]}. Well-formed encodings are decoded as ever.
  bool any_names = false;
  /// Leave {"$integer": ...} and its kin as plain objects.
  bool plain = false;
};

/// Reads one JSON text. Every JSON number becomes Float64, correctly rounded; strings must be valid Unicode.
/// Errors carry errc::bad_value and say at which offset or path the text is wrong.
result<value> read_json(std::string_view text, const json_options& options = {});

/// Canonical text: names sorted, no white space, numbers in JavaScript's layout. Equal values give equal text.
std::string write_json(const value& v);
void append_json(std::string& out, const value& v);

/// As `write_json`, with Int64 as decimal text, Bytes as base64 text and NaN, Infinity as text: what Convex
/// calls "json" (clean JSON). Not reversible.
std::string write_clean_json(const value& v);

/// Appends `text` as a JSON string literal with its quotes.
void append_json_string(std::string& out, std::string_view text);

/// Appends a finite double as JavaScript's Number.prototype.toString prints it; -0 prints "0".
void append_js_number(std::string& out, double d);

}  // namespace hull

#include <hull/value/json_read.ipp>
#include <hull/value/json_write.ipp>
