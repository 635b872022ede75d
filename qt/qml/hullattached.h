// `Hull.client: backend` on any object: the client for everything below it.
#pragma once

#include "hullclient.h"
#include "hullqmlglobal.h"

#include <QtQml/qqml.h>
#include <QtCore/QObject>
#include <QtCore/QPointer>

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

  /// The nearest HullClient above `object`, or the client attached there. Goes up through visual parents first.
  static HullClient* nearestClient(const QObject* object);

 Q_SIGNALS:
  void clientChanged();

 private:
  QPointer<HullClient> m_client;
};
