// Sorts and filters the boats, and makes their cells editable: an edit is a mutation that shows at once.
#pragma once

#include "hulltablemodel.h"

#include <QtCore/QSortFilterProxyModel>
#include <QtCore/QString>

class BoatProxy : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit BoatProxy(HullTableModel* boats, QObject* parent = nullptr);

  /// Shows rows in which some cell contains this text.
  void search(const QString& text);

  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  /// Titles stand where their cells do: those of numbers on the right.
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  /// Calls boats:update. The cell shows the new value before this function returns, and the old one again when the
  /// deployment refuses it.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  void refused(const QString& why);

 private:
  QString fieldOf(int column) const;

  HullTableModel* const m_boats;
};
