// HullPendingCall as QML sees it: signals, properties, and a JavaScript promise.
#pragma once

#include "hullpendingcall.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QPointer>
#include <QtQml/QJSEngine>
#include <QtQml/QJSValue>

/// Lives at least until it finished; afterwards as long as JavaScript refers to it. Belongs to its client, so that it
/// outlives the object that made it.
class HULL_QML_EXPORT HullQmlCall : public HullPendingCall {
  Q_OBJECT
  QML_NAMED_ELEMENT(HullPendingCall)
  QML_UNCREATABLE("HullPendingCall is what call() returns")
  Q_PROPERTY(QJSValue value READ jsValue NOTIFY finished)
  Q_PROPERTY(QJSValue catch READ catcher CONSTANT)

 public:
  /// `engine` may be null: the call then has no promises and no value for JavaScript.
  HullQmlCall(QJSEngine* engine, QObject* parent);

  /// The result; undefined while the call runs and when it failed.
  QJSValue jsValue() const;
  /// Returns a promise: `send.call(args).then(value => ..., error => ...)`. The error is a HullError.
  Q_INVOKABLE QJSValue then(const QJSValue& onValue, const QJSValue& onError = QJSValue());
  /// Calls back without arguments however the call ends; as Promise.finally.
  Q_INVOKABLE QJSValue finally(const QJSValue& onFinished);
  /// A function: `call.catch(error => ...)`, as Promise.catch. A property, as C++ keeps the word for itself.
  QJSValue catcher();

 private:
  QJSValue promise();
  QJSValue chain(const QString& method, const QJSValueList& arguments);
  void onFinished();
  void settle();

  QPointer<QJSEngine> m_engine;
  QJSValue m_parts;  // {promise, resolve, reject}, made when first asked for.
};
