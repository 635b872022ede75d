// Mutations from QML.
#include "hullmutation.h"

#include "hullclient_p.h"
#include "hulljsbridge_p.h"
#include "hulllogging_p.h"
#include "hullqmllocalstore.h"

#include <QtQml/QQmlEngine>
#include <QtQml/QQmlInfo>

#include <stdexcept>

namespace {

// "Error: no prediction (Chat.qml:12)".
std::string describe(const QJSValue& thrown) {
  std::string text = thrown.toString().toStdString();
  const QString file = thrown.property(QStringLiteral("fileName")).toString();
  if (thrown.isError() && !file.isEmpty())
    text +=
        " (" + file.toStdString() + ":" + thrown.property(QStringLiteral("lineNumber")).toString().toStdString() + ")";
  return text;
}

// The update may run long after the HullMutation is gone, but not after its engine.
hull::optimistic_update makeUpdate(QJSEngine* engine, const QJSValue& function, const hull::value& args) {
  // Anything may be thrown, not errors alone: the wrapper tells that from what the function returns.
  const QJSValue run =
      engine->evaluate(QStringLiteral("((update, store, args) => { try { return {returned: update(store, args)} } "
                                      "catch (e) { return {thrown: e} } })"));
  return [engine = QPointer<QJSEngine>(engine), function, run, args](hull::local_store& store) {
    if (!engine) return;
    HullQmlLocalStore view(*engine, store);
    QJSEngine::setObjectOwnership(&view, QJSEngine::CppOwnership);
    const QJSValue done = run.call({function, engine->newQObject(&view), HullJsBridge::toJs(*engine, args)});
    if (done.hasProperty(QStringLiteral("thrown")))
      throw std::runtime_error("optimisticUpdate: " + describe(done.property(QStringLiteral("thrown"))));
    if (done.property(QStringLiteral("returned")).property(QStringLiteral("then")).isCallable())
      qCWarning(lcHull, "An optimistic update returned a promise. It has to be done when it returns.");
  };
}

}  // namespace

void HullMutation::setMutation(const QString& mutation) {
  if (m_mutation == mutation) return;
  m_mutation = mutation;
  Q_EMIT mutationChanged();
}

void HullMutation::setOptimisticUpdate(const QJSValue& update) {
  if (m_optimisticUpdate.strictlyEquals(update)) return;
  if (m_optimisticUpdate.isCallable()) {
    qmlWarning(this) << "Already specified optimistic update for mutation " << m_mutation;
    return;
  }
  if (!update.isUndefined() && !update.isNull() && !update.isCallable()) {
    qmlWarning(this) << "optimisticUpdate of mutation " << m_mutation << " is no function";
    return;
  }
  m_optimisticUpdate = update;
  Q_EMIT optimisticUpdateChanged();
}

void HullMutation::start(HullClient* client, HullQmlCall* call, const QJSValue& args) {
  auto converted = HullJsBridge::argsFromJs(args);
  hull::optimistic_update update;
  QJSEngine* const engine = HullJsBridge::engineOf(this);
  if (converted && engine && m_optimisticUpdate.isCallable())
    update = makeUpdate(engine, m_optimisticUpdate, *converted);
  HullClientPrivate::get(client)->start(HullClientPrivate::Kind::Mutation, call, m_mutation, std::move(converted),
                                        std::move(update));
}
