// What an optimistic update written in C++ may read and write.
#pragma once

#include "hullqtglobal.h"

#include <QtCore/qnamespace.h>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QVariant>

#include <functional>

namespace hull {
class local_store;
}

/// Query results as the update sees them. Lives only while the update runs.
class HULL_QT_EXPORT HullLocalStore {
 public:
  struct Entry {
    QVariantMap args;
    QVariant value;  ///< Invalid while the query is loading.
  };

  explicit HullLocalStore(hull::local_store& store) : m_store(store) {}

  /// Invalid while the query is loading, failed or unknown.
  QVariant getQuery(const QString& query, const QVariantMap& args = {}) const;
  QList<Entry> getAllQueries(const QString& query) const;
  /// An invalid value means "loading". Throws std::invalid_argument for data that is no Convex value, which drops
  /// the whole update.
  void setQuery(const QString& query, const QVariantMap& args, const QVariant& value);

  /// The functions below edit paginated queries: all lists of `query` whose arguments have at least the fields of
  /// `argsToMatch`, with equal values, in all of their pages that are loaded. What is not loaded stays as it is. They
  /// throw like setQuery.

  /// For lists that show the newest first: `item` becomes the first.
  void insertAtTop(const QString& query, const QVariant& item, const QVariantMap& argsToMatch = {});
  /// `item` becomes the last, where the end of the list is loaded.
  void insertAtBottomIfLoaded(const QString& query, const QVariant& item, const QVariantMap& argsToMatch = {});
  /// Puts `item` where it belongs by its sort key; nothing happens where that part of the list is not loaded. `keyOf`
  /// gives an item's key: the indexed field, or a list of them for an index over several. Keys compare as Convex
  /// orders values; among equal keys `item` counts as the newest.
  void insertAtPosition(const QString& query, const QVariant& item, Qt::SortOrder order,
                        const std::function<QVariant(const QVariant& item)>& keyOf,
                        const QVariantMap& argsToMatch = {});
  /// Replaces each loaded item by what `change` makes of it, in lists with exactly these arguments (without
  /// paginationOpts).
  void updateItem(const QString& query, const QVariantMap& args,
                  const std::function<QVariant(const QVariant& item)>& change);

 private:
  hull::local_store& m_store;
};

/// Predicts what a mutation will do to query results, until the deployment confirms it. Runs at once and again
/// whenever results change; it must not call the client.
using HullOptimisticUpdate = std::function<void(HullLocalStore&)>;
