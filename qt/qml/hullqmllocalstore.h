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
}

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

 private:
  QJSValue guarded(const char* what, const std::function<QJSValue()>& work);

  QJSEngine& m_engine;
  hull::local_store& m_store;
};
