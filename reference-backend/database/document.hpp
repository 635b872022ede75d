// What a document may be: names, nesting, sizes.
#pragma once

#include "common/failure.hpp"

#include <hull/value/value.hpp>

#include <cstddef>
#include <string_view>

namespace hull::backend::database {

inline constexpr std::size_t max_document_bytes = 1u << 20;
inline constexpr std::size_t max_document_nesting = 16;
inline constexpr std::size_t max_value_bytes = 32u << 20;

/// Size as the limits count it (JavaScript's getConvexSize).
std::size_t convex_size(const value& v);
/// A scalar nests 0, a container one more than its deepest child.
std::size_t nesting(const value& v);

/// Letters, digits and '_', not starting with a digit, at most 64, not all '_': tables, indexes, index fields.
bool is_identifier(std::string_view name);

/// Checks fields that a user wants to store: no `_` names but `_id` and `_creationTime`, nesting, array and object
/// sizes, field names. The size is that of the whole document.
outcome<void> check_document(const value& document);

/// Checks arrays, objects and names inside any value.
outcome<void> check_value(const value& v, std::size_t max_nesting);

}  // namespace hull::backend::database
