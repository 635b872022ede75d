// The window: a live table, a field to search it, and how live it is.
#pragma once

#include "boatproxy.h"
#include "hullclient.h"
#include "hulltablemodel.h"

#include <QtCore/QUrl>
#include <QtWidgets/QWidget>

QT_FORWARD_DECLARE_CLASS(QLabel)
QT_FORWARD_DECLARE_CLASS(QLineEdit)
QT_FORWARD_DECLARE_CLASS(QTableView)

class TableWindow : public QWidget {
  Q_OBJECT
  Q_PROPERTY(bool settled READ isSettled)

 public:
  explicit TableWindow(const QUrl& deployment, QWidget* parent = nullptr);

  /// Everything is there and no change is under way.
  bool isSettled() const;

  HullTableModel& boats() { return m_boats; }
  BoatProxy& rows() { return m_rows; }
  QTableView& view() { return *m_view; }

 private:
  void buildBar();
  void buildTable();
  void tellState();
  void tellProblem(const QString& why);

  HullClient m_client;
  HullTableModel m_boats;
  BoatProxy m_rows;
  QWidget* m_bar = nullptr;
  QLabel* m_state = nullptr;
  QLineEdit* m_search = nullptr;
  QTableView* m_view = nullptr;
  QLabel* m_notice = nullptr;
};
