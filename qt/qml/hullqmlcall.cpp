// Pending calls in QML.
#include "hullqmlcall.h"

#include "hulljsbridge_p.h"
#include "hullpendingcall_p.h"

#include <QtQml/QJSEngine>

HullQmlCall::HullQmlCall(QObject* parent) : HullPendingCall(parent) {
  setAutoDelete(false);
  connect(this, &HullPendingCall::finished, this, &HullQmlCall::onFinished);
}

QJSValue HullQmlCall::jsValue() const {
  const auto& outcome = HullPendingCallPrivate::get(this)->outcome;
  QJSEngine* engine = qjsEngine(this);
  return engine && outcome && outcome->has_value() ? HullJsBridge::toJs(*engine, **outcome) : QJSValue();
}

QJSValue HullQmlCall::then(const QJSValue& onValue, const QJSValue& onError) {
  QJSEngine* engine = qjsEngine(this);
  if (!engine) return {};
  if (m_promise.isUndefined()) {
    m_promise = engine->evaluate(QStringLiteral(
        "(() => { const parts = {};"
        " parts.promise = new Promise((resolve, reject) => { parts.resolve = resolve; parts.reject = reject; });"
        " return parts; })()"));
    if (!isRunning()) settle();
  }
  const QJSValue promise = m_promise.property(QStringLiteral("promise"));
  return promise.property(QStringLiteral("then")).callWithInstance(promise, {onValue, onError});
}

void HullQmlCall::settle() {
  QJSEngine* engine = qjsEngine(this);
  if (m_promise.isUndefined() || !engine) return;
  if (const HullError failure = error())
    m_promise.property(QStringLiteral("reject")).call({engine->toScriptValue(failure)});
  else
    m_promise.property(QStringLiteral("resolve")).call({jsValue()});
}

// From here on the garbage collector decides. The new reference makes sure that it knows the object at all.
void HullQmlCall::onFinished() {
  settle();
  setParent(nullptr);
  if (QJSEngine* engine = qjsEngine(this))
    engine->newQObject(this);
  else
    deleteLater();
}
