// Calls of a client from JavaScript.
#include "hullqmlclient.h"

#include "hullclient_p.h"
#include "hulljsbridge_p.h"

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
