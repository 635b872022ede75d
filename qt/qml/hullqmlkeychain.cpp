// Keychains in QML.
#include "hullqmlkeychain.h"

#include "hulljsbridge_p.h"
#include "hullkeychain_p.h"

#include <QtCore/QPointer>
#include <QtQml/QJSEngine>

namespace {

QJSValue start(HullKeychain* keychain, HullKeychainPrivate::Kind kind, const QString& key,
               const QString& secret = QString()) {
  QJSEngine* const engine = HullJsBridge::engineOf(keychain);
  if (!engine) return {};
  const QJSValue parts = engine->evaluate(QStringLiteral(
      "(() => { const parts = {};"
      " parts.promise = new Promise((resolve, reject) => { parts.resolve = resolve; parts.reject = reject; });"
      " return parts; })()"));
  HullKeychainPrivate::get(keychain)->start(
      kind, key, secret,
      [parts, kind, engine = QPointer<QJSEngine>(engine)](const HullError& error, const QString& found) {
        if (!engine) return;
        if (error)
          parts.property(QStringLiteral("reject")).call({engine->toScriptValue(error)});
        else
          parts.property(QStringLiteral("resolve"))
              .call({kind == HullKeychainPrivate::Kind::Read ? QJSValue(found) : QJSValue()});
      });
  return parts.property(QStringLiteral("promise"));
}

}  // namespace

QJSValue HullQmlKeychain::read(const QString& key) { return start(this, HullKeychainPrivate::Kind::Read, key); }

QJSValue HullQmlKeychain::write(const QString& key, const QString& secret) {
  return start(this, HullKeychainPrivate::Kind::Write, key, secret);
}

QJSValue HullQmlKeychain::remove(const QString& key) { return start(this, HullKeychainPrivate::Kind::Remove, key); }
