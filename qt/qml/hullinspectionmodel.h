// Rows of an inspection: fixed roles, a key for each row, and as few signals as the differences need.
#pragma once

#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QAbstractListModel>
#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QVariant>

class HULL_QML_EXPORT HullInspectionModel : public QAbstractListModel {
  Q_OBJECT
  QML_ANONYMOUS
  Q_PROPERTY(int count READ count NOTIFY countChanged)

 public:
  struct Row {
    QString key;          ///< Distinct within the model.
    QVariantList values;  ///< One for each role.
  };

  HullInspectionModel(const QList<QByteArray>& roles, QObject* parent);

  int count() const { return static_cast<int>(m_rows.size()); }
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override { return m_names; }
  /// All roles of a row by name; empty when there is no such row.
  Q_INVOKABLE QVariantMap get(int row) const;

  /// Rows that stay keep their order.
  void setRows(const QList<Row>& rows);

 Q_SIGNALS:
  void countChanged();

 private:
  void removeMissing(const QList<Row>& rows);

  QHash<int, QByteArray> m_names;
  QList<Row> m_rows;
};
