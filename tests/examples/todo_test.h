// The cases of todo_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include <QtCore/QObject>

class TodoTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void draggedRowIsThereAtOnceAndStays();
  void refusedMoveGoesBack();
  void othersMoveRowsWithoutNewDelegates();
  void tickShowsAtOnceInRowAndNumbers();
  void filterShowsItsRows();
};
