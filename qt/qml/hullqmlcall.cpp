// Pending calls in QML.
#include "hullqmlcall.h"

#include "hulljsbridge_p.h"
#include "hullpendingcall_p.h"

HullQmlCall::HullQmlCall(QJSEngine* engine, QObject* parent) : HullPendingCall(parent), m_engine(engine) {
  setAutoDelete(false);
  connect(this, &HullPendingCall::finished, this, &HullQmlCall::onFinished);
}

QJSValue HullQmlCall::jsValue() const {
  const auto& outcome = HullPendingCallPrivate::get(this)->outcome;
  return m_engine && outcome && outcome->has_value() ? HullJsBridge::toJs(*m_engine, **outcome) : QJSValue();
}

QJSValue HullQmlCall::promise() {
  if (m_parts.isUndefined()) {
    m_parts = m_engine->evaluate(QStringLiteral(
        "(() => { const parts = {};"
        " parts.promise = new Promise((resolve, reject) => { parts.resolve = resolve; parts.reject = reject; });"
        " return parts; })()"));
    if (!isRunning()) settle();
  }
  return m_parts.property(QStringLiteral("promise"));
}

QJSValue HullQmlCall::chain(const QString& method, const QJSValueList& arguments) {
  if (!m_engine) return {};
  const QJSValue made = promise();
  return made.property(method).callWithInstance(made, arguments);
}

QJSValue HullQmlCall::then(const QJSValue& onValue, const QJSValue& onError) {
  return chain(QStringLiteral("then"), {onValue, onError});
}

// Not by Promise.finally, which the engine of Qt 6.4 does not have.
QJSValue HullQmlCall::finally(const QJSValue& onFinished) {
  if (!m_engine) return {};
  static const QString source = QStringLiteral(
      "((promise, done) => promise.then(value => Promise.resolve(done()).then(() => value),"
      " error => Promise.resolve(done()).then(() => { throw error })))");
  return m_engine->evaluate(source).call({promise(), onFinished});
}

QJSValue HullQmlCall::catcher() {
  if (!m_engine) return {};
  return m_engine->evaluate(QStringLiteral("(promise => onError => promise.then(undefined, onError))"))
      .call({promise()});
}

void HullQmlCall::settle() {
  if (m_parts.isUndefined() || !m_engine) return;
  if (const HullError failure = error())
    m_parts.property(QStringLiteral("reject")).call({m_engine->toScriptValue(failure)});
  else
    m_parts.property(QStringLiteral("resolve")).call({jsValue()});
}

// From here on the garbage collector decides. The new reference makes sure that it knows the object at all.
void HullQmlCall::onFinished() {
  settle();
  setParent(nullptr);
  if (m_engine)
    m_engine->newQObject(this);
  else
    deleteLater();
}
