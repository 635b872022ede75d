// HullQueryModel: its properties, and the rows of its machine.
#include "hullquerymodel_p.h"

#include "hullvaluebridge_p.h"

HullQueryModel::HullQueryModel(Start start, QObject* parent)
    : QAbstractListModel(parent), d(std::make_unique<HullQueryModelPrivate>(this)) {
  if (start == AtOnce) d->live.start();
}

HullQueryModel::HullQueryModel(QObject* parent) : HullQueryModel(AtOnce, parent) {}
HullQueryModel::~HullQueryModel() = default;

HullClient* HullQueryModel::client() const { return d->live.client(); }

void HullQueryModel::setClient(HullClient* client) {
  if (this->client() == client) return;
  d->live.setClient(client);
  Q_EMIT clientChanged();
}

QString HullQueryModel::query() const { return d->live.path(); }

void HullQueryModel::setQuery(const QString& query) {
  if (this->query() == query) return;
  d->live.setPath(query);
  Q_EMIT queryChanged();
}

QVariantMap HullQueryModel::args() const { return d->m_args; }

void HullQueryModel::setArgs(const QVariantMap& args) {
  d->m_args = args;
  d->live.setArgs(HullValueBridge::fromVariant(args));
}

bool HullQueryModel::isActive() const { return d->live.isActive(); }

void HullQueryModel::setActive(bool active) {
  if (isActive() == active) return;
  d->live.setActive(active);
  Q_EMIT activeChanged();
}

QString HullQueryModel::keyField() const { return d->core.rows.keyField(); }

void HullQueryModel::setKeyField(const QString& field) {
  if (d->core.setKeyField(field)) Q_EMIT keyFieldChanged();
}

QStringList HullQueryModel::roles() const { return d->m_declared; }

void HullQueryModel::setRoles(const QStringList& roles) {
  if (d->m_declared == roles || !d->core.setDeclared(roles, "HullQueryModel")) return;
  d->m_declared = roles;
  Q_EMIT rolesChanged();
}

bool HullQueryModel::keepsPrevious() const { return d->core.keepPrevious; }

void HullQueryModel::setKeepPrevious(bool keep) {
  if (keepsPrevious() == keep) return;
  d->core.keepPrevious = keep;
  Q_EMIT keepPreviousChanged();
}

int HullQueryModel::count() const { return d->core.rows.count(); }
HullQueryModel::Status HullQueryModel::status() const { return static_cast<Status>(d->core.news.status()); }
HullError HullQueryModel::error() const { return d->core.news.error(); }

QVariantMap HullQueryModel::get(int row) const {
  const HullRow* found = d->core.rows.row(row);
  return found ? HullValueBridge::toVariant(found->value).toMap() : QVariantMap();
}

int HullQueryModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QVariant HullQueryModel::data(const QModelIndex& index, int role) const {
  const HullRow* row = index.isValid() ? d->core.rows.row(index.row()) : nullptr;
  return row ? d->core.rows.roles().data(*row, role) : QVariant();
}

QHash<int, QByteArray> HullQueryModel::roleNames() const { return d->core.rows.roles().names(); }
