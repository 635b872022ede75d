// Rows of an inspection.
#include "hullinspectionmodel.h"

#include <QtCore/QPointer>
#include <QtCore/QSet>

HullInspectionModel::HullInspectionModel(const QList<QByteArray>& roles, QObject* parent) : QAbstractListModel(parent) {
  for (int i = 0; i < roles.size(); ++i) m_names.insert(Qt::UserRole + i, roles.at(i));
}

int HullInspectionModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QVariant HullInspectionModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  return m_rows.at(index.row()).values.value(role - Qt::UserRole);
}

QVariantMap HullInspectionModel::get(int row) const {
  QVariantMap out;
  if (row < 0 || row >= count()) return out;
  for (auto at = m_names.begin(); at != m_names.end(); ++at)
    out.insert(QString::fromLatin1(at.value()), m_rows.at(row).values.value(at.key() - Qt::UserRole));
  return out;
}

void HullInspectionModel::removeMissing(const QList<Row>& rows) {
  QSet<QString> wanted;
  for (const Row& row : rows) wanted.insert(row.key);
  const QPointer<HullInspectionModel> guard(this);
  for (int last = count() - 1; guard && last >= 0; --last) {
    if (wanted.contains(m_rows.at(last).key)) continue;
    int first = last;
    while (first > 0 && !wanted.contains(m_rows.at(first - 1).key)) --first;
    beginRemoveRows({}, first, last);
    m_rows.remove(first, last - first + 1);
    endRemoveRows();
    last = first;
  }
}

void HullInspectionModel::setRows(const QList<Row>& rows) {
  const QPointer<HullInspectionModel> guard(this);
  const int before = count();
  removeMissing(rows);
  for (int i = 0; guard && i < rows.size(); ++i) {
    const Row& row = rows.at(i);
    if (i >= count() || m_rows.at(i).key != row.key) {
      beginInsertRows({}, i, i);
      m_rows.insert(i, row);
      endInsertRows();
      continue;
    }
    QList<int> changed;
    for (int v = 0; v < row.values.size(); ++v)
      if (m_rows.at(i).values.at(v) != row.values.at(v)) changed.append(Qt::UserRole + v);
    if (changed.isEmpty()) continue;
    m_rows[i].values = row.values;
    Q_EMIT dataChanged(index(i), index(i), changed);
  }
  if (guard && count() > rows.size()) {  // A row took another place.
    beginRemoveRows({}, static_cast<int>(rows.size()), count() - 1);
    m_rows.resize(rows.size());
    endRemoveRows();
  }
  if (guard && count() != before) Q_EMIT countChanged();
}
