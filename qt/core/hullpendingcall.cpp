// Pending calls: the outcome arrives once, signals and future follow.
#include "hullpendingcall_p.h"

#include "hullvaluebridge_p.h"

#include <QtCore/QFutureWatcher>
#include <QtCore/QPointer>

HullException::HullException(HullError error) : m_error(std::move(error)), m_text(m_error.message().toUtf8()) {}
HullException::~HullException() = default;

HullPendingCall::HullPendingCall(QObject* parent) : QObject(parent), d(std::make_unique<HullPendingCallPrivate>()) {}
HullPendingCall::~HullPendingCall() = default;

bool HullPendingCall::isRunning() const { return !d->outcome; }

QVariant HullPendingCall::value() const {
  return d->outcome && d->outcome->has_value() ? HullValueBridge::toVariant(**d->outcome) : QVariant();
}

HullError HullPendingCall::error() const {
  return d->outcome && d->outcome->has_error() ? HullValueBridge::toError(d->outcome->error()) : HullError();
}

QFuture<QVariant> HullPendingCall::future() {
  if (!d->promise) {
    d->promise.emplace();
    d->promise->start();
    if (d->outcome) {
      d->settlePromise(this);
    } else {
      auto* watcher = new QFutureWatcher<QVariant>(this);
      connect(watcher, &QFutureWatcherBase::canceled, this, &HullPendingCall::cancel);
      watcher->setFuture(d->promise->future());
    }
  }
  return d->promise->future();
}

void HullPendingCall::cancel() {
  if (d->outcome || d->isCancelled) return;
  d->isCancelled = true;
  if (d->abandon)
    d->abandon();
  else
    HullPendingCallPrivate::finishLater(this, {hull::errc::cancelled, "The call was cancelled.", {}, {}});
}

void HullPendingCall::setAutoDelete(bool on) { d->autoDelete = on; }

void HullPendingCallPrivate::settlePromise(const HullPendingCall* call) {
  if (const HullError failure = call->error())
    promise->setException(HullException(failure));
  else
    promise->addResult(call->value());
  promise->finish();
}

void HullPendingCallPrivate::finish(HullPendingCall* call, hull::result<hull::value> outcome) {
  HullPendingCallPrivate* d = get(call);
  if (d->outcome) return;
  d->outcome = std::move(outcome);
  d->abandon = nullptr;

  const QPointer<HullPendingCall> guard(call);
  if (d->promise) d->settlePromise(call);
  if (!guard) return;
  if (const HullError failure = call->error())
    Q_EMIT call->failed(failure);
  else
    Q_EMIT call->succeeded(call->value());
  if (guard) Q_EMIT call->finished();
  if (guard && d->autoDelete) call->deleteLater();
}

void HullPendingCallPrivate::finishLater(HullPendingCall* call, hull::error failure) {
  QMetaObject::invokeMethod(
      call, [call, failure = std::move(failure)] { finish(call, failure); }, Qt::QueuedConnection);
}
