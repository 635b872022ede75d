// The to-do list: a dragged row is in its place at once, stays the same delegate when the deployment confirms, and goes
// back when that refuses.
#include "todo_test.h"

#include "examplewindow.h"
#include "functions.h"
#include "hullquerymodel.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <memory>

namespace {

constexpr int rows = 6;
constexpr double rowHeight = 60;

struct Todo {
  Todo() {
    addTodoFunctions(deployment);
    app = std::make_unique<ExampleTestWindow>(QStringLiteral("Todo"), deployment);
    list = app->find<QQuickItem>("list");
    tasks = app->find<HullQueryModel>("tasks");
  }
  bool isReady() const { return tasks->count() == rows && ExampleTestWindow::delegateAt(list, rows - 1) != nullptr; }
  QString textAt(int row) const { return tasks->get(row).value(QStringLiteral("text")).toString(); }
  bool isSettled() const { return app->window()->property("settled").toBool(); }

  // As with a mouse: press on the grip of one row, move in steps, release over another.
  void drag(int from, int to) {
    QQuickItem* grip = ExampleTestWindow::itemIn(ExampleTestWindow::delegateAt(list, from), "grip");
    const QPoint start = ExampleTestWindow::middleOf(grip);
    QTest::mousePress(app->window(), Qt::LeftButton, {}, start);
    for (int step = 1; step <= 4; ++step)
      QTest::mouseMove(app->window(), start + QPoint(0, (to - from) * int(rowHeight) * step / 4));
    QTest::mouseRelease(app->window(), Qt::LeftButton, {}, start + QPoint(0, (to - from) * int(rowHeight)));
  }

  hull::mock::fake_deployment deployment;
  std::unique_ptr<ExampleTestWindow> app;
  QQuickItem* list = nullptr;
  HullQueryModel* tasks = nullptr;
};

}  // namespace

void TodoTest::draggedRowIsThereAtOnceAndStays() {
  Todo todo;
  QTRY_VERIFY(todo.isReady());
  QQuickItem* const first = ExampleTestWindow::delegateAt(todo.list, 0);
  const QString text = todo.textAt(0);
  todo.deployment.hold("tasks:move");
  QSignalSpy removed(todo.tasks, &QAbstractItemModel::rowsRemoved);
  QSignalSpy inserted(todo.tasks, &QAbstractItemModel::rowsInserted);
  QSignalSpy moved(todo.tasks, &QAbstractItemModel::rowsMoved);
  QSignalSpy reset(todo.tasks, &QAbstractItemModel::modelReset);

  todo.drag(0, 3);
  // Not one turn of the event loop later: the deployment has not even heard of it.
  QCOMPARE(todo.textAt(3), text);
  QCOMPARE(ExampleTestWindow::delegateAt(todo.list, 3), first);
  QCOMPARE(moved.count(), 1);

  todo.deployment.release("tasks:move");
  QTRY_VERIFY(todo.isSettled());
  QCOMPARE(todo.textAt(3), text);
  QCOMPARE(ExampleTestWindow::delegateAt(todo.list, 3), first);
  // Confirmation moved nothing once more.
  QCOMPARE(moved.count(), 1);
  QCOMPARE(removed.count() + inserted.count() + reset.count(), 0);
  QTRY_COMPARE(first->y(), 3 * rowHeight);
  QCOMPARE(todo.deployment.documents("tasks").size(), std::size_t(rows));
  QVERIFY(todo.deployment.documents("tasks").front().find("rank")->as_double() > 4);
  QCOMPARE(todo.app->complaints(), QStringList());
}

void TodoTest::refusedMoveGoesBack() {
  Todo todo;
  QTRY_VERIFY(todo.isReady());
  QQuickItem* const last = ExampleTestWindow::delegateAt(todo.list, rows - 1);
  const QString text = todo.textAt(rows - 1);
  todo.deployment.mutation("tasks:move", [](hull::mock::mutation_context&, const hull::value&) -> hull::value {
    throw hull::mock::convex_error("Nobody moves that.");
  });
  todo.deployment.hold("tasks:move");

  todo.drag(rows - 1, 0);
  QCOMPARE(todo.textAt(0), text);
  QCOMPARE(ExampleTestWindow::delegateAt(todo.list, 0), last);

  todo.deployment.release("tasks:move");
  QTRY_COMPARE(todo.textAt(rows - 1), text);
  QTRY_COMPARE(ExampleTestWindow::delegateAt(todo.list, rows - 1), last);
  QTRY_COMPARE(last->y(), (rows - 1) * rowHeight);
  QTRY_VERIFY(
      todo.app->find<QQuickItem>("notice")->property("text").toString().contains(QStringLiteral("Nobody moves that.")));
  QCOMPARE(todo.app->complaints(), QStringList());
}

void TodoTest::othersMoveRowsWithoutNewDelegates() {
  Todo todo;
  QTRY_VERIFY(todo.isReady());
  QQuickItem* const second = ExampleTestWindow::delegateAt(todo.list, 1);
  // Long enough that a busy machine, too, looks at the row while it is on its way.
  todo.list->setProperty("glideTime", 1500);
  todo.deployment.change([](hull::mock::tables& db) { db.table("tasks").patch("tasks-2", {{"rank", 100.0}}); });
  QTRY_COMPARE(ExampleTestWindow::delegateAt(todo.list, rows - 1), second);
  const double place = (rows - 1) * rowHeight;
  // On its way, not there in one jump.
  QTRY_VERIFY(second->y() > rowHeight && second->y() < place);
  QTRY_COMPARE(second->y(), place);
}

void TodoTest::tickShowsAtOnceInRowAndNumbers() {
  Todo todo;
  QTRY_VERIFY(todo.isReady());
  QTRY_COMPARE(todo.app->window()->property("totals").toMap().value(QStringLiteral("open")).toInt(), 4);
  todo.deployment.hold("tasks:setDone");
  QQuickItem* tick = ExampleTestWindow::itemIn(ExampleTestWindow::delegateAt(todo.list, 0), "tick");
  QTest::mouseClick(todo.app->window(), Qt::LeftButton, {}, ExampleTestWindow::middleOf(tick));
  QVERIFY(tick->property("checked").toBool());
  QCOMPARE(todo.tasks->get(0).value(QStringLiteral("done")).toBool(), true);
  QTRY_COMPARE(todo.app->window()->property("totals").toMap().value(QStringLiteral("open")).toInt(), 3);
  QVERIFY(!todo.deployment.documents("tasks").front().find("done")->as_bool());
  todo.deployment.release("tasks:setDone");
  QTRY_VERIFY(todo.isSettled());
  QVERIFY(tick->property("checked").toBool());
}

void TodoTest::filterShowsItsRows() {
  Todo todo;
  QTRY_VERIFY(todo.isReady());
  todo.app->find<QQuickItem>("filter")->setProperty("current", 2);
  QTRY_COMPARE(todo.tasks->count(), 2);
  todo.app->find<QQuickItem>("filter")->setProperty("current", 1);
  QTRY_COMPARE(todo.tasks->count(), 4);
}

QTEST_MAIN(TodoTest)
