// What an optimistic update written in C++ may read and write.
#pragma once

#include "hullqtglobal.h"

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

 private:
  hull::local_store& m_store;
};

/// Predicts what a mutation will do to query results, until the deployment confirms it. Runs at once and again
/// whenever results change; it must not call the client.
using HullOptimisticUpdate = std::function<void(HullLocalStore&)>;
