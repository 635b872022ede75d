// What HullMutation and HullAction have in common: a function to call from QML, and how its calls go.
#pragma once

#include "hullclient.h"
#include "hullqmlcall.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtQml/QJSValue>

/// Lives on the thread of its client. May be destroyed while calls are under way: they go on, and their promises
/// settle.
class HULL_QML_EXPORT HullCallable : public QObject {
  Q_OBJECT
  QML_ANONYMOUS
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(int deadline READ deadline WRITE setDeadline NOTIFY deadlineChanged)
  Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  /// As set, or else the nearest one above.
  HullClient* client() const;
  void setClient(HullClient* client);
  /// Milliseconds that each call has from call() on, offline too; see HullCallOptions. Negative: as long as it takes.
  /// A change counts for later calls.
  int deadline() const { return m_deadline; }
  void setDeadline(int deadline);
  /// Some call has not finished.
  bool isRunning() const { return m_running > 0; }
  /// Of the last call that finished: null when it succeeded.
  HullError error() const { return m_error; }

  /// `args` is an object; nothing stands for {}. Mistakes are errors of the call.
  Q_INVOKABLE HullQmlCall* call(const QJSValue& args = QJSValue());

 Q_SIGNALS:
  void clientChanged();
  void deadlineChanged();
  void runningChanged();
  void errorChanged();
  void succeeded(const QJSValue& value);
  void failed(const HullError& error);

 protected:
  explicit HullCallable(QObject* parent) : QObject(parent) {}
  /// Starts `call` at `client`, or finishes it with an error.
  virtual void start(HullClient* client, HullQmlCall* call, const QJSValue& args) = 0;

 private:
  void onFinished(const HullQmlCall* call);

  QPointer<HullClient> m_client;
  HullError m_error;
  int m_deadline = -1;
  int m_running = 0;
};
