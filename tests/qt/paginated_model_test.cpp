// HullPaginatedModel over a deployment: pages that become one list.
#include "models_test.h"

#include <hull/mock/fake_deployment.hpp>
#include <hull/value/value.hpp>

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <atomic>
#include <stdexcept>

namespace {

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

hull::object message(int number) { return {{"body", "m" + std::to_string(number)}, {"n", number}}; }

std::atomic<bool> refusesCursors = false;
std::atomic<bool> isBroken = false;
std::atomic<int> splitAt = 6144;

hull::value page(hull::mock::query_context& db, const hull::value& args) {
  const hull::value& options = *args.find("paginationOpts");
  (void)db.table("messages").size();  // What fails runs again when the table changes.
  if (isBroken && !options.find("cursor")->is_null()) throw std::runtime_error("broken");
  if (refusesCursors && !options.find("cursor")->is_null())
    throw hull::mock::convex_error(
        hull::value::make_object({{"isConvexSystemError", true}, {"paginationError", "InvalidCursor"}}));
  hull::mock::page_request request;
  request.split_recommended_at = static_cast<std::size_t>(splitAt.load());
  if (const hull::value* newest = args.find("newestFirst")) request.newest_first = *newest == hull::value(true);
  return db.paginate("messages", options, request);
}

}  // namespace

PaginatedModelTest::PaginatedModelTest() = default;
PaginatedModelTest::~PaginatedModelTest() = default;

void PaginatedModelTest::init() {
  refusesCursors = isBroken = false;
  splitAt = 6144;
  m_deployment = std::make_unique<hull::mock::fake_deployment>();
  m_deployment->query("messages:page", page);
  m_deployment->mutation("messages:send", [](hull::mock::mutation_context& db, const hull::value& args) {
    return hull::value(db.table("messages").insert(args.as_object()));
  });
  m_client = std::make_unique<HullClient>(QUrl(QString::fromStdString(m_deployment->url())));
  m_model = std::make_unique<HullPaginatedModel>();
  m_model->setPageSize(10);
  m_model->setClient(m_client.get());
  m_model->setQuery(text("messages:page"));
}

void PaginatedModelTest::cleanup() {
  m_model.reset();
  m_client.reset();
  m_deployment.reset();
}

void PaginatedModelTest::fill(int count) {
  m_deployment->change([&](hull::mock::tables& all) {
    for (int i = 0; i < count; ++i) all.table("messages").insert(message(i));
  });
}

QStringList PaginatedModelTest::bodies() const {
  QStringList all;
  for (int i = 0; i < m_model->count(); ++i) all.append(m_model->get(i).value(text("body")).toString());
  return all;
}

void PaginatedModelTest::loadsPageByPage() {
  fill(35);
  QAbstractItemModelTester tester(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
  QVERIFY(!m_model->canFetchMore({}));
  QTRY_COMPARE(m_model->status(), HullPaginatedModel::Ready);
  QCOMPARE(m_model->count(), 10);
  QVERIFY(m_model->canLoadMore());
  QVERIFY(m_model->canFetchMore({}));
  QSignalSpy inserts(m_model.get(), &QAbstractItemModel::rowsInserted);
  m_model->fetchMore({});
  QVERIFY(m_model->isLoadingMore());
  QVERIFY(!m_model->canFetchMore({}));
  QTRY_COMPARE(m_model->count(), 20);
  QVERIFY(m_model->loadMore(100));
  QTRY_COMPARE(m_model->count(), 35);
  QVERIFY(m_model->isExhausted());
  QVERIFY(!m_model->loadMore());
  QCOMPARE(inserts.count(), 2);
  QCOMPARE(resets.count(), 1);
  QCOMPARE(bodies().first(), text("m0"));
  QCOMPARE(bodies().last(), text("m34"));
  // All pages are live.
  QSignalSpy changes(m_model.get(), &QAbstractItemModel::dataChanged);
  m_deployment->change([](hull::mock::tables& all) {
    all.table("messages").patch("messages-16", {{"body", "edited"}});
  });
  QTRY_COMPARE(changes.count(), 1);
  QCOMPARE(changes.at(0).at(0).toModelIndex().row(), 15);
}

void PaginatedModelTest::loadMoreWaitsItsTurn() {
  fill(35);
  QTRY_COMPARE(m_model->status(), HullPaginatedModel::Loading);
  QVERIFY(m_model->loadMore(5));
  QVERIFY(m_model->loadMore(7));
  QTRY_COMPARE(m_model->count(), 17);
  QVERIFY(m_model->canLoadMore());
}

void PaginatedModelTest::splitsAreInvisible() {
  fill(10);
  QTRY_COMPARE(m_model->count(), 10);
  QSignalSpy removes(m_model.get(), &QAbstractItemModel::rowsRemoved);
  QSignalSpy moves(m_model.get(), &QAbstractItemModel::rowsMoved);
  QSignalSpy changes(m_model.get(), &QAbstractItemModel::dataChanged);
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
  splitAt = 12;
  m_deployment->forget_calls();
  fill(30);  // The first page, being the last, grows with its list.
  QTRY_VERIFY(m_model->count() == 40 || m_model->canLoadMore());
  while (m_model->canLoadMore()) {
    const int before = m_model->count();
    m_model->loadMore(50);
    QTRY_VERIFY(m_model->count() > before);
  }
  QTRY_COMPARE(m_model->count(), 40);
  QTRY_VERIFY(m_deployment->live_queries() >= 2);
  QTest::qWait(100);
  QCOMPARE(m_model->count(), 40);
  QCOMPARE(removes.count() + moves.count() + changes.count() + resets.count(), 0);
}

void PaginatedModelTest::refusedCursorsAreInvisible() {
  fill(60);
  QTRY_COMPARE(m_model->count(), 10);
  m_model->loadMore(20);
  QTRY_COMPARE(m_model->count(), 30);
  const QStringList before = bodies();
  QSignalSpy removes(m_model.get(), &QAbstractItemModel::rowsRemoved);
  QSignalSpy inserts(m_model.get(), &QAbstractItemModel::rowsInserted);
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
  QSignalSpy loading(m_model.get(), &HullPaginatedModel::loadingMoreChanged);
  m_deployment->forget_calls();
  refusesCursors = true;
  m_deployment->change([](hull::mock::tables& all) { all.table("messages").patch("messages-12", {{"n", -1}}); });
  QTRY_VERIFY(!m_deployment->calls().empty());
  refusesCursors = false;
  QTRY_COMPARE(m_model->get(11).value(text("n")).toInt(), -1);
  QTRY_VERIFY(m_model->canLoadMore());
  QCOMPARE(m_model->count(), 30);
  QCOMPARE(bodies(), before);
  QCOMPARE(removes.count() + inserts.count() + resets.count(), 0);
}

void PaginatedModelTest::resetStartsOver() {
  fill(60);
  QTRY_COMPARE(m_model->count(), 10);
  m_model->loadMore(20);
  QTRY_COMPARE(m_model->count(), 30);
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
  m_model->reset();
  QCOMPARE(m_model->count(), 30);
  QVERIFY(m_model->isLoading());
  QTRY_COMPARE(m_model->count(), 10);
  QCOMPARE(m_model->status(), HullPaginatedModel::Ready);
  QCOMPARE(resets.count(), 0);
}

void PaginatedModelTest::errorsKeepTheRows() {
  fill(60);
  QTRY_COMPARE(m_model->count(), 10);
  isBroken = true;
  m_model->loadMore();
  QTRY_COMPARE(m_model->status(), HullPaginatedModel::Error);
  QCOMPARE(m_model->error().kind(), HullError::FunctionFailed);
  QCOMPARE(m_model->count(), 10);
  QVERIFY(!m_model->canFetchMore({}));
  isBroken = false;
  fill(1);
  QTRY_COMPARE(m_model->status(), HullPaginatedModel::Ready);
  QTRY_COMPARE(m_model->count(), 20);
  m_model->setArgs({{text("paginationOpts"), 1}});
  QTRY_COMPARE(m_model->error().kind(), HullError::BadArgument);
}

void PaginatedModelTest::otherArguments() {
  fill(30);
  QTRY_COMPARE(m_model->count(), 10);
  QSignalSpy removes(m_model.get(), &QAbstractItemModel::rowsRemoved);
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
  m_model->setArgs({{text("newestFirst"), true}});
  QTRY_COMPARE(removes.count(), 1);
  QTRY_COMPARE(m_model->count(), 10);
  QCOMPARE(bodies().first(), text("m29"));
  m_model->setKeepPrevious(true);
  m_model->setArgs({{text("newestFirst"), false}});
  QTRY_VERIFY(m_model->isLoading());
  QCOMPARE(bodies().first(), text("m29"));
  QTRY_COMPARE(bodies().first(), text("m0"));
  QCOMPARE(m_model->count(), 10);
  QCOMPARE(resets.count(), 0);
  m_model->setActive(false);
  QTRY_COMPARE(m_model->count(), 0);
  QCOMPARE(m_model->status(), HullPaginatedModel::Null);
  QTRY_COMPARE(m_deployment->live_queries(), 0u);
}

void PaginatedModelTest::anotherClient() {
  fill(30);
  QTRY_COMPARE(m_model->count(), 10);
  hull::mock::fake_deployment other;
  other.query("messages:page", page);
  other.change([](hull::mock::tables& all) { all.table("messages").insert(message(77)); });
  HullClient client(QUrl(QString::fromStdString(other.url())));
  m_model->setClient(&client);
  QTRY_COMPARE(bodies(), QStringList{text("m77")});
  QTRY_COMPARE(m_deployment->live_queries(), 0u);
  client.setUrl(QUrl(QString::fromStdString(m_deployment->url())));
  QTRY_COMPARE(m_model->count(), 10);
  m_model->setClient(nullptr);
  QTRY_COMPARE(m_model->status(), HullPaginatedModel::Null);
}

void PaginatedModelTest::predictedRowOnTop() {
  fill(30);
  m_model->setArgs({{text("newestFirst"), true}});
  QTRY_COMPARE(m_model->count(), 10);
  QSignalSpy inserts(m_model.get(), &QAbstractItemModel::rowsInserted);
  m_deployment->hold("messages:send");
  const QVariantMap args{{text("body"), text("hello")}};
  m_client->mutation(text("messages:send"), args, [args](HullLocalStore& store) {
    QVariantMap row = args;
    row.insert(text("_id"), text("temporary"));
    store.insertAtTop(text("messages:page"), row);
  });
  QCOMPARE(m_model->count(), 11);  // At once, in the call.
  QCOMPARE(bodies().first(), text("hello"));
  const int mark = m_model->roleNames().key("isOptimistic");
  QCOMPARE(m_model->index(0).data(mark), QVariant(true));
  QCOMPARE(m_model->index(1).data(mark), QVariant(false));
  m_deployment->release("messages:send");
  QTRY_COMPARE(m_model->index(0).data(mark), QVariant(false));
  QCOMPARE(bodies().first(), text("hello"));
  QVERIFY(m_model->get(0).value(text("_id")).toString() != text("temporary"));
  QCOMPARE(inserts.count(), 1);
}
