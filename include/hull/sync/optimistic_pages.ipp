// Bodies of optimistic_pages.hpp.
#pragma once

#include <hull/sync/optimistic_pages.hpp>
#include <hull/value/order.hpp>

#include <algorithm>
#include <compare>
#include <string>
#include <utility>
#include <vector>

namespace hull {
namespace detail {

/// A page of some list, as the store has it.
struct stored_page {
  value args;
  value result;
  const array* rows = nullptr;  ///< Null while the page is not loaded.
  const value* cursor = nullptr;
  const value* list_id = nullptr;

  bool starts_the_list() const { return cursor == nullptr || cursor->is_null(); }
  bool ends_the_list() const {
    const value* done = result.find("isDone");
    return done != nullptr && *done == value(true);
  }
};

HULL_INLINE std::vector<stored_page> stored_pages(const local_store& store, std::string_view path) {
  std::vector<stored_page> pages;
  for (auto& [args, result] : store.get_all_queries(path)) {
    const value* options = args.find("paginationOpts");
    if (options == nullptr) continue;
    stored_page page;
    page.cursor = options->find("cursor");
    page.list_id = options->find("id");
    page.args = std::move(args);
    if (result) page.result = std::move(*result);
    if (const value* rows = page.result.find("page")) page.rows = rows->if_array();
    pages.push_back(std::move(page));
  }
  return pages;
}

HULL_INLINE object without_pagination(const value& args) {
  object fields = args.as_object();
  fields.erase("paginationOpts");
  return fields;
}

HULL_INLINE bool has_fields(const value& args, const object& where) {
  return std::all_of(where.begin(), where.end(), [&](const object::field& wanted) {
    const value* field = args.find(wanted.first);
    return field != nullptr && compare_values(*field, wanted.second) == 0;
  });
}

HULL_INLINE void put_rows(local_store& store, std::string_view path, const stored_page& page, array rows) {
  object result = page.result.as_object();
  result.set("page", value(std::move(rows)));
  store.set_query(path, page.args, value(std::move(result)));
}

/// The loaded pages of one list, and where a row belongs among them. Every page decides for itself whether the row
/// falls into its range, so that a page and the halves that will replace it agree.
class page_range {
 public:
  page_range(const std::vector<stored_page>& pages, sort_order order, const std::function<value(const value&)>& key_of)
      : pages_(pages), order_(order), key_of_(key_of) {}

  bool holds(const stored_page& page, const value& key) const {
    if (page.rows->empty()) return page.starts_the_list() && page.ends_the_list();  // The list has no rows at all.
    const value first = key_of_(page.rows->front());
    if (!page.starts_the_list() && precedes(key, first)) return false;
    if (precedes(key, key_of_(page.rows->back())) || page.ends_the_list()) return true;
    const stored_page* next = after(page);
    return next != nullptr && precedes(key, key_of_(next->rows->front()));
  }

  /// Equal keys sort by age: in ascending order the newest is the last of them.
  array::const_iterator place_in(const array& rows, const value& key) const {
    return std::find_if(rows.begin(), rows.end(), [&](const value& row) {
      const value other = key_of_(row);
      return order_ == sort_order::ascending ? precedes(key, other) : !precedes(other, key);
    });
  }

 private:
  bool precedes(const value& a, const value& b) const {
    const auto c = compare_values(a, b);
    return order_ == sort_order::ascending ? c < 0 : c > 0;
  }
  static bool are_of_one_list(const stored_page& a, const stored_page& b) {
    if ((a.list_id == nullptr) != (b.list_id == nullptr)) return false;
    return (a.list_id == nullptr || *a.list_id == *b.list_id) && without_pagination_equal(a, b);
  }
  static bool without_pagination_equal(const stored_page& a, const stored_page& b) {
    return value(without_pagination(a.args)) == value(without_pagination(b.args));
  }

  /// The page that follows in the list, empty ones left out: the nearest one that begins behind the last row. None
  /// when the page that continues this one is still loading.
  const stored_page* after(const stored_page& page) const {
    const value* end = page.result.find("continueCursor");
    const value last = key_of_(page.rows->back());
    const stored_page* nearest = nullptr;
    for (const stored_page& other : pages_) {
      if (&other == &page || !are_of_one_list(page, other)) continue;
      const bool continues = end != nullptr && other.cursor != nullptr && *other.cursor == *end;
      if (other.rows == nullptr) {
        if (continues) return nullptr;
        continue;
      }
      if (other.rows->empty()) continue;
      if (continues) return &other;
      const value first = key_of_(other.rows->front());
      if (precedes(last, first) && (nearest == nullptr || precedes(first, key_of_(nearest->rows->front()))))
        nearest = &other;
    }
    return nearest;
  }

  const std::vector<stored_page>& pages_;
  sort_order order_;
  const std::function<value(const value&)>& key_of_;
};

}  // namespace detail

HULL_INLINE void insert_at_top(local_store& store, std::string_view path, const object& where, const value& row) {
  for (const detail::stored_page& page : detail::stored_pages(store, path)) {
    if (page.rows == nullptr || !page.starts_the_list() || !detail::has_fields(page.args, where)) continue;
    array rows;
    rows.reserve(page.rows->size() + 1);
    rows.push_back(row);
    rows.insert(rows.end(), page.rows->begin(), page.rows->end());
    detail::put_rows(store, path, page, std::move(rows));
  }
}

HULL_INLINE void insert_at_bottom_if_loaded(local_store& store, std::string_view path, const object& where,
                                            const value& row) {
  for (const detail::stored_page& page : detail::stored_pages(store, path)) {
    if (page.rows == nullptr || !page.ends_the_list() || !detail::has_fields(page.args, where)) continue;
    array rows = *page.rows;
    rows.push_back(row);
    detail::put_rows(store, path, page, std::move(rows));
  }
}

HULL_INLINE void insert_at_position(local_store& store, std::string_view path, const object& where, sort_order order,
                                    const std::function<value(const value& row)>& key_of, const value& row) {
  std::vector<detail::stored_page> pages = detail::stored_pages(store, path);
  std::erase_if(pages, [&](const detail::stored_page& page) { return !detail::has_fields(page.args, where); });
  const detail::page_range range(pages, order, key_of);
  const value key = key_of(row);
  // First look, then write: what is written must not move the ranges of the pages that come later.
  std::vector<std::pair<const detail::stored_page*, array>> edits;
  for (const detail::stored_page& page : pages) {
    if (page.rows == nullptr || !range.holds(page, key)) continue;
    array rows = *page.rows;
    rows.insert(rows.begin() + (range.place_in(*page.rows, key) - page.rows->begin()), row);
    edits.emplace_back(&page, std::move(rows));
  }
  for (auto& [page, rows] : edits) detail::put_rows(store, path, *page, std::move(rows));
}

HULL_INLINE void update_in_pages(local_store& store, std::string_view path, const object& args,
                                 const std::function<value(const value& row)>& change) {
  for (const detail::stored_page& page : detail::stored_pages(store, path)) {
    if (page.rows == nullptr || !(value(detail::without_pagination(page.args)) == value(args))) continue;
    array rows;
    rows.reserve(page.rows->size());
    for (const value& row : *page.rows) rows.push_back(change(row));
    if (rows != *page.rows) detail::put_rows(store, path, page, std::move(rows));
  }
}

}  // namespace hull
