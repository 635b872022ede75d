// Calls of a client from JavaScript.
#include "hullqmlclient.h"

#include "hullclient_p.h"
#include "hulljsbridge_p.h"
#include "hullvaluebridge_p.h"

#include <QtQml/QQmlInfo>

#include <chrono>
#include <utility>

namespace {

HullQmlCall* startCall(HullQmlClient* client, HullClientPrivate::Kind kind, const QString& path, const QJSValue& args) {
  auto* call = new HullQmlCall(HullJsBridge::engineOf(client), client);
  HullClientPrivate::get(client)->start(kind, call, path, HullJsBridge::argsFromJs(args));
  return call;
}

}  // namespace

HullQmlCall* HullQmlClient::query(const QString& path, const QJSValue& args) {
  return startCall(this, HullClientPrivate::Kind::Query, path, args);
}

HullQmlCall* HullQmlClient::mutation(const QString& path, const QJSValue& args) {
  return startCall(this, HullClientPrivate::Kind::Mutation, path, args);
}

HullQmlCall* HullQmlClient::action(const QString& path, const QJSValue& args) {
  return startCall(this, HullClientPrivate::Kind::Action, path, args);
}

void HullQmlClient::setRetention(int retention) {
  HullClientOptions changed = options();
  changed.retention = retention;
  setOptions(changed);
}

void HullQmlClient::prewarm(const QString& query, const QJSValue& args, int time) {
  auto converted = HullJsBridge::argsFromJs(args);
  if (!converted) {
    qmlWarning(this) << "prewarm: " << HullValueBridge::toString(converted.error().message);
    return;
  }
  if (hull::client* engine = HullClientPrivate::get(this)->engine())
    engine->prewarm(query.toStdString(), *std::move(converted), std::chrono::milliseconds(time));
}
