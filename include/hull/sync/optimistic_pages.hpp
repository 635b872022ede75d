// Optimistic updates of paginated lists: what a mutation will add to, or change in, pages that are there.
//
// For use inside an optimistic_update. Every function looks at all pages that the client knows of a paginated query,
// of all lists of it, and leaves those alone that are not loaded. Where a page is being split, the page and its halves
// are both edited, so that a row does not come and go with the split. A path that is none throws
// std::invalid_argument, which fails the mutation, as everywhere in local_store.
#pragma once

#include <hull/config.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/value/value.hpp>

#include <functional>
#include <string_view>

namespace hull {

enum class sort_order { ascending, descending };

/// Puts a row in front of the lists of `path` whose arguments have at least the fields of `where`, with equal values.
/// For lists that show the newest first. A list whose first page is not loaded stays as it is.
void insert_at_top(local_store& store, std::string_view path, const object& where, const value& row);

/// Puts a row behind the last one of those lists, if the end of the list is loaded.
void insert_at_bottom_if_loaded(local_store& store, std::string_view path, const object& where, const value& row);

/// Puts a row where it belongs by its sort key. `key_of` gives a row's key, the fields of the index in their order as
/// one array for an index over several; keys compare as in compare_values. Among equal keys the row is taken for the
/// newest. Nothing happens in a list where the row belongs to a part that is not loaded.
void insert_at_position(local_store& store, std::string_view path, const object& where, sort_order order,
                        const std::function<value(const value& row)>& key_of, const value& row);

/// Replaces each loaded row by what `change` makes of it, in all lists with exactly these arguments (without
/// paginationOpts).
void update_in_pages(local_store& store, std::string_view path, const object& args,
                     const std::function<value(const value& row)>& change);

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/optimistic_pages.ipp>
#endif
