// Calls from QML and what is told of them.
#include "hullcallable.h"

#include "hullattached.h"
#include "hulljsbridge_p.h"
#include "hullpendingcall_p.h"

HullClient* HullCallable::client() const { return m_client ? m_client.data() : HullAttached::nearestClient(this); }

void HullCallable::setClient(HullClient* client) {
  if (m_client == client) return;
  m_client = client;
  Q_EMIT clientChanged();
}

void HullCallable::setDeadline(int deadline) {
  if (m_deadline == deadline) return;
  m_deadline = deadline;
  Q_EMIT deadlineChanged();
}

// The client owns the call, so that it outlives this object: a dialog may call and close.
HullQmlCall* HullCallable::call(const QJSValue& args) {
  HullClient* const target = client();
  auto* call = new HullQmlCall(HullJsBridge::engineOf(this), target ? static_cast<QObject*>(target) : this);
  connect(call, &HullPendingCall::finished, this, [this, call] { onFinished(call); });
  const QPointer<HullQmlCall> guard(call);
  if (m_running++ == 0) Q_EMIT runningChanged();
  if (!guard) return nullptr;  // Who listened has deleted the client.
  if (target)
    start(target, call, args);
  else
    HullPendingCallPrivate::finishLater(
        call, {hull::errc::bad_argument,
               std::string(metaObject()->className()) + " has no client: put it inside a HullClient or set `client`.",
               {},
               {}});
  return guard;
}

void HullCallable::onFinished(const HullQmlCall* call) {
  const QPointer<HullCallable> guard(this);
  const HullError error = call->error();
  const QJSValue value = call->jsValue();
  --m_running;
  if (m_error != error) {
    m_error = error;
    Q_EMIT errorChanged();
  }
  if (guard && m_running == 0) Q_EMIT runningChanged();
  if (!guard) return;
  if (error)
    Q_EMIT failed(error);
  else
    Q_EMIT succeeded(value);
}
