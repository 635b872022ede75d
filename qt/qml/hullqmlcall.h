// HullPendingCall as QML sees it: signals, properties, and a JavaScript promise.
#pragma once

#include "hullpendingcall.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtQml/QJSValue>

/// Lives at least until it finished; afterwards as long as JavaScript refers to it.
class HULL_QML_EXPORT HullQmlCall : public HullPendingCall {
  Q_OBJECT
  QML_NAMED_ELEMENT(HullPendingCall)
  QML_UNCREATABLE("HullPendingCall comes from HullMutation.call()")
  Q_PROPERTY(QJSValue value READ jsValue NOTIFY finished)

 public:
  explicit HullQmlCall(QObject* parent);

  /// The result; undefined while the call runs and when it failed.
  QJSValue jsValue() const;
  /// Returns a promise: `send.call(args).then(value => ..., error => ...)`. The error is a HullError.
  Q_INVOKABLE QJSValue then(const QJSValue& onValue, const QJSValue& onError = QJSValue());

 private:
  void onFinished();
  void settle();

  QJSValue m_promise;  // {promise, resolve, reject}, made when first asked for.
};
