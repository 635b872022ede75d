// Mutations from QML.
#include "hullmutation.h"

#include "hullattached.h"
#include "hullclient_p.h"
#include "hulljsbridge_p.h"
#include "hullpendingcall_p.h"
#include "hullqmllocalstore.h"

#include <QtQml/QQmlEngine>

#include <stdexcept>

namespace {

// The update may run long after the HullMutation is gone, but not after its engine.
hull::optimistic_update makeUpdate(QJSEngine* engine, const QJSValue& function, const hull::value& args) {
  return [engine = QPointer<QJSEngine>(engine), function, args](hull::local_store& store) {
    if (!engine) return;
    HullQmlLocalStore view(*engine, store);
    QJSEngine::setObjectOwnership(&view, QJSEngine::CppOwnership);
    const QJSValue done = function.call({engine->newQObject(&view), HullJsBridge::toJs(*engine, args)});
    if (done.isError()) throw std::runtime_error("optimisticUpdate: " + done.toString().toStdString());
  };
}

}  // namespace

HullClient* HullMutation::client() const { return m_client ? m_client.data() : HullAttached::nearestClient(this); }

void HullMutation::setClient(HullClient* client) {
  if (m_client == client) return;
  m_client = client;
  Q_EMIT clientChanged();
}

void HullMutation::setMutation(const QString& mutation) {
  if (m_mutation == mutation) return;
  m_mutation = mutation;
  Q_EMIT mutationChanged();
}

void HullMutation::setOptimisticUpdate(const QJSValue& update) {
  if (m_optimisticUpdate.strictlyEquals(update)) return;
  m_optimisticUpdate = update;
  Q_EMIT optimisticUpdateChanged();
}

HullQmlCall* HullMutation::call(const QJSValue& args) {
  auto* call = new HullQmlCall(this);
  QQmlEngine::setContextForObject(call, qmlContext(this));
  connect(call, &HullPendingCall::finished, this, [this, call] { onFinished(call); });
  if (m_running++ == 0) Q_EMIT runningChanged();

  HullClient* const target = client();
  if (!target) {
    HullPendingCallPrivate::finishLater(
        call,
        {hull::errc::bad_argument, "HullMutation has no client: put it inside a HullClient or set `client`.", {}, {}});
    return call;
  }
  auto converted = HullJsBridge::argsFromJs(args);
  hull::optimistic_update update;
  if (converted && m_optimisticUpdate.isCallable())
    update = makeUpdate(qjsEngine(this), m_optimisticUpdate, *converted);
  HullClientPrivate::get(target)->start(HullClientPrivate::Kind::Mutation, call, m_mutation, std::move(converted),
                                        std::move(update));
  return call;
}

void HullMutation::onFinished(HullQmlCall* call) {
  const QPointer<HullMutation> guard(this);
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
