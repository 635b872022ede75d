// Lists too long to be worked out on the model's thread: what is shown when, and what may happen meanwhile.
#include "hullquerymodel_p.h"
#include "models_test.h"

#include <QtCore/QEventLoop>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <random>

namespace {

constexpr int many = 5 * HullRowsMachine::smallChange;

hull::value makeRow(int key, int content = 0) {
  return hull::value::make_object({{"_id", "k" + std::to_string(key)}, {"body", content}});
}

hull::array makeRows(int count, int content = 0) {
  hull::array rows;
  for (int i = 0; i < count; ++i) rows.push_back(makeRow(i, content));
  return rows;
}

HullRowsMachine& machineOf(HullQueryModel& model) { return HullQueryModelPrivate::get(&model)->core.rows; }

int bodyAt(const HullQueryModel& model, int row) { return model.get(row).value(QStringLiteral("body")).toInt(); }

void load(HullQueryModel& model, const hull::array& rows) {
  machineOf(model).show(hull::value(rows), false);
  QTRY_COMPARE(model.count(), static_cast<int>(rows.size()));
}

}  // namespace

void LongListsTest::firstLoadIsWorkedOutElsewhere() {
  HullQueryModel model;
  QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  QSignalSpy counts(&model, &HullQueryModel::countChanged);
  machineOf(model).show(hull::value(makeRows(many)), false);
  QCOMPARE(model.count(), 0);
  QTRY_COMPARE(model.count(), many);
  QCOMPARE(resets.count(), 1);
  QCOMPARE(counts.count(), 1);
  QCOMPARE(model.roleNames().size(), 4);
}

void LongListsTest::smallChangesAreShownAtOnce() {
  HullQueryModel model;
  hull::array rows = makeRows(many);
  load(model, rows);
  QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
  QSignalSpy moves(&model, &QAbstractItemModel::rowsMoved);
  rows[7] = makeRow(7, 1);
  rows[many - 7] = makeRow(many - 7, 1);
  std::swap(rows[10], rows[many - 10]);
  machineOf(model).show(hull::value(rows), false);
  QCOMPARE(bodyAt(model, 7), 1);
  QCOMPARE(changes.count(), 2);
  QCOMPARE(moves.count(), 2);
  rows.erase(rows.begin() + 100, rows.begin() + 3000);  // What goes need not be looked into.
  machineOf(model).show(hull::value(rows), false);
  QCOMPARE(model.count(), many - 2900);
}

void LongListsTest::optimisticRowsAreShownAtOnce() {
  HullQueryModel model;
  hull::array rows = makeRows(many);
  load(model, rows);
  // Under way on the other thread, when the prediction comes.
  const hull::array changed = makeRows(many, 1);
  machineOf(model).show(hull::value(changed), false);
  QCOMPARE(bodyAt(model, 0), 0);
  rows.insert(rows.begin() + 50, hull::value::make_object({{"_id", "new"}, {"body", 9}}));
  machineOf(model).show(hull::value(rows), true);
  QCOMPARE(model.count(), many + 1);
  QCOMPARE(bodyAt(model, 50), 9);
  QCOMPARE(model.index(50).data(model.roleNames().key("isOptimistic")), QVariant(true));
  // Also when nothing of the old result is shared any more, as after a detour through JavaScript.
  hull::array copies = makeRows(many, 2);
  copies.push_back(hull::value::make_object({{"_id", "newer"}, {"body", 9}}));
  machineOf(model).show(hull::value(copies), true);
  QCOMPARE(model.count(), many + 1);
  QCOMPARE(bodyAt(model, many), 9);
  QTest::qWait(50);  // What the other thread worked out meanwhile is dropped.
  QCOMPARE(model.count(), many + 1);
  QCOMPARE(bodyAt(model, 0), 2);
}

void LongListsTest::theNewestResultWins() {
  HullQueryModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  load(model, makeRows(many));
  QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  for (int i = 1; i <= 20; ++i) {
    machineOf(model).show(hull::value(makeRows(many + i, i)), false);
    if (i % 7 == 0) QTest::qWait(1);
  }
  QTRY_COMPARE(bodyAt(model, 0), 20);
  QCOMPARE(model.count(), many + 20);
  machineOf(model).show(hull::value(makeRows(many, 21)), false);
  machineOf(model).clear();
  QCOMPARE(model.count(), 0);
  QTest::qWait(50);
  QCOMPARE(model.count(), 0);
  QCOMPARE(resets.count(), 0);
}

void LongListsTest::longSeriesAreShownInTurns() {
  HullQueryModel model;
  connect(&model, &QAbstractItemModel::rowsMoved, this, [] { QTest::qSleep(1); });  // A view that takes its time.
  hull::array rows = makeRows(900);
  load(model, rows);
  std::mt19937 random(3);
  QSignalSpy counts(&model, &HullQueryModel::countChanged);
  std::shuffle(rows.begin(), rows.end(), random);
  rows.pop_back();
  machineOf(model).show(hull::value(rows), false);
  QCOMPARE(counts.count(), 0);  // It is not done yet.
  // A prediction does not wait.
  rows.insert(rows.begin(), hull::value::make_object({{"_id", "new"}, {"body", 9}}));
  machineOf(model).show(hull::value(rows), true);
  QCOMPARE(model.count(), 900);
  QCOMPARE(counts.count(), 0);  // As many as before.
  for (int i = 0; i < 900; ++i)
    QCOMPARE(model.get(i).value(QStringLiteral("_id")).toString().toStdString(),
             rows[static_cast<std::size_t>(i)].find("_id")->as_string());
  std::shuffle(rows.begin(), rows.end(), random);
  rows.resize(800);
  machineOf(model).show(hull::value(rows), false);
  QTRY_COMPARE(counts.count(), 1);
  QCOMPARE(model.count(), 800);
  for (int i = 0; i < 800; ++i)
    QCOMPARE(model.get(i).value(QStringLiteral("_id")).toString().toStdString(),
             rows[static_cast<std::size_t>(i)].find("_id")->as_string());
}

void LongListsTest::anotherKeyFieldWhileUnderWay() {
  HullQueryModel model;
  load(model, makeRows(many));
  QSignalSpy removes(&model, &QAbstractItemModel::rowsRemoved);
  machineOf(model).show(hull::value(makeRows(many, 1)), false);
  model.setKeyField(QStringLiteral("body"));
  hull::array rows = makeRows(3);
  machineOf(model).show(hull::value(rows), false);
  QTRY_COMPARE(model.count(), 3);
  QCOMPARE(removes.count(), 1);
}

void LongListsTest::deletedWhileUnderWay() {
  for (int i = 0; i < 30; ++i) {
    auto model = std::make_unique<HullQueryModel>();
    machineOf(*model).show(hull::value(makeRows(many)), false);
    if (i % 3 == 0) QTRY_COMPARE(model->count(), many);
    if (i % 2 == 0) machineOf(*model).show(hull::value(makeRows(many, i + 1)), false);
    if (i % 5 == 0) QTest::qWait(2);
  }
  // In its own signals.
  auto* model = new HullQueryModel;
  QPointer<HullQueryModel> guard(model);
  connect(model, &QAbstractItemModel::modelReset, model, [model] { delete model; });
  machineOf(*model).show(hull::value(makeRows(many)), false);
  QTRY_VERIFY(!guard);
}

void LongListsTest::slotsMayRunAnEventLoop() {
  HullQueryModel model;
  load(model, makeRows(many));
  bool isNested = false;
  connect(&model, &QAbstractItemModel::dataChanged, this, [&] {
    if (std::exchange(isNested, true)) return;
    machineOf(model).show(hull::value(makeRows(many, 2)), false);
    QEventLoop loop;
    QTimer::singleShot(100, &loop, &QEventLoop::quit);
    loop.exec();
    QCOMPARE(bodyAt(model, 0), 1);  // The next result waits until this one is told.
  });
  machineOf(model).show(hull::value(makeRows(many, 1)), false);
  QTRY_COMPARE(bodyAt(model, 0), 2);
  QVERIFY(isNested);
}
