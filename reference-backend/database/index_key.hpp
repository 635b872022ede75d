// Values as byte strings that compare as the values do. An index key is the fields of the index, then the id.
#pragma once

#include <hull/value/value.hpp>

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::backend::database {

/// Value, or JavaScript's undefined: what a path into a document leads to.
using maybe_value = std::optional<value>;

void append_key(std::string& out, const value& v);
void append_key(std::string& out, const maybe_value& v);
std::string key_of(const maybe_value& v);

/// Behind all keys in which these whole values are followed by others. Not simply the next text: "a" and "a\0" begin
/// alike, and what tells them apart is 0xff, where the tag of the next value would be; tags never reach that.
inline std::string behind_values(std::string key) { return std::move(key) + '\xff'; }

/// The order of Convex values, across kinds too; nothing (undefined) comes first.
std::strong_ordering compare(const value& a, const value& b);
std::strong_ordering compare(const maybe_value& a, const maybe_value& b);

/// "a.b.c" split at its dots.
using field_path = std::vector<std::string>;
field_path parse_field_path(std::string_view text);
std::string to_string(const field_path& path);

/// What `path` leads to in `document`; nothing when it leads nowhere.
maybe_value field_at(const value& document, const field_path& path);

/// The key under which an index over `fields` holds `document`, which must have its `_id`.
std::string index_key_of(const value& document, const std::vector<field_path>& fields);

}  // namespace hull::backend::database
