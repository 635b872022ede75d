// HullTableModel: columns, what changes in which of them, and a QTableView on top.
#include "hulltablemodel_p.h"
#include "models_test.h"

#include <hull/value/json.hpp>

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QTableView>

namespace {

hull::value json(const std::string& text) { return hull::read_json(text).value(); }

void show(HullTableModel& model, const hull::value& rows) {
  HullTableModelPrivate::get(&model)->core.rows.show(rows, false);
}

const char* const people = R"([
  {"_id":"a","name":"Ada","age":36,"address":{"town":"London","street":"St James"}},
  {"_id":"b","name":"Bob","age":{"$integer":"AQAAAAAAAAA="},"address":{"town":"Paris"}},
  {"_id":"c","name":null}])";

}  // namespace

void TableModelTest::columnsAndHeaders() {
  HullTableModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  QSignalSpy headers(&model, &QAbstractItemModel::headerDataChanged);
  model.setColumns({QStringLiteral("name"), QStringLiteral("address.town"), QStringLiteral("age")});
  model.setHeaders({QStringLiteral("Name")});
  QCOMPARE(headers.count(), 1);
  show(model, json(people));
  QCOMPARE(model.rowCount(), 3);
  QCOMPARE(model.columnCount(), 3);
  QCOMPARE(model.headerData(0, Qt::Horizontal), QVariant(QStringLiteral("Name")));
  QCOMPARE(model.headerData(1, Qt::Horizontal), QVariant(QStringLiteral("address.town")));
  QCOMPARE(model.headerData(2, Qt::Vertical), QVariant(3));
  QCOMPARE(model.index(0, 1).data(), QVariant(QStringLiteral("London")));
  QCOMPARE(model.index(0, 2).data(), QVariant(36.0));
  QCOMPARE(model.index(1, 2).data(), QVariant(qlonglong{1}));
  QVERIFY(!model.index(2, 0).data().isValid());
  QVERIFY(!model.index(2, 1).data().isValid());
  QCOMPARE(model.index(1, 2).data(model.roleNames().key("name")), QVariant(QStringLiteral("Bob")));
  QCOMPARE(model.get(0).value(QStringLiteral("name")), QVariant(QStringLiteral("Ada")));
  QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.setColumns({QStringLiteral("age")});
  QCOMPARE(resets.count(), 1);
  QCOMPARE(model.columnCount(), 1);
  QVERIFY(!model.index(0, 2).isValid());
}

void TableModelTest::changesNameTheColumns() {
  HullTableModel model;
  model.setColumns(
      {QStringLiteral("name"), QStringLiteral("address.town"), QStringLiteral("age"), QStringLiteral("late")});
  show(model, json(people));
  QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
  const auto columns = [&] {  // Of the cells whose text changed.
    QList<std::pair<int, int>> all;
    for (const auto& change : changes)
      if (change.at(2).value<QList<int>>().contains(Qt::DisplayRole))
        all.append({change.at(0).toModelIndex().column(), change.at(1).toModelIndex().column()});
    changes.clear();
    return all;
  };
  const auto edited = [&](const char* from, const char* to) {
    std::string text = people;
    text.replace(text.find(from), std::string(from).size(), to);
    return json(text);
  };
  show(model, edited("36", "37"));
  QCOMPARE(columns(), (QList<std::pair<int, int>>{{2, 2}}));
  show(model, edited("Ada", "Eve"));
  QCOMPARE(columns(), (QList<std::pair<int, int>>{{0, 2}}));
  show(model, edited("London", "Rome"));
  QCOMPARE(columns(), (QList<std::pair<int, int>>{{0, 1}}));
  show(model, edited("St James", "Strand"));
  QCOMPARE(columns(), (QList<std::pair<int, int>>{{1, 1}}));
  show(model, edited("\"age\":36", "\"age\":36,\"late\":1"));
  QVERIFY(columns().contains({1, 3}));
  show(model, edited("\"age\":36", "\"age\":36,\"other\":1"));
  QCOMPARE(columns(), (QList<std::pair<int, int>>{{3, 3}}));
  QCOMPARE(model.index(0, 3).data(), QVariant());
}

// Rows that come above neither move the current row in the view nor take the selection away.
void TableModelTest::tableViewKeepsItsPlace() {
  HullTableModel model;
  model.setColumns({QStringLiteral("_id"), QStringLiteral("n")});
  hull::array rows;
  const auto row = [](int key, int n) {
    return hull::value::make_object({{"_id", "k" + std::to_string(key)}, {"n", n}});
  };
  for (int i = 0; i < 500; ++i) rows.push_back(row(i, 0));
  show(model, hull::value(rows));
  QTableView view;
  view.setModel(&model);
  view.resize(300, 400);
  view.show();
  view.setCurrentIndex(model.index(250, 1));
  view.scrollTo(model.index(250, 1), QAbstractItemView::PositionAtCenter);
  QCoreApplication::processEvents();
  for (int i = 0; i < 10; ++i) rows.insert(rows.begin(), row(1000 + i, 0));
  rows[260] = row(250, 1);
  std::swap(rows[20], rows[400]);
  show(model, hull::value(rows));
  QCOMPARE(view.currentIndex().row(), 260);
  QCOMPARE(view.currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("k250"));
  QCOMPARE(view.currentIndex().data().toInt(), 1);
  QCOMPARE(view.selectionModel()->selectedIndexes().size(), 1);
  rows.erase(rows.begin() + 260);
  show(model, hull::value(rows));
  QVERIFY(view.currentIndex().row() != 260 || view.currentIndex().siblingAtColumn(0).data() != QStringLiteral("k250"));
}
