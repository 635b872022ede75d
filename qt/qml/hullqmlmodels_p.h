// What the models of QML have in common: JavaScript arguments, and a client that is looked for.
#pragma once

#include "hullattached.h"
#include "hulljsbridge_p.h"

#include <QtQml/QJSValue>

#include <optional>
#include <string>

namespace HullQmlModels {

/// Undefined: nothing, which switches the query off.
inline std::optional<hull::result<hull::value>> toArgs(const QJSValue& args) {
  if (args.isUndefined()) return std::nullopt;
  return HullJsBridge::fromJs(args);
}

/// Starts a model that is complete. Returns the client that was found above it when none was set; null for none.
template <class Live>
HullClient* start(Live& live, const QObject* model, bool isClientSet, const char* type) {
  HullClient* found = nullptr;
  if (!isClientSet) {
    found = HullAttached::nearestClient(model);
    if (!found)
      live.setComplaint(hull::error{hull::errc::bad_argument,
                                    std::string(type) + " has no client: put it inside a HullClient or set `client`.",
                                    {},
                                    {}});
  }
  live.start();
  return found;
}

}  // namespace HullQmlModels
