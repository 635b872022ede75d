// HullClient as QML sees it: connects when it is complete, holds the objects that use it, and calls with promises.
#pragma once

#include "hullclient.h"
#include "hullqmlcall.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QList>
#include <QtQml/QQmlListProperty>
#include <QtQml/QQmlParserStatus>

class HULL_QML_EXPORT HullQmlClient : public HullClient, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_NAMED_ELEMENT(HullClient)
  Q_PROPERTY(int retention READ retention WRITE setRetention NOTIFY optionsChanged)
  Q_PROPERTY(QQmlListProperty<QObject> data READ data DESIGNABLE false)
  Q_CLASSINFO("DefaultProperty", "data")

 public:
  explicit HullQmlClient(QObject* parent = nullptr) : HullClient(parent) {}

  QQmlListProperty<QObject> data() { return QQmlListProperty<QObject>(this, &m_data); }

  /// The same as options.retention: milliseconds that a query stays live after its last user has gone.
  int retention() const { return options().retention; }
  void setRetention(int retention);

  using HullClient::action;
  using HullClient::mutation;
  using HullClient::prewarm;
  using HullClient::query;
  /// Calls from JavaScript; `args` as in HullMutation::call. `client.query("m:f", {}).then(value => ...)`
  Q_INVOKABLE HullQmlCall* query(const QString& path, const QJSValue& args = QJSValue());
  Q_INVOKABLE HullQmlCall* mutation(const QString& path, const QJSValue& args = QJSValue());
  Q_INVOKABLE HullQmlCall* action(const QString& path, const QJSValue& args = QJSValue());
  /// Keeps a query live for `time` milliseconds without a user, so that a view that opens soon finds its value.
  Q_INVOKABLE void prewarm(const QString& query, const QJSValue& args = QJSValue(), int time = 5000);

  void classBegin() override { setHeld(true); }
  void componentComplete() override { setHeld(false); }

 private:
  QList<QObject*> m_data;
};
