// The whiteboard under load: twenty clients draw at once, and in the end all of them see the same.
#include "whiteboard_test.h"

#include "crowd.h"
#include "examplewindow.h"
#include "functions.h"
#include "hullquerymodel.h"

#include <hull/mock/fake_deployment.hpp>
#include <hull/value/value.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <set>

extern void qml_register_types_Whiteboard();

namespace {

constexpr int clients = 20;
constexpr int drawingMilliseconds = 2000;
constexpr int patience = 60'000;

QVariantList rowsOf(const HullQueryModel& model) {
  QVariantList rows;
  for (int row = 0; row < model.count(); ++row) rows.append(model.get(row));
  return rows;
}

}  // namespace

void WhiteboardTest::initTestCase() { qml_register_types_Whiteboard(); }

void WhiteboardTest::twentyClientsConverge() {
  hull::mock::fake_deployment deployment;
  addWhiteboardFunctions(deployment);
  ExampleTestWindow app(QStringLiteral("Whiteboard"), deployment,
                        {{QStringLiteral("drawers"), clients}, {QStringLiteral("rate"), 30}});
  auto* crowd = app.find<Crowd>("crowd");
  QVERIFY(crowd);
  QCOMPARE(crowd->drawers().size(), std::size_t(clients));
  QSignalSpy refused(crowd, &Crowd::refused);
  QTRY_COMPARE_WITH_TIMEOUT(deployment.documents("pens").size(), std::size_t(clients), patience);
  QTest::qWait(drawingMilliseconds);
  QVERIFY2(crowd->sent() > 0 && crowd->seen() > crowd->sent(), "the counters run, and what one sends many see");
  crowd->rest();

  const auto isAtRest = [&] {
    for (const auto& drawer : crowd->drawers())
      if (drawer->hasUnfinishedCalls()) return false;
    return true;
  };
  QTRY_VERIFY_WITH_TIMEOUT(isAtRest(), patience);
  QCOMPARE(refused.count(), 0);
  const auto strokes = static_cast<int>(deployment.documents("strokes").size());
  QVERIFY2(strokes >= clients, "everybody has lifted the pen at least once");

  const auto* seenPens = app.find<HullQueryModel>("pens");
  const auto* seenStrokes = app.find<HullQueryModel>("strokes");
  // The order of their clients' sockets is nobody's business: each catches up by itself.
  const auto agree = [&] {
    if (seenPens->count() != clients || seenStrokes->count() != strokes) return false;
    for (const auto& drawer : crowd->drawers()) {
      if (rowsOf(drawer->pens()) != rowsOf(*seenPens)) return false;
      if (rowsOf(drawer->strokes()) != rowsOf(*seenStrokes)) return false;
    }
    return true;
  };
  QTRY_VERIFY_WITH_TIMEOUT(agree(), patience);
  // And that is what the deployment has, pens lifted.
  const hull::array stored = deployment.documents("strokes");
  for (int row = 0; row < strokes; ++row)
    QCOMPARE(seenStrokes->get(row).value(QStringLiteral("_id")).toString(),
             QString::fromStdString(stored[static_cast<std::size_t>(row)].find("_id")->as_string()));
  for (int row = 0; row < clients; ++row)
    QCOMPARE(seenPens->get(row).value(QStringLiteral("ink")).toList(), QVariantList());
  QCOMPARE(app.complaints(), QStringList());
}

void WhiteboardTest::ownStrokeShowsAtOnce() {
  hull::mock::fake_deployment deployment;
  addWhiteboardFunctions(deployment);
  ExampleTestWindow app(QStringLiteral("Whiteboard"), deployment);
  const auto* strokes = app.find<HullQueryModel>("strokes");
  const auto* pens = app.find<HullQueryModel>("pens");
  QTRY_COMPARE(strokes->status(), HullQueryModel::Ready);
  QTRY_COMPARE(pens->status(), HullQueryModel::Ready);
  deployment.hold("board:draw");
  const QPoint start(300, 300);
  QTest::mousePress(app.window(), Qt::LeftButton, {}, start);
  for (int i = 1; i < 10; ++i) QTest::mouseMove(app.window(), start + QPoint(8 * i, 5 * i));
  QTRY_COMPARE(pens->count(), 1);
  QVERIFY(!pens->get(0).value(QStringLiteral("ink")).toList().isEmpty());
  QTest::mouseRelease(app.window(), Qt::LeftButton, {}, start + QPoint(80, 50));
  QCOMPARE(strokes->count(), 1);
  QVERIFY(deployment.documents("strokes").empty());
  const QVariant drawn = strokes->get(0).value(QStringLiteral("ink"));

  QSignalSpy removed(strokes, &QAbstractItemModel::rowsRemoved);
  deployment.release("board:draw");
  QTRY_COMPARE(deployment.documents("strokes").size(), std::size_t(1));
  QTRY_VERIFY(strokes->get(0).value(QStringLiteral("_id")).toString().startsWith(QStringLiteral("strokes-")));
  QCOMPARE(strokes->get(0).value(QStringLiteral("ink")), drawn);
  QCOMPARE(removed.count(), 0);
  QCOMPARE(app.complaints(), QStringList());
}

QTEST_MAIN(WhiteboardTest)
