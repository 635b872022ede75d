// `Hull.client: backend` on any object: the client for everything below it. And what QML has no word for: Int64.
#pragma once

#include "hullclient.h"
#include "hullint64.h"
#include "hullqmlglobal.h"

#include <QtQml/qqml.h>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtQml/QJSValue>

class HULL_QML_EXPORT HullAttached : public QObject {
  Q_OBJECT
  QML_NAMED_ELEMENT(Hull)
  QML_ATTACHED(HullAttached)
  QML_UNCREATABLE("Hull is used attached: Hull.client")
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)

 public:
  explicit HullAttached(QObject* parent = nullptr) : QObject(parent) {}
  static HullAttached* qmlAttachedProperties(QObject* object);

  /// As set here, or else the nearest one above.
  HullClient* client() const;
  void setClient(HullClient* client);

  /// `Hull.int64("9007199254740993")`: an Int64 from decimal text or from a whole number up to 2^53. Throws a
  /// RangeError for what is neither.
  Q_INVOKABLE HullInt64 int64(const QJSValue& number) const;

  /// The nearest HullClient above `object`, or the client attached there. Goes up through visual parents first.
  static HullClient* nearestClient(const QObject* object);

 Q_SIGNALS:
  void clientChanged();

 private:
  QPointer<HullClient> m_client;
};
