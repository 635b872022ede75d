// The table: an edited cell shows its value at once, a refused one the old value again, and the order of the rows holds
// whatever others change.
#include "table_test.h"

#include "functions.h"
#include "looks.h"
#include "tablewindow.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleOption>
#include <QtWidgets/QTableView>

#include <algorithm>
#include <memory>

namespace {

constexpr int boats = 14;
enum Column { Berth, Name, Owner, Length, Paid, Note };

struct Table {
  Table() {
    addBoatFunctions(deployment);
    window = std::make_unique<TableWindow>(QUrl(QString::fromStdString(deployment.url())));
    window->show();
  }
  bool isReady() const { return window->rows().rowCount() == boats && window->isSettled(); }
  QModelIndex cell(int row, Column column) const { return window->rows().index(row, column); }
  QString textOf(int row, Column column) const { return cell(row, column).data(Qt::EditRole).toString(); }
  QList<double> berths() const {
    QList<double> all;
    for (int row = 0; row < window->rows().rowCount(); ++row)
      all.append(cell(row, Berth).data(Qt::EditRole).toDouble());
    return all;
  }
  // As with a keyboard: opens the editor of the cell, types, and presses Enter.
  void type(const QModelIndex& index, const QString& text) const {
    window->view().setCurrentIndex(index);
    window->view().edit(index);
    auto* editor = window->view().findChild<QLineEdit*>();
    QVERIFY(editor);
    editor->selectAll();
    QTest::keyClicks(editor, text);
    QTest::keyClick(editor, Qt::Key_Return);
  }

  hull::mock::fake_deployment deployment;
  std::unique_ptr<TableWindow> window;
};

}  // namespace

void TableTest::editShowsAtOnceAndIsStored() {
  Table table;
  QTRY_VERIFY(table.isReady());
  QCOMPARE(table.textOf(0, Name), QStringLiteral("Gannet"));
  table.deployment.hold("boats:update");
  table.type(table.cell(0, Name), QStringLiteral("Great Skua"));
  QTRY_COMPARE(table.textOf(0, Name), QStringLiteral("Great Skua"));
  QCOMPARE(table.deployment.documents("boats")[4].find("name")->as_string(), "Gannet");
  QSignalSpy reset(&table.window->rows(), &QAbstractItemModel::modelReset);
  table.deployment.release("boats:update");
  QTRY_COMPARE(table.deployment.documents("boats")[4].find("name")->as_string(), "Great Skua");
  QTRY_VERIFY(table.window->isSettled());
  QCOMPARE(table.textOf(0, Name), QStringLiteral("Great Skua"));
  QCOMPARE(reset.count(), 0);

  // A tick is an edit, too.
  const bool wasPaid = table.cell(0, Paid).data(Qt::EditRole).toBool();
  QVERIFY(table.window->rows().setData(table.cell(0, Paid), wasPaid ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole));
  QCOMPARE(table.cell(0, Paid).data(Qt::EditRole).toBool(), !wasPaid);
  QTRY_COMPARE(table.deployment.documents("boats")[4].find("paid")->as_bool(), !wasPaid);
}

// Titles stand above what they are of; a box that is ticked shows its tick.
void TableTest::looks() {
  Table table;
  QTRY_VERIFY(table.isReady());
  for (const Column column : {Berth, Name, Owner, Length, Paid, Note}) {
    const bool isNumber = column == Berth || column == Length;
    const int side = table.window->rows().headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt();
    QCOMPARE(side, int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    QCOMPARE(table.cell(0, column).data(Qt::TextAlignmentRole).toInt(), side);
  }

  useLooks(QStringLiteral("dark"));
  QStyleOptionViewItem option;
  option.rect = QRect(0, 0, 18, 18);
  const auto paint = [&option](QStyle::State state) {
    QImage image(18, 18, QImage::Format_RGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    option.state = QStyle::State_Enabled | state;
    qApp->style()->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &option, &painter, nullptr);
    return image;
  };
  const auto whites = [](const QImage& image) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) count += qGray(image.pixel(x, y)) > 220;
    return count;
  };
  QVERIFY(whites(paint(QStyle::State_On)) >= 10);
  QCOMPARE(whites(paint(QStyle::State_Off)), 0);
}

void TableTest::refusedEditGoesBack() {
  Table table;
  QTRY_VERIFY(table.isReady());
  const double length = table.cell(0, Length).data(Qt::EditRole).toDouble();
  QSignalSpy refused(&table.window->rows(), &BoatProxy::refused);
  table.deployment.hold("boats:update");
  QVERIFY(table.window->rows().setData(table.cell(0, Length), 400.0, Qt::EditRole));
  QCOMPARE(table.cell(0, Length).data(Qt::EditRole).toDouble(), 400.0);
  table.deployment.release("boats:update");
  QTRY_COMPARE(refused.count(), 1);
  QCOMPARE(table.cell(0, Length).data(Qt::EditRole).toDouble(), length);
  auto* notice = table.window->findChild<QLabel*>(QStringLiteral("notice"));
  QVERIFY(notice->isVisible() && notice->text().contains(QStringLiteral("No boat of this length")));
}

void TableTest::sortingSurvivesLiveChanges() {
  Table table;
  QTRY_VERIFY(table.isReady());
  const auto isSorted = [&] {
    const QList<double> berths = table.berths();
    return std::is_sorted(berths.begin(), berths.end());
  };
  QVERIFY(isSorted());
  // The chosen row stays the chosen boat, wherever it goes.
  table.window->view().setCurrentIndex(table.cell(0, Name));
  QSignalSpy reset(&table.window->rows(), &QAbstractItemModel::modelReset);
  table.deployment.change([](hull::mock::tables& db) {
    db.table("boats").patch("boats-5", {{"berth", 30}});
    db.table("boats").insert(
        {{"name", "Petrel"}, {"owner", "Tony"}, {"berth", 4}, {"length", 5.0}, {"paid", true}, {"note", ""}});
    db.table("boats").remove("boats-1");
  });
  QTRY_COMPARE(table.berths().last(), 30.0);
  QTRY_COMPARE(table.window->rows().rowCount(), boats);
  QVERIFY(isSorted());
  QCOMPARE(table.window->view().currentIndex().siblingAtColumn(Name).data(Qt::EditRole).toString(),
           QStringLiteral("Gannet"));
  QCOMPARE(table.window->view().currentIndex().row(), boats - 1);
  QCOMPARE(reset.count(), 0);
}

void TableTest::searchNarrowsTheRows() {
  Table table;
  QTRY_VERIFY(table.isReady());
  QTest::keyClicks(table.window->findChild<QLineEdit*>(QStringLiteral("search")), QStringLiteral("hopper"));
  QTRY_COMPARE(table.window->rows().rowCount(), 1);
  QCOMPARE(table.textOf(0, Name), QStringLiteral("Kittiwake"));
  table.deployment.change([](hull::mock::tables& db) { db.table("boats").patch("boats-1", {{"owner", "G. Hopper"}}); });
  QTRY_COMPARE(table.window->rows().rowCount(), 2);
}

QTEST_MAIN(TableTest)
