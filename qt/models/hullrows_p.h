// The rows of a query result: their keys, and which of them are predictions that turned into stored rows.
#pragma once

#include "hullqtglobal.h"

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <string>
#include <utility>
#include <vector>

struct HullRow {
  std::string key;  ///< Canonical JSON of the key field, or of the whole row where it has none; distinct in a list.
  hull::value value;
  bool isOptimistic = false;  ///< An optimistic update wrote it, and the deployment has not confirmed it.
};

namespace HullRows {

/// Rows of an array, or of the array `page` of an object (a page of a paginated query); null has none.
HULL_QT_EXPORT hull::result<std::vector<HullRow>> read(const hull::value& result, const std::string& keyField);

/// Marks the rows of `after` that exist only in an optimistic layer. `layered`: a layer shaped the result.
HULL_QT_EXPORT void markOptimistic(std::vector<HullRow>& after, const std::vector<HullRow>& before, bool layered);

/// Pairs of indexes (before, after): a predicted row that left, and the stored row that came between the same
/// neighbours and shares at least one field with it. The two are one row for the viewer.
HULL_QT_EXPORT std::vector<std::pair<int, int>> adoptions(const std::vector<HullRow>& before,
                                                          const std::vector<HullRow>& after);

}  // namespace HullRows
