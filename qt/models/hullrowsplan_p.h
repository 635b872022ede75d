// From the rows that a model shows to a new result: what has to be done, worked out on any thread.
//
// Results are immutable and share their payloads, and a row that did not change mostly is the very same payload as
// before. Such rows cost a comparison of two pointers here; only the others are looked into.
#pragma once

#include "hullqtglobal.h"
#include "hullrolemap_p.h"
#include "hullrows_p.h"
#include "keyeddiff.h"

#include <QtCore/QList>

#include <optional>
#include <string>
#include <vector>

/// What the result shall become rows by.
struct HullRowsTarget {
  hull::value result;
  std::string keyField;
  bool isLayered = false;  ///< An optimistic layer shaped the result.
};

/// Bringing rows in line with a result: first the runs, during which rows keep their old content; then the new
/// content, each row together with the change that tells of it.
struct HullRowsPlan {
  struct Content {
    int row;  ///< In the new list.
    HullRow content;
  };
  struct Change {
    int first;
    int last;
    QList<int> roles;
  };
  std::vector<HullKeyedDiff::Run> runs;
  std::vector<HullRow> inserted;  ///< The rows of all Insert runs, in order.
  std::vector<Content> contents;  ///< Rows that stay, and whose payload or mark is another one, in order.
  std::vector<Change> changes;    ///< In order; neighbours that changed alike are one.
};

namespace HullRows {

/// Rows of a result for a model that has none. `items` are those of the result.
HULL_QT_EXPORT std::vector<HullRow> fresh(const hull::array& items, const HullRowsTarget& target);

/// The plan. The rows of `before` that optimistic updates predicted become the stored rows that came between the
/// same neighbours and share a field with them: for the viewer the two are one row.
HULL_QT_EXPORT HullRowsPlan plan(const HullRowList& before, const hull::array& items, const HullRowsTarget& target,
                                 const HullRoleMap& roles);

/// About how many items a plan has to look into; stops counting at `enough`.
HULL_QT_EXPORT int strangers(const HullRowList& before, const hull::array& items, int enough);

}  // namespace HullRows
