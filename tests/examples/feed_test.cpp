// The log: pages come when one scrolls and not before, and however far one has scrolled, few delegates live.
#include "feed_test.h"

#include "examplewindow.h"
#include "functions.h"
#include "hullpaginatedmodel.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <memory>

namespace {

constexpr int pageSize = 50;
constexpr int mostDelegates = 60;
constexpr int patience = 120'000;

struct Feed {
  Feed() {
    addFeedFunctions(deployment);
    app = std::make_unique<ExampleTestWindow>(QStringLiteral("Feed"), deployment);
    list = app->find<QQuickItem>("list");
    entries = app->find<HullPaginatedModel>("entries");
  }
  bool isSettled() const { return app->window()->property("settled").toBool(); }
  // Pages that the client asked for, ever.
  int pages() const {
    const auto calls = deployment.calls();
    return static_cast<int>(
        std::count_if(calls.begin(), calls.end(), [](const auto& call) { return call.path == "feed:page"; }));
  }

  hull::mock::fake_deployment deployment;
  std::unique_ptr<ExampleTestWindow> app;
  QQuickItem* list = nullptr;
  HullPaginatedModel* entries = nullptr;
};

}  // namespace

void FeedTest::scrollsToTheEnd() {
  Feed feed;
  QTRY_VERIFY(feed.entries->count() >= pageSize && feed.isSettled());
  QTest::qWait(300);
  // Some pages ahead of the reader, not the log.
  QVERIFY2(feed.pages() <= 3, qPrintable(QString::number(feed.pages())));
  QVERIFY(feed.entries->count() <= 3 * pageSize);

  int most = 0;
  int reached = 0;
  QElapsedTimer clock;
  clock.start();
  while (!feed.entries->property("exhausted").toBool() && clock.elapsed() < patience) {
    QVERIFY(QMetaObject::invokeMethod(feed.list, "positionViewAtEnd"));
    const int before = feed.entries->count();
    QTRY_VERIFY_WITH_TIMEOUT(feed.entries->count() > before || feed.entries->property("exhausted").toBool(), 10'000);
    most = std::max(most, ExampleTestWindow::delegatesOf(feed.list));
    QVERIFY2(feed.entries->count() - reached <= 3 * pageSize, "pages come one after the other, as they are needed");
    reached = feed.entries->count();
  }
  QCOMPARE(feed.entries->count(), feedEntries);
  QVERIFY(QMetaObject::invokeMethod(feed.list, "positionViewAtEnd"));
  QTRY_VERIFY(ExampleTestWindow::delegateAt(feed.list, feedEntries - 1) != nullptr);
  QVERIFY2(most > 0 && most <= mostDelegates, qPrintable(QString::number(most)));
  QCOMPARE(feed.app->complaints(), QStringList());
}

void FeedTest::newEntryKeepsThePlace() {
  Feed feed;
  QTRY_VERIFY(feed.entries->count() >= pageSize && feed.isSettled());
  feed.list->setProperty("contentY", 1500);
  QTRY_VERIFY(feed.isSettled());
  QSignalSpy reset(feed.entries, &QAbstractItemModel::modelReset);
  const int before = feed.entries->count();
  feed.deployment.change([](hull::mock::tables& db) {
    db.table("entries").insert({{"author", "Ken"}, {"text", "Fog."}, {"at", 1e12}, {"likes", 0}});
  });
  QTRY_COMPARE(feed.entries->count(), before + 1);
  QCOMPARE(feed.entries->get(0).value(QStringLiteral("text")).toString(), QStringLiteral("Fog."));
  QCOMPARE(reset.count(), 0);
}

void FeedTest::heartShowsAtOnce() {
  Feed feed;
  QTRY_VERIFY(feed.entries->count() >= pageSize && feed.isSettled());
  QTRY_VERIFY(ExampleTestWindow::delegateAt(feed.list, 1) != nullptr);
  feed.deployment.hold("feed:like");
  const double likes = feed.entries->get(1).value(QStringLiteral("likes")).toDouble();
  QQuickItem* heart = ExampleTestWindow::itemIn(ExampleTestWindow::delegateAt(feed.list, 1), "heart");
  QTest::mouseClick(feed.app->window(), Qt::LeftButton, {}, ExampleTestWindow::middleOf(heart));
  QTRY_COMPARE(feed.entries->get(1).value(QStringLiteral("likes")).toDouble(), likes + 1);
  QCOMPARE(heart->property("likes").toInt(), static_cast<int>(likes) + 1);
  feed.deployment.release("feed:like");
  QTRY_VERIFY(feed.deployment.documents("entries")[feedEntries - 2].find("likes")->as_double() == likes + 1);
  QCOMPARE(feed.entries->get(1).value(QStringLiteral("likes")).toDouble(), likes + 1);
}

QTEST_MAIN(FeedTest)
