// The store that an optimistic update written in JavaScript reads and writes.
#pragma once

#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtQml/QJSValue>

#include <functional>

QT_FORWARD_DECLARE_CLASS(QJSEngine)

namespace hull {
class local_store;
class value;
}  // namespace hull

/// Valid only while the update runs.
class HULL_QML_EXPORT HullQmlLocalStore : public QObject {
  Q_OBJECT
  QML_NAMED_ELEMENT(HullLocalStore)
  QML_UNCREATABLE("HullLocalStore is handed to optimisticUpdate")

 public:
  HullQmlLocalStore(QJSEngine& engine, hull::local_store& store) : m_engine(engine), m_store(store) {}

  /// Undefined while the query is loading, failed or unknown. The result is a copy: change it and pass it to setQuery.
  Q_INVOKABLE QJSValue getQuery(const QString& query, const QJSValue& args = QJSValue());
  /// Every known query of this path: [{args, value}].
  Q_INVOKABLE QJSValue getAllQueries(const QString& query);
  /// Undefined as value means "loading".
  Q_INVOKABLE void setQuery(const QString& query, const QJSValue& args, const QJSValue& value);

  /// The functions below edit paginated queries: all lists of `query` whose arguments have at least the fields of
  /// `argsToMatch`, with equal values, in all of their pages that are loaded. What is not loaded stays as it is.

  /// For lists that show the newest first: `item` becomes the first.
  Q_INVOKABLE void insertAtTop(const QString& query, const QJSValue& item, const QJSValue& argsToMatch = QJSValue());
  /// `item` becomes the last, where the end of the list is loaded.
  Q_INVOKABLE void insertAtBottomIfLoaded(const QString& query, const QJSValue& item,
                                          const QJSValue& argsToMatch = QJSValue());
  /// Puts `item` where it belongs by its sort key, where that part of the list is loaded. `how` is {sortOrder: "asc" or
  /// "desc", sortKeyFromItem: item => key, argsToMatch}; a key is the indexed field, or an array for an index over
  /// several.
  Q_INVOKABLE void insertAtPosition(const QString& query, const QJSValue& item, const QJSValue& how);
  /// Replaces each loaded item by what `change(item)` returns, in lists with exactly these arguments (without
  /// paginationOpts).
  Q_INVOKABLE void updateItem(const QString& query, const QJSValue& args, const QJSValue& change);

 private:
  QJSValue guarded(const char* what, const std::function<QJSValue()>& work);
  std::function<hull::value(const hull::value&)> byFunction(const char* name, const QJSValue& function);

  QJSEngine& m_engine;
  hull::local_store& m_store;
};
