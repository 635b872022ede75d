// HullTableModel in QML.
#include "hullqmltablemodel.h"

#include "hullqmlmodels_p.h"
#include "hulltablemodel_p.h"

void HullQmlTableModel::setClient(HullClient* client) {
  m_clientSet = true;
  HullTableModelPrivate::get(this)->live.setComplaint(std::nullopt);
  HullTableModel::setClient(client);
}

void HullQmlTableModel::setJsArgs(const QJSValue& args) {
  m_args = args;
  HullTableModelPrivate::get(this)->live.setArgs(HullQmlModels::toArgs(args));
  Q_EMIT argsChanged();
}

void HullQmlTableModel::componentComplete() {
  auto& live = HullTableModelPrivate::get(this)->live;
  if (HullClient* found = HullQmlModels::start(live, this, m_clientSet, "HullTableModel"))
    HullTableModel::setClient(found);
}
