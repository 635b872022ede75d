// How much a value counts against the size limits of a deployment.
#pragma once

#include <hull/value/value.hpp>

#include <cstddef>
#include <optional>

namespace hull {

/// Bytes that a value counts: Null and Boolean 1; Int64 and Float64 9; String and Bytes 2 + length; Array 2 + its
/// elements; Object 2 + for each field the length of its name + 1 + its value. A function takes and returns at most
/// 16 MiB, a document has at most 1 MiB (see document_size).
std::size_t value_size(const value& v) noexcept;
/// The same for what `value::find` gives: an absent value counts nothing.
inline std::size_t value_size(const value* v) noexcept { return v ? value_size(*v) : 0; }

/// Bytes that an object counts as a document, with the system fields that it will get and does not have yet: 38 for
/// `_id`, or 6 and the length of an id that the caller knows already, and 23 for `_creationTime`.
std::size_t document_size(const object& fields, std::optional<std::size_t> id_length = {}) noexcept;

}  // namespace hull

#include <hull/value/size.ipp>
