// The cases of view_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include "hullclient.h"
#include "hullquerymodel.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QSet>
#include <QtQml/QQmlEngine>
#include <QtQuick/QQuickItem>
#include <QtQuick/QQuickWindow>

#include <memory>
#include <vector>

namespace hull::mock {
class fake_deployment;
}

class ViewTest : public QObject {
  Q_OBJECT

 public:
  ViewTest();
  ~ViewTest() override;

 private Q_SLOTS:
  void init();
  void cleanup();
  void rowsAboveComeAndGo();
  void rowsChange();
  void rowsMove();
  void delegatesKeepTheirState();
  void everythingAtOnce();
  void sectionsStayRight();
  void listViewLoadsAsItIsScrolled();

 private:
  /// What the user sees of one row: which delegate it is, and where it is on the screen.
  struct Seen {
    QQuickItem* delegate;
    double y;
  };
  using Sight = QHash<QString, Seen>;

  void openView(QObject* model, const char* section = "");
  void publish();
  QList<QQuickItem*> delegates() const;
  Sight look() const;
  /// Whoever was seen and is still there is the same delegate at the same place.
  void compareSight(const Sight& before, const QSet<QString>& moved = {});
  double contentY() const { return m_view->property("contentY").toDouble(); }

  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullQueryModel> m_model;
  std::unique_ptr<QQmlEngine> m_engine;
  std::unique_ptr<QQuickWindow> m_window;
  std::unique_ptr<QQuickItem> m_view;
  struct Row {
    int key;
    int content;
  };
  std::vector<Row> m_rows;
};
