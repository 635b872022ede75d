// The boats, sorted and editable.
#include "boatproxy.h"

#include "hullclient.h"

#include <QtCore/QRegularExpression>

namespace {

const QString listPath = QStringLiteral("boats:list");
const QString updatePath = QStringLiteral("boats:update");

// The list as it will be: the same boats, one with other fields.
void predict(HullLocalStore& store, const QString& id, const QVariantMap& fields) {
  const QVariant known = store.getQuery(listPath);
  if (!known.isValid()) return;
  QVariantList boats = known.toList();
  for (QVariant& one : boats) {
    QVariantMap boat = one.toMap();
    if (boat.value(QStringLiteral("_id")).toString() != id) continue;
    boat.insert(fields);
    one = boat;
  }
  store.setQuery(listPath, {}, boats);
}

int alignmentOf(const QString& field) {
  const bool isNumber = field == QStringLiteral("berth") || field == QStringLiteral("length");
  return int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

}  // namespace

BoatProxy::BoatProxy(HullTableModel* boats, QObject* parent) : QSortFilterProxyModel(parent), m_boats(boats) {
  setSourceModel(boats);
  setSortRole(Qt::EditRole);
  setSortCaseSensitivity(Qt::CaseInsensitive);
  setFilterCaseSensitivity(Qt::CaseInsensitive);
  setFilterKeyColumn(-1);
  setDynamicSortFilter(true);
}

void BoatProxy::search(const QString& text) {
  setFilterRegularExpression(
      QRegularExpression(QRegularExpression::escape(text.trimmed()), QRegularExpression::CaseInsensitiveOption));
}

QString BoatProxy::fieldOf(int column) const { return m_boats->columns().value(column); }

Qt::ItemFlags BoatProxy::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QSortFilterProxyModel::flags(index);
  if (!index.isValid()) return flags;
  return flags | (fieldOf(index.column()) == QStringLiteral("paid") ? Qt::ItemIsUserCheckable : Qt::ItemIsEditable);
}

QVariant BoatProxy::data(const QModelIndex& index, int role) const {
  const QVariant shown = QSortFilterProxyModel::data(index, Qt::EditRole);
  const bool isYesOrNo = shown.typeId() == QMetaType::Bool;
  switch (role) {
    case Qt::DisplayRole:
      if (isYesOrNo) return shown.toBool() ? tr("paid") : tr("open");
      if (fieldOf(index.column()) == QStringLiteral("length"))
        return QStringLiteral("%1 m").arg(shown.toDouble(), 0, 'f', 1);
      return shown;
    case Qt::CheckStateRole:
      return isYesOrNo ? QVariant(shown.toBool() ? Qt::Checked : Qt::Unchecked) : QVariant();
    case Qt::TextAlignmentRole:
      return alignmentOf(fieldOf(index.column()));
    case Qt::EditRole:
      return shown;
    default:
      return QSortFilterProxyModel::data(index, role);
  }
}

QVariant BoatProxy::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) return alignmentOf(fieldOf(section));
  return QSortFilterProxyModel::headerData(section, orientation, role);
}

bool BoatProxy::setData(const QModelIndex& index, const QVariant& value, int role) {
  const QModelIndex boat = mapToSource(index);
  if (!boat.isValid() || !m_boats->client()) return false;
  QVariant wanted = value;
  if (role == Qt::CheckStateRole)
    wanted = value.toInt() == Qt::Checked;
  else if (role != Qt::EditRole || value == index.data(Qt::EditRole))
    return false;
  const QString id = m_boats->get(boat.row()).value(QStringLiteral("_id")).toString();
  const QVariantMap fields{{fieldOf(index.column()), wanted}};
  m_boats->client()
      ->mutation(updatePath, {{QStringLiteral("id"), id}, {QStringLiteral("fields"), fields}},
                 [id, fields](HullLocalStore& store) { predict(store, id, fields); })
      ->then(
          this, [](const QVariant&) {}, [this](const HullError& error) { Q_EMIT refused(error.message()); });
  return true;
}
