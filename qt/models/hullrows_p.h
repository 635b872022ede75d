// The rows that a model shows: what they hold, how they are known, and the list of them.
#pragma once

#include "hullqtglobal.h"

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

struct HullRow {
  hull::value value;
  std::size_t keyHash = 0;    ///< Of the key, so that it is read once for each payload.
  bool isOptimistic = false;  ///< An optimistic update wrote it, and the deployment has not confirmed it.
};

/// Rows in order. Taking rows out, moving and putting in costs four bytes for each row behind, whatever they hold.
class HULL_QT_EXPORT HullRowList {
 public:
  HullRowList() = default;
  explicit HullRowList(std::vector<HullRow> rows);

  int size() const { return static_cast<int>(m_order.size()); }
  bool isEmpty() const { return m_order.empty(); }
  const HullRow& at(int row) const { return m_slots[m_order[static_cast<std::size_t>(row)]]; }
  HullRow& at(int row) { return m_slots[m_order[static_cast<std::size_t>(row)]]; }

  /// What was taken out goes to `removed`, so that somebody else can free it.
  void erase(int first, int count, std::vector<HullRow>& removed);
  /// As QAbstractItemModel::beginMoveRows counts.
  void move(int first, int count, int to);
  /// Moves `count` rows from `rows` in.
  void insert(int first, int count, HullRow* rows);

 private:
  std::vector<HullRow> m_slots;
  std::vector<unsigned> m_order;  // Slot of each row.
  std::vector<unsigned> m_free;   // Slots without a row.
};

namespace HullRows {

/// The items of an array, or of the array `page` of an object (a page of a paginated query); null has none. They live
/// as long as the result.
HULL_QT_EXPORT hull::result<const hull::array*> items(const hull::value& result);

/// What a row is known by: the key field, or the whole row where it has none. A key that occurs again is another row.
HULL_QT_EXPORT const hull::value& keyOf(const hull::value& row, std::string_view keyField);
/// Equal values have equal hashes.
HULL_QT_EXPORT std::size_t hashOf(const hull::value& value);
/// A hash of which payload a value holds: equal for values that are same_as each other.
HULL_QT_EXPORT std::size_t payloadHash(const hull::value& value);
/// True for a text that could be a document id of a deployment, which an optimistic update cannot make up.
HULL_QT_EXPORT bool isDocumentId(const hull::value& key);

}  // namespace HullRows
