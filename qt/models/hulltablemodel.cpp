// HullTableModel: columns over the rows of its machine.
#include "hulltablemodel_p.h"

#include "hullvaluebridge_p.h"

#include <QtCore/QPointer>

HullTableModel::HullTableModel(Start start, QObject* parent)
    : QAbstractTableModel(parent), d(std::make_unique<HullTableModelPrivate>(this)) {
  if (start == AtOnce) d->live.start();
}

HullTableModel::HullTableModel(QObject* parent) : HullTableModel(AtOnce, parent) {}
HullTableModel::~HullTableModel() = default;

HullClient* HullTableModel::client() const { return d->live.client(); }

void HullTableModel::setClient(HullClient* client) {
  if (this->client() == client) return;
  d->live.setClient(client);
  Q_EMIT clientChanged();
}

QString HullTableModel::query() const { return d->live.path(); }

void HullTableModel::setQuery(const QString& query) {
  if (this->query() == query) return;
  d->live.setPath(query);
  Q_EMIT queryChanged();
}

QVariantMap HullTableModel::args() const { return d->m_args; }

void HullTableModel::setArgs(const QVariantMap& args) {
  d->m_args = args;
  d->live.setArgs(HullValueBridge::fromVariant(args));
}

bool HullTableModel::isActive() const { return d->live.isActive(); }

void HullTableModel::setActive(bool active) {
  if (isActive() == active) return;
  d->live.setActive(active);
  Q_EMIT activeChanged();
}

QStringList HullTableModel::columns() const { return d->m_columns; }

void HullTableModel::setColumns(const QStringList& columns) {
  if (d->m_columns == columns) return;
  beginResetModel();
  d->m_columns = columns;
  d->m_fields.clear();
  for (const QString& column : columns) d->m_fields.push_back(column.toStdString());
  if (!d->core.rows.hasFixedRoles()) d->core.rows.setDeclared(columns);
  endResetModel();
  Q_EMIT columnsChanged();
}

QStringList HullTableModel::headers() const { return d->m_headers; }

void HullTableModel::setHeaders(const QStringList& headers) {
  if (d->m_headers == headers) return;
  d->m_headers = headers;
  if (columnCount() > 0) Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
  Q_EMIT headersChanged();
}

QString HullTableModel::keyField() const { return d->core.rows.keyField(); }

void HullTableModel::setKeyField(const QString& field) {
  if (d->core.setKeyField(field)) Q_EMIT keyFieldChanged();
}

bool HullTableModel::keepsPrevious() const { return d->core.keepPrevious; }

void HullTableModel::setKeepPrevious(bool keep) {
  if (keepsPrevious() == keep) return;
  d->core.keepPrevious = keep;
  Q_EMIT keepPreviousChanged();
}

int HullTableModel::count() const { return d->core.rows.count(); }
HullTableModel::Status HullTableModel::status() const { return static_cast<Status>(d->core.news.status()); }
HullError HullTableModel::error() const { return d->core.news.error(); }

QVariantMap HullTableModel::get(int row) const {
  const HullRow* found = d->core.rows.row(row);
  return found ? HullValueBridge::toVariant(found->value).toMap() : QVariantMap();
}

int HullTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

int HullTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(d->m_fields.size());
}

QVariant HullTableModel::data(const QModelIndex& index, int role) const {
  const HullRow* row = index.isValid() ? d->core.rows.row(index.row()) : nullptr;
  if (!row || index.column() >= columnCount()) return {};
  if (role != Qt::DisplayRole && role != Qt::EditRole) return d->core.rows.roles().data(*row, role);
  const hull::value* cell = HullRoleMap::find(row->value, d->m_fields[static_cast<std::size_t>(index.column())]);
  if (!cell || cell->is_null()) return {};
  const QVariant value = HullValueBridge::toVariant(*cell);
  // Item views know numbers and text, but not the class that carries 64 bits into JavaScript.
  return cell->if_int64() && role == Qt::DisplayRole ? QVariant(value.toLongLong()) : value;
}

QVariant HullTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount())
    return QAbstractTableModel::headerData(section, orientation, role);
  return section < d->m_headers.size() ? d->m_headers.at(section) : d->m_columns.at(section);
}

QHash<int, QByteArray> HullTableModel::roleNames() const {
  QHash<int, QByteArray> names = d->core.rows.roles().names();
  names.insert(Qt::DisplayRole, QByteArrayLiteral("display"));
  names.insert(Qt::EditRole, QByteArrayLiteral("edit"));
  return names;
}

namespace {

// Whether a role of this name shows the field, or an object that holds it.
bool covers(const QByteArray& role, const std::string& path) {
  const auto size = static_cast<std::size_t>(role.size());
  return path.compare(0, size, role.constData(), size) == 0 && (path.size() == size || path[size] == '.');
}

}  // namespace

// Roles of fields say which columns changed.
void HullTableModelPrivate::changed(int first, int last, const QList<int>& roles) {
  const int count = static_cast<int>(m_fields.size());
  if (count == 0) return;
  const auto names = core.rows.roles().names();
  int left = -1;
  int right = -1;
  for (int column = 0; column < count; ++column) {
    const std::string& path = m_fields[static_cast<std::size_t>(column)];
    bool isCovered = false;
    bool isTouched = false;
    for (auto it = names.begin(); it != names.end(); ++it) {
      if (it.key() < HullRoleMap::FirstField || !covers(it.value(), path)) continue;
      isCovered = true;
      isTouched = isTouched || roles.contains(it.key());
    }
    // A field that no role knows may have changed whenever the row did.
    if (!isTouched && (isCovered || !roles.contains(HullRoleMap::ModelData))) continue;
    if (left < 0) left = column;
    right = column;
  }
  // The roles of the row concern all its cells.
  const QPointer<HullTableModel> guard(q);
  Q_EMIT q->dataChanged(q->index(first, 0), q->index(last, count - 1), roles);
  if (guard && left >= 0)
    Q_EMIT q->dataChanged(q->index(first, left), q->index(last, right), {Qt::DisplayRole, Qt::EditRole});
}
