// The cases of feed_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include <QtCore/QObject>

class FeedTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void scrollsToTheEnd();
  void newEntryKeepsThePlace();
  void heartShowsAtOnce();
};
