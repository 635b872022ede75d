// The cases of whiteboard_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include <QtCore/QObject>

class WhiteboardTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void twentyClientsConverge();
  void ownStrokeShowsAtOnce();
};
