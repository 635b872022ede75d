// HullQueryModel over the mock server: what views are told, for every kind of change.
#include "query_model_test.h"

#include "hullvaluebridge_p.h"

#include <hull/mock/fake_deployment.hpp>
#include <hull/value/json.hpp>

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QPointer>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <random>
#include <stdexcept>

namespace {

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

}  // namespace

QueryModelTest::QueryModelTest() = default;
QueryModelTest::~QueryModelTest() = default;

QString QueryModelTest::body(int row) const { return m_model->get(row).value(text("body")).toString(); }
void QueryModelTest::publish(const char* json) {
  m_deployment->query_result("messages:list", hull::read_json(json).value());
}

void QueryModelTest::serveChat() {
  m_deployment->query("messages:list", [](hull::mock::query_context& db, const hull::value&) {
    return hull::value(db.table("messages").scan());
  });
  m_deployment->mutation("messages:send", [this](hull::mock::mutation_context& db, const hull::value& args) {
    if (m_failing) throw std::runtime_error("no");
    return hull::value(db.table("messages").insert(args.as_object()));
  });
}

int QueryModelTest::role(const char* name) const { return m_model->roleNames().key(name, -1); }

void QueryModelTest::init() {
  m_deployment = std::make_unique<hull::mock::fake_deployment>();
  m_client = std::make_unique<HullClient>(QUrl(QString::fromStdString(m_deployment->url())));
  m_model = std::make_unique<HullQueryModel>();
  m_model->setClient(m_client.get());
  m_model->setQuery(text("messages:list"));
}

void QueryModelTest::cleanup() {
  m_model.reset();
  m_client.reset();
  m_deployment.reset();
}

// Posts with an optimistic row at the end.
HullPendingCall* QueryModelTest::post(const QString& author, const QString& body) {
  const QVariantMap args{{text("author"), author}, {text("body"), body}};
  return m_client->mutation(text("messages:send"), args, [args](HullLocalStore& store) {
    QVariantList rows = store.getQuery(text("messages:list")).toList();
    QVariantMap row = args;
    row.insert(text("_id"), QVariant(text("temporary-") + args.value(text("body")).toString()));
    rows.append(row);
    store.setQuery(text("messages:list"), {}, rows);
  });
}

void QueryModelTest::firstLoadIsTheOnlyReset() {
  QAbstractItemModelTester tester(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
  QSignalSpy inserts(m_model.get(), &QAbstractItemModel::rowsInserted);
  QSignalSpy removes(m_model.get(), &QAbstractItemModel::rowsRemoved);
  QSignalSpy moves(m_model.get(), &QAbstractItemModel::rowsMoved);
  publish(R"([{"_id":"a","body":"one"},{"_id":"b","body":"two"}])");
  QTRY_COMPARE(m_model->status(), HullQueryModel::Ready);
  QCOMPARE(resets.count(), 1);
  QCOMPARE(m_model->count(), 2);

  publish(R"([{"_id":"a","body":"one"},{"_id":"b","body":"two"},{"_id":"c","body":"three"}])");
  QTRY_COMPARE(m_model->count(), 3);
  QCOMPARE(inserts.count(), 1);
  QCOMPARE(inserts.at(0).at(1).toInt(), 2);

  publish(R"([{"_id":"c","body":"three"},{"_id":"a","body":"one"}])");
  QTRY_COMPARE(m_model->count(), 2);
  QCOMPARE(removes.count(), 1);
  QCOMPARE(moves.count(), 1);
  QCOMPARE(body(0), text("three"));

  publish("[]");
  QTRY_COMPARE(m_model->count(), 0);
  publish(R"([{"_id":"z","body":"again"}])");
  QTRY_COMPARE(m_model->count(), 1);
  QCOMPARE(resets.count(), 1);
}

void QueryModelTest::changedFieldsAreNamed() {
  publish(R"([{"_id":"a","body":"one","n":1},{"_id":"b","body":"two","n":1},{"_id":"c","body":"x","n":1}])");
  QTRY_COMPARE(m_model->count(), 3);
  QSignalSpy changes(m_model.get(), &QAbstractItemModel::dataChanged);
  publish(R"([{"_id":"a","body":"one","n":2},{"_id":"b","body":"two","n":2},{"_id":"c","body":"y","n":1}])");
  QTRY_COMPARE(changes.count(), 2);
  QCOMPARE(changes.at(0).at(0).toModelIndex().row(), 0);
  QCOMPARE(changes.at(0).at(1).toModelIndex().row(), 1);
  QCOMPARE(changes.at(0).at(2).value<QList<int>>(), (QList<int>{role("modelData"), role("n")}));
  QCOMPARE(changes.at(1).at(2).value<QList<int>>(), (QList<int>{role("modelData"), role("body")}));
}

void QueryModelTest::rolesAreFixed() {
  m_model->setRoles({text("edited")});
  publish(R"([{"_id":"a","body":"one"}])");
  QTRY_COMPARE(m_model->count(), 1);
  const auto names = m_model->roleNames();
  for (const char* name : {"modelData", "isOptimistic", "edited", "_id", "body"}) QVERIFY2(role(name) >= 0, name);
  QVERIFY(!m_model->data(m_model->index(0), role("edited")).isValid());
  publish(R"([{"_id":"a","body":"one","edited":true,"late":1}])");
  QTRY_COMPARE(m_model->data(m_model->index(0), role("edited")), QVariant(true));
  QCOMPARE(m_model->roleNames(), names);
}

// Thousands of edits: after each the model must hold exactly what the deployment holds, told without a reset, and a
// mirror that follows only the signals must agree.
void QueryModelTest::randomEdits() {
  QAbstractItemModelTester tester(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
  std::mt19937 random(11);
  std::vector<std::pair<int, int>> rows;  // Key and content.
  int nextKey = 0;
  int revision = 0;
  const auto publish = [&] {
    hull::array list;
    for (const auto& [key, content] : rows)
      list.push_back(hull::value::make_object({{"_id", "k" + std::to_string(key)}, {"body", content}}));
    // A row of its own says which revision this is.
    list.push_back(hull::value::make_object({{"_id", "revision"}, {"body", ++revision}}));
    m_deployment->query_result("messages:list", hull::value(std::move(list)));
  };

  QStringList mirror;  // Keys, by signals alone.
  const auto keyAt = [&](int row) { return m_model->index(row).data(role("_id")).toString(); };
  connect(m_model.get(), &QAbstractItemModel::rowsRemoved, this, [&](const QModelIndex&, int first, int last) {
    mirror.erase(mirror.begin() + first, mirror.begin() + last + 1);
  });
  connect(m_model.get(), &QAbstractItemModel::rowsInserted, this, [&](const QModelIndex&, int first, int last) {
    for (int i = first; i <= last; ++i) mirror.insert(i, keyAt(i));
  });
  connect(m_model.get(), &QAbstractItemModel::rowsMoved, this,
          [&](const QModelIndex&, int first, int last, const QModelIndex&, int to) {
            if (to < first)
              std::rotate(mirror.begin() + to, mirror.begin() + first, mirror.begin() + last + 1);
            else
              std::rotate(mirror.begin() + first, mirror.begin() + last + 1, mirror.begin() + to);
          });
  publish();
  QTRY_COMPARE(m_model->count(), 1);
  mirror = {text("revision")};
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);

  QSignalSpy changes(m_model.get(), &QAbstractItemModel::dataChanged);
  for (int round = 0; round < 400; ++round) {
    for (unsigned edit = random() % 16; edit > 0; --edit) {
      const std::size_t at = rows.empty() ? 0 : random() % rows.size();
      switch (rows.empty() ? 0 : random() % 5) {
        case 0:
        case 1:
          rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), {nextKey++, 0});
          break;
        case 2:
          rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at));
          break;
        case 3:
          std::swap(rows[at], rows[random() % rows.size()]);
          break;
        default:
          ++rows[at].second;
          break;
      }
    }
    if (round % 50 == 49) std::shuffle(rows.begin(), rows.end(), random);
    publish();
    while (m_model->get(m_model->count() - 1).value(text("body")).toInt() != revision) QVERIFY(changes.wait(5000));
    QCOMPARE(m_model->count(), static_cast<int>(rows.size()) + 1);
    QCOMPARE(mirror.size(), m_model->count());
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
      const auto& [key, content] = rows[static_cast<std::size_t>(i)];
      QCOMPARE(keyAt(i), text("k") + QString::number(key));
      QCOMPARE(mirror.at(i), keyAt(i));
      QCOMPARE(m_model->get(i).value(text("body")).toInt(), content);
    }
  }
  QCOMPARE(resets.count(), 0);
}

void QueryModelTest::predictedRowBecomesTheStoredRow() {
  serveChat();
  m_deployment->change([](hull::mock::tables& all) {
    all.table("messages").insert({{"author", "Bob"}, {"body", "hi"}});
  });
  QTRY_COMPARE(m_model->count(), 1);
  QAbstractItemModelTester tester(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
  QSignalSpy inserts(m_model.get(), &QAbstractItemModel::rowsInserted);
  QSignalSpy removes(m_model.get(), &QAbstractItemModel::rowsRemoved);
  m_deployment->hold("messages:send");
  QSignalSpy succeeded(post(text("Ada"), text("hello")), &HullPendingCall::succeeded);
  post(text("Ada"), text("again"));

  QCOMPARE(m_model->count(), 3);  // At once, in the call.
  QCOMPARE(m_model->data(m_model->index(1), role("isOptimistic")), QVariant(true));
  QCOMPARE(m_model->data(m_model->index(0), role("isOptimistic")), QVariant(false));
  QTRY_COMPARE(m_client->connectionState().inflightMutations, 2);

  m_deployment->release("messages:send");
  QTRY_COMPARE(m_client->connectionState().inflightMutations, 0);
  QCOMPARE(succeeded.count(), 1);
  QCOMPARE(inserts.count(), 2);
  QCOMPARE(removes.count(), 0);
  QCOMPARE(m_model->count(), 3);
  QCOMPARE(body(1), text("hello"));
  QCOMPARE(m_model->get(1).value(text("_id")).toString(), text("messages-2"));
  QCOMPARE(m_model->data(m_model->index(2), role("isOptimistic")), QVariant(false));
}

void QueryModelTest::failedPredictionLeaves() {
  serveChat();
  QTRY_COMPARE(m_model->status(), HullQueryModel::Ready);
  m_failing = true;
  HullPendingCall* call = post(text("Ada"), text("hello"));
  QFuture<QVariant> future = call->future();
  QSignalSpy failed(call, &HullPendingCall::failed);
  QCOMPARE(m_model->count(), 1);
  QTRY_COMPARE(failed.count(), 1);
  QCOMPARE(failed.at(0).at(0).value<HullError>().kind(), HullError::FunctionFailed);
  QVERIFY(failed.at(0).at(0).value<HullError>().message().contains(text("Uncaught Error: no")));
  QCOMPARE(m_model->count(), 0);
  QVERIFY_EXCEPTION_THROWN(future.waitForFinished(), HullException);

  HullError refused;
  m_client->mutation(text("messages:send"), {{text("when"), QDate(2024, 1, 1)}})
      ->then(
          this, [](const QVariant&) {}, [&](const HullError& error) { refused = error; });
  QTRY_COMPARE(refused.kind(), HullError::BadArgument);
  QCOMPARE(refused.message(), text("arguments of messages:send: when: QDate is no Convex value; store milliseconds "
                                   "since the epoch as a number"));
}

void QueryModelTest::errorsKeepTheRows() {
  publish(R"([{"_id":"a","body":"one"}])");
  QTRY_COMPARE(m_model->count(), 1);
  m_deployment->query_error("messages:list", "broken");
  QTRY_COMPARE(m_model->status(), HullQueryModel::Error);
  QCOMPARE(m_model->error().kind(), HullError::FunctionFailed);
  QCOMPARE(m_model->count(), 1);
  publish(R"([{"_id":"a","body":"healed"}])");
  QTRY_COMPARE(m_model->status(), HullQueryModel::Ready);
  QVERIFY(!m_model->error());
  QCOMPARE(body(0), text("healed"));
}

void QueryModelTest::otherArgumentsAreAnotherQuestion() {
  publish(R"([{"_id":"a","body":"one"}])");
  QTRY_COMPARE(m_model->count(), 1);
  QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
  QSignalSpy removes(m_model.get(), &QAbstractItemModel::rowsRemoved);
  m_model->setArgs({{text("channel"), 1}});
  m_model->setArgs({{text("channel"), 2}});
  QTRY_COMPARE(removes.count(), 1);
  QTRY_COMPARE(m_model->count(), 1);
  m_model->setActive(false);
  QTRY_COMPARE(m_model->status(), HullQueryModel::Null);
  QCOMPARE(m_model->count(), 0);
  QTRY_COMPARE(m_deployment->live_queries(), 0u);
  QCOMPARE(resets.count(), 0);
  const auto asked = m_deployment->calls();
  QCOMPARE(asked.size(), 2u);  // Two changes in one go are one new subscription.
  QCOMPARE(hull::mock::describe(asked.back()), std::string(R"(query messages:list {"channel":2})"));
}

void QueryModelTest::wrongShapeIsAnError() {
  publish(R"({"page":[{"_id":"a","body":"one"}],"isDone":false})");
  QTRY_COMPARE(m_model->count(), 1);
  publish("3");
  QTRY_COMPARE(m_model->status(), HullQueryModel::Error);
  QCOMPARE(m_model->error().kind(), HullError::BadValue);
  QVERIFY(m_model->error().message().startsWith(text("messages:list: ")));
  m_model->setQuery(text("not a path"));
  QTRY_COMPARE(m_model->error().kind(), HullError::BadArgument);
}

void QueryModelTest::survivesReconnect() {
  publish(R"([{"_id":"a","body":"one"}])");
  QTRY_COMPARE(m_model->count(), 1);
  QSignalSpy removes(m_model.get(), &QAbstractItemModel::rowsRemoved);
  m_deployment->set_offline(true);
  QTRY_VERIFY(!m_client->isConnected());
  QCOMPARE(m_model->count(), 1);
  publish(R"([{"_id":"a","body":"one"},{"_id":"b","body":"two"}])");
  m_deployment->set_offline(false);
  QTRY_COMPARE_WITH_TIMEOUT(m_model->count(), 2, 20000);
  QVERIFY(m_client->isConnected());
  QCOMPARE(removes.count(), 0);
}

void QueryModelTest::deletingTheModelInItsSignals() {
  publish(R"([{"_id":"a","body":"one"}])");
  QTRY_COMPARE(m_model->count(), 1);
  connect(m_model.get(), &QAbstractItemModel::rowsRemoved, this, [this] { m_model.reset(); });
  publish(R"([{"_id":"b","body":"x"},{"_id":"c","body":"y"}])");
  QTRY_VERIFY(!m_model);

  auto* second = new HullQueryModel;
  second->setClient(m_client.get());
  second->setQuery(text("messages:list"));
  connect(second, &HullQueryModel::countChanged, this, [second] { delete second; });
  QPointer<HullQueryModel> guard(second);
  QTRY_VERIFY(!guard);
  QTRY_COMPARE(m_deployment->live_queries(), 0u);
}

void QueryModelTest::deletingTheClientInASignal() {
  publish(R"([{"_id":"a","body":"one"}])");
  connect(m_model.get(), &HullQueryModel::countChanged, this, [this] { m_client.reset(); });
  QTRY_VERIFY(!m_client);
  QTRY_COMPARE(m_model->status(), HullQueryModel::Null);
}

void QueryModelTest::unusableUrl() {
  QTest::ignoreMessage(QtWarningMsg, QRegularExpression(text("deployment address")));
  m_client->setUrl(QUrl(text("gopher://example.com")));
  QCOMPARE(m_client->error().kind(), HullError::BadArgument);
  QTRY_COMPARE(m_model->status(), HullQueryModel::Error);
  QSignalSpy failed(m_client->query(text("messages:list")), &HullPendingCall::failed);
  QTRY_COMPARE(failed.count(), 1);

  QSignalSpy closed(m_client->query(text("messages:list")), &HullPendingCall::failed);
  m_client.reset();
  QCOMPARE(closed.count(), 1);
}

QTEST_GUILESS_MAIN(QueryModelTest)
