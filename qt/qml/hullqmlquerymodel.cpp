// HullQueryModel in QML.
#include "hullqmlquerymodel.h"

#include "hullqmlmodels_p.h"
#include "hullquerymodel_p.h"

void HullQmlQueryModel::setClient(HullClient* client) {
  m_clientSet = true;
  HullQueryModelPrivate::get(this)->live.setComplaint(std::nullopt);
  HullQueryModel::setClient(client);
}

void HullQmlQueryModel::setJsArgs(const QJSValue& args) {
  m_args = args;
  HullQueryModelPrivate::get(this)->live.setArgs(HullQmlModels::toArgs(args));
  Q_EMIT argsChanged();
}

void HullQmlQueryModel::componentComplete() {
  auto& live = HullQueryModelPrivate::get(this)->live;
  if (HullClient* found = HullQmlModels::start(live, this, m_clientSet, "HullQueryModel"))
    HullQueryModel::setClient(found);
}
