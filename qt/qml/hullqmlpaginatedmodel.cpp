// HullPaginatedModel in QML.
#include "hullqmlpaginatedmodel.h"

#include "hullpaginatedmodel_p.h"
#include "hullqmlmodels_p.h"

void HullQmlPaginatedModel::setClient(HullClient* client) {
  m_clientSet = true;
  HullPaginatedModelPrivate::get(this)->live.setComplaint(std::nullopt);
  HullPaginatedModel::setClient(client);
}

void HullQmlPaginatedModel::setJsArgs(const QJSValue& args) {
  m_args = args;
  HullPaginatedModelPrivate::get(this)->live.setArgs(HullQmlModels::toArgs(args));
  Q_EMIT argsChanged();
}

void HullQmlPaginatedModel::componentComplete() {
  auto& live = HullPaginatedModelPrivate::get(this)->live;
  if (HullClient* found = HullQmlModels::start(live, this, m_clientSet, "HullPaginatedModel"))
    HullPaginatedModel::setClient(found);
}
