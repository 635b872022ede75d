// A mutation to call from QML, with an optimistic update in JavaScript.
#pragma once

#include "hullclient.h"
#include "hullqmlcall.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtQml/QJSValue>

class HULL_QML_EXPORT HullMutation : public QObject {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString mutation READ mutation WRITE setMutation NOTIFY mutationChanged REQUIRED)
  Q_PROPERTY(QJSValue optimisticUpdate READ optimisticUpdate WRITE setOptimisticUpdate NOTIFY optimisticUpdateChanged)
  Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  explicit HullMutation(QObject* parent = nullptr) : QObject(parent) {}

  /// As set, or else the nearest one above.
  HullClient* client() const;
  void setClient(HullClient* client);
  /// "messages:send".
  QString mutation() const { return m_mutation; }
  void setMutation(const QString& mutation);
  /// `(store, args) => { ... }`: runs at once and again whenever results change, until the deployment answered.
  QJSValue optimisticUpdate() const { return m_optimisticUpdate; }
  void setOptimisticUpdate(const QJSValue& update);
  /// Some call has not finished.
  bool isRunning() const { return m_running > 0; }
  /// Of the last call that finished.
  HullError error() const { return m_error; }

  Q_INVOKABLE HullQmlCall* call(const QJSValue& args = QJSValue());

 Q_SIGNALS:
  void clientChanged();
  void mutationChanged();
  void optimisticUpdateChanged();
  void runningChanged();
  void errorChanged();
  void succeeded(const QJSValue& value);
  void failed(const HullError& error);

 private:
  void onFinished(HullQmlCall* call);

  QPointer<HullClient> m_client;
  QString m_mutation;
  QJSValue m_optimisticUpdate;
  HullError m_error;
  int m_running = 0;
};
