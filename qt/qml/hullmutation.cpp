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

// The update may run long after the HullMutation is gone, but not after its engine.
hull::optimistic_update makeUpdate(QJSEngine* engine, const QJSValue& function, const hull::value& args) {
  return [engine = QPointer<QJSEngine>(engine), function, args](hull::local_store& store) {
    if (!engine) return;
    HullQmlLocalStore view(*engine, store);
    QJSEngine::setObjectOwnership(&view, QJSEngine::CppOwnership);
    try {
      const QJSValue done =
          HullJsBridge::call(*engine, function, {engine->newQObject(&view), HullJsBridge::toJs(*engine, args)});
      if (done.property(QStringLiteral("then")).isCallable())
        qCWarning(lcHull, "An optimistic update returned a promise. It has to be done when it returns.");
    } catch (const std::runtime_error& thrown) {
      throw std::runtime_error(std::string("optimisticUpdate: ") + thrown.what());
    }
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
                                        std::move(update), HullClientPrivate::toDeadline(deadline()));
}
