// HullQueryModel in QML.
#include "hullqmlquerymodel.h"

#include "hullattached.h"
#include "hulljsbridge_p.h"
#include "hullquerymodel_p.h"

void HullQmlQueryModel::setClient(HullClient* client) {
  m_clientSet = true;
  HullQueryModelPrivate::get(this)->live.setComplaint(std::nullopt);
  HullQueryModel::setClient(client);
}

void HullQmlQueryModel::setJsArgs(const QJSValue& args) {
  m_args = args;
  auto& live = HullQueryModelPrivate::get(this)->live;
  if (args.isUndefined())
    live.setArgs(std::nullopt);
  else
    live.setArgs(HullJsBridge::fromJs(args));
  Q_EMIT argsChanged();
}

void HullQmlQueryModel::componentComplete() {
  auto& live = HullQueryModelPrivate::get(this)->live;
  if (!m_clientSet) {
    HullClient* found = HullAttached::nearestClient(this);
    HullQueryModel::setClient(found);
    if (!found)
      live.setComplaint(hull::error{hull::errc::bad_argument,
                                    "HullQueryModel has no client: put it inside a HullClient or set `client`.",
                                    {},
                                    {}});
  }
  live.start();
}
