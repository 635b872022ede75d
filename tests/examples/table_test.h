// The cases of table_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include <QtCore/QObject>

class TableTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void editShowsAtOnceAndIsStored();
  void looks();
  void refusedEditGoesBack();
  void sortingSurvivesLiveChanges();
  void searchNarrowsTheRows();
};
