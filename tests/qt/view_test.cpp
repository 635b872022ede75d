// A ListView of 5,000 rows, scrolled to the middle, over a live query. While rows come, go, change and move, the user
// must not notice more than that:
//
//  - every delegate that was on the screen and whose row is still there is the same object (what it holds in properties
//    of its own, like an open editor, survives);
//  - it is at the same place on the screen, to the pixel, unless its own row moved (or one did between it and the row
//  at
//    the top of the screen);
//  - contentY is the same: ListView makes room above by moving its originY.
#include "view_test.h"

#include "hullpaginatedmodel.h"

#include <hull/mock/fake_deployment.hpp>
#include <hull/value/value.hpp>

#include <QtQml/QQmlComponent>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <random>

namespace {

constexpr int many = 5000;
constexpr int rowHeight = 20;

const char* const scene = R"(
import QtQuick
ListView {
  id: view
  width: 300; height: 400
  cacheBuffer: 0
  property var rows
  property string sectionRole
  model: rows
  section.property: sectionRole
  section.delegate: Item { required property string section; objectName: "section"; width: 300; height: 10 }
  delegate: Item {
    required property string _id
    required property double n
    property string note
    objectName: "row"
    width: 300; height: 20
  }
}
)";

}  // namespace

ViewTest::ViewTest() = default;
ViewTest::~ViewTest() = default;

void ViewTest::init() {
  m_deployment = std::make_unique<hull::mock::fake_deployment>();
  m_client = std::make_unique<HullClient>(QUrl(QString::fromStdString(m_deployment->url())));
  m_model = std::make_unique<HullQueryModel>();
  m_model->setClient(m_client.get());
  m_model->setQuery(QStringLiteral("rows:list"));
  m_engine = std::make_unique<QQmlEngine>();
  m_window = std::make_unique<QQuickWindow>();
  m_rows.clear();
  for (int i = 0; i < many; ++i) m_rows.push_back({i, 0});
}

void ViewTest::cleanup() {
  m_view.reset();
  m_window.reset();
  m_engine.reset();
  m_model.reset();
  m_client.reset();
  m_deployment.reset();
}

void ViewTest::publish() {
  hull::array rows;
  for (const Row& row : m_rows)
    rows.push_back(hull::value::make_object(
        {{"_id", "k" + std::to_string(row.key)}, {"n", row.content}, {"group", "g" + std::to_string(row.key / 100)}}));
  // A last row of its own says which publication this is.
  static int serial = 0;
  rows.push_back(hull::value::make_object({{"_id", "serial"}, {"n", ++serial}, {"group", "last"}}));
  m_deployment->query_result("rows:list", hull::value(std::move(rows)));
  QTRY_COMPARE_WITH_TIMEOUT(m_model->get(m_model->count() - 1).value(QStringLiteral("n")).toInt(), serial, 20'000);
  if (m_view) QMetaObject::invokeMethod(m_view.get(), "forceLayout");
}

void ViewTest::openView(QObject* model, const char* section) {
  QQmlComponent component(m_engine.get());
  component.setData(scene, QUrl());
  m_view.reset(qobject_cast<QQuickItem*>(component.create()));
  QVERIFY2(m_view, qPrintable(component.errorString()));
  m_view->setParentItem(m_window->contentItem());
  m_window->resize(300, 400);
  m_window->show();
  m_view->setProperty("sectionRole", QString::fromLatin1(section));
  m_view->setProperty("rows", QVariant::fromValue(model));
  QMetaObject::invokeMethod(m_view.get(), "forceLayout");
}

QList<QQuickItem*> ViewTest::delegates() const {
  QList<QQuickItem*> shown;
  for (QQuickItem* item : m_view->property("contentItem").value<QQuickItem*>()->childItems()) {
    const double y = item->mapToItem(m_view.get(), QPointF()).y();
    if (item->objectName() == QLatin1String("row") && item->isVisible() && y > -rowHeight && y < m_view->height())
      shown.append(item);
  }
  std::sort(shown.begin(), shown.end(), [](QQuickItem* a, QQuickItem* b) { return a->y() < b->y(); });
  return shown;
}

ViewTest::Sight ViewTest::look() const {
  Sight sight;
  for (QQuickItem* item : delegates())
    sight.insert(item->property("_id").toString(), {item, item->mapToItem(m_view.get(), QPointF()).y()});
  return sight;
}

void ViewTest::compareSight(const Sight& before, const QSet<QString>& moved) {
  const Sight now = look();
  QVERIFY(now.size() >= 400 / rowHeight);
  int same = 0;
  for (auto it = before.begin(); it != before.end(); ++it) {
    if (moved.contains(it.key())) continue;
    QVERIFY2(now.contains(it.key()), qPrintable(it.key() + QStringLiteral(" is gone")));
    QCOMPARE(now.value(it.key()).delegate, it->delegate);
    QCOMPARE(now.value(it.key()).y, it->y);
    ++same;
  }
  QVERIFY(same > 0);
}

// What follows starts in the middle.
#define SCROLL_TO_THE_MIDDLE()                            \
  publish();                                              \
  openView(m_model.get());                                \
  m_view->setProperty("contentY", 2500 * rowHeight + 7);  \
  QMetaObject::invokeMethod(m_view.get(), "forceLayout"); \
  const Sight before = look();                            \
  const double place = contentY();                        \
  QVERIFY(before.contains(QStringLiteral("k2505")));      \
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset)

void ViewTest::rowsAboveComeAndGo() {
  SCROLL_TO_THE_MIDDLE();
  for (int round = 0; round < 5; ++round) {
    m_rows.insert(m_rows.begin(), {many + round, 0});
    m_rows.insert(m_rows.begin() + 1000, {many + 100 + round, 0});
    publish();
    compareSight(before);
    QCOMPARE(contentY(), place);
  }
  m_rows.erase(m_rows.begin() + 10, m_rows.begin() + 30);
  publish();
  compareSight(before);
  QCOMPARE(contentY(), place);
  QCOMPARE(resets.count(), 0);
}

void ViewTest::rowsChange() {
  SCROLL_TO_THE_MIDDLE();
  for (Row& row : m_rows)
    if (row.key % 2 == 0) row.content = 5;
  publish();
  compareSight(before);
  QCOMPARE(contentY(), place);
  QCOMPARE(before.value(QStringLiteral("k2504")).delegate->property("n").toInt(), 5);
  QCOMPARE(before.value(QStringLiteral("k2505")).delegate->property("n").toInt(), 0);
  QCOMPARE(resets.count(), 0);
}

void ViewTest::rowsMove() {
  SCROLL_TO_THE_MIDDLE();
  std::swap(m_rows[100], m_rows[2000]);  // Above.
  publish();
  compareSight(before);
  std::swap(m_rows[3000], m_rows[4000]);  // Below.
  publish();
  compareSight(before);
  const Row carried = m_rows[4500];  // From below to above.
  m_rows.erase(m_rows.begin() + 4500);
  m_rows.insert(m_rows.begin() + 20, carried);
  publish();
  compareSight(before);
  QCOMPARE(contentY(), place);
  std::swap(m_rows[2511], m_rows[2512]);  // On the screen (one row further since the last step).
  publish();
  compareSight(before, {QStringLiteral("k2510"), QStringLiteral("k2511")});
  const Sight now = look();
  const QString up = QStringLiteral("k2511");
  const QString down = QStringLiteral("k2510");
  QCOMPARE(now.value(up).y, before.value(down).y);
  QCOMPARE(now.value(down).y, before.value(up).y);
  // ListView tells a move from a removal and an insertion: the delegates go with their rows.
  QCOMPARE(now.value(up).delegate, before.value(up).delegate);
  QCOMPARE(now.value(down).delegate, before.value(down).delegate);
  QCOMPARE(resets.count(), 0);
}

void ViewTest::delegatesKeepTheirState() {
  SCROLL_TO_THE_MIDDLE();
  before.value(QStringLiteral("k2505")).delegate->setProperty("note", QStringLiteral("half written"));
  m_rows.insert(m_rows.begin(), 50, {many, 0});
  for (int i = 0; i < 50; ++i) m_rows[static_cast<std::size_t>(i)].key = many + i;
  m_rows[2555].content = 9;
  publish();
  compareSight(before);
  QQuickItem* const item = look().value(QStringLiteral("k2505")).delegate;
  QCOMPARE(item->property("note").toString(), QStringLiteral("half written"));
  QCOMPARE(item->property("n").toInt(), 9);
  QCOMPARE(contentY(), place);
  QCOMPARE(resets.count(), 0);
}

// Many edits in one update, all over the list, but for the rows on the screen.
void ViewTest::everythingAtOnce() {
  SCROLL_TO_THE_MIDDLE();
  std::mt19937 random(9);
  int next = many;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 40; ++i) {
      const int shift = static_cast<int>(
          std::find_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.key == 2490; }) - m_rows.begin());
      const auto above = m_rows.begin() + static_cast<std::ptrdiff_t>(random() % static_cast<unsigned>(shift));
      const auto other = m_rows.begin() + static_cast<std::ptrdiff_t>(random() % static_cast<unsigned>(shift));
      switch (random() % 4) {
        case 0:
          m_rows.insert(above, {next++, 0});
          break;
        case 1:
          m_rows.erase(above);
          break;
        case 2:
          std::swap(*above, *other);
          break;
        default:
          m_rows[static_cast<std::size_t>(shift) + random() % 100].content++;
          break;
      }
    }
    publish();
    compareSight(before);
    QCOMPARE(contentY(), place);
  }
  QCOMPARE(resets.count(), 0);
}

void ViewTest::sectionsStayRight() {
  publish();
  openView(m_model.get(), "group");
  m_view->setProperty("contentY", 0);
  m_rows.erase(m_rows.begin() + 2, m_rows.begin() + 100);  // Two rows of the first section stay.
  m_rows.insert(m_rows.begin() + 1, {50, 0});
  publish();
  QStringList sections;
  for (QQuickItem* item : m_view->property("contentItem").value<QQuickItem*>()->childItems())
    if (item->objectName() == QLatin1String("section") && item->isVisible())
      sections.append(item->property("section").toString());
  sections.sort();
  QCOMPARE(sections, (QStringList{QStringLiteral("g0"), QStringLiteral("g1")}));
  const QList<QQuickItem*> rows = delegates();
  QCOMPARE(rows.at(0)->y(), 10.0);
  QCOMPARE(rows.at(2)->y(), 10.0 + 2 * rowHeight);
  QCOMPARE(rows.at(3)->y(), 20.0 + 3 * rowHeight);
}

void ViewTest::listViewLoadsAsItIsScrolled() {
  m_deployment->query("messages:page", [](hull::mock::query_context& db, const hull::value& args) {
    return db.paginate("messages", *args.find("paginationOpts"));
  });
  m_deployment->change([](hull::mock::tables& all) {
    for (int i = 0; i < 200; ++i) all.table("messages").insert({{"n", i}});
  });
  HullPaginatedModel model;
  model.setPageSize(30);
  model.setClient(m_client.get());
  model.setQuery(QStringLiteral("messages:page"));
  QTRY_COMPARE(model.count(), 30);
  openView(&model);
  QTest::qWait(100);
  QVERIFY(model.count() <= 60);  // A view that is given a model asks for one page ahead; the end is out of sight.
  for (int scrolls = 0; !model.isExhausted() && scrolls < 20; ++scrolls) {
    const int count = model.count();
    QMetaObject::invokeMethod(m_view.get(), "positionViewAtEnd");
    QTRY_VERIFY(model.count() > count || model.isExhausted());
    QVERIFY(model.count() <= count + 60);  // No more than what comes into sight asks for.
  }
  QCOMPARE(model.count(), 200);
  model.setClient(nullptr);
}

QTEST_MAIN(ViewTest)
