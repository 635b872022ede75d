// A mutation, action or one-shot query on its way: signals, a QFuture, and continuations bound to a context object.
#pragma once

#include "hullerror.h"
#include "hullqtglobal.h"

#include <QtCore/QException>
#include <QtCore/QFuture>
#include <QtCore/QMetaObject>
#include <QtCore/QObject>
#include <QtCore/QVariant>

#include <memory>
#include <utility>

class HullPendingCallPrivate;

/// What the future of a failed call throws.
class HULL_QT_EXPORT HullException : public QException {
 public:
  explicit HullException(HullError error);
  ~HullException() override;
  const HullError& error() const { return m_error; }
  const char* what() const noexcept override { return m_text.constData(); }
  void raise() const override { throw *this; }
  HullException* clone() const override { return new HullException(*this); }

 private:
  HullError m_error;
  QByteArray m_text;
};

/// Belongs to the HullClient that made it and deletes itself soon after it finished; keep the future, or
/// setAutoDelete(false), to look at it later.
class HULL_QT_EXPORT HullPendingCall : public QObject {
  Q_OBJECT
  Q_PROPERTY(bool running READ isRunning NOTIFY finished)
  Q_PROPERTY(HullError error READ error NOTIFY finished)

 public:
  explicit HullPendingCall(QObject* parent = nullptr);
  ~HullPendingCall() override;

  bool isRunning() const;
  /// The result; invalid while the call runs and when it failed.
  QVariant value() const;
  /// Null (false) while the call runs and when it succeeded.
  HullError error() const;

  /// Finishes with the call; a failed call makes it throw HullException. Cancelling the future cancels the call.
  QFuture<QVariant> future();

  /// Gives the call up: it fails with HullError::Cancelled, soon, never inside this function; its optimistic update is
  /// taken back and its answer ignored. What was sent may still take effect; what was not sent, never. Does nothing
  /// when the call is over. A call whose object is deleted instead goes on unobserved.
  Q_INVOKABLE void cancel();

  void setAutoDelete(bool on);

  /// Calls `onValue(QVariant)` or `onError(HullError)` when the call finishes, unless `context` is gone by then. A
  /// call that has finished calls back soon, never from inside this function.
  template <class OnValue, class OnError>
  HullPendingCall* then(QObject* context, OnValue onValue, OnError onError) {
    auto deliver = [onValue = std::move(onValue), onError = std::move(onError)](const QVariant& value,
                                                                                const HullError& failure) mutable {
      if (failure)
        onError(failure);
      else
        onValue(value);
    };
    if (isRunning())
      connect(this, &HullPendingCall::finished, context,
              [this, deliver = std::move(deliver)]() mutable { deliver(value(), error()); });
    else
      QMetaObject::invokeMethod(
          context,
          [deliver = std::move(deliver), value = value(), failure = error()]() mutable { deliver(value, failure); },
          Qt::QueuedConnection);
    return this;
  }
  template <class OnValue>
  HullPendingCall* then(QObject* context, OnValue onValue) {
    return then(context, std::move(onValue), [](const HullError&) {});
  }

 Q_SIGNALS:
  void succeeded(const QVariant& value);
  void failed(const HullError& error);
  /// After one of the two above.
  void finished();

 private:
  friend class HullPendingCallPrivate;
  const std::unique_ptr<HullPendingCallPrivate> d;
};
