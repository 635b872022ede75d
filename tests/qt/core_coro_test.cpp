// Calls in coroutines of QCoro: hullcoro.h, and QCoro's own way to wait for futures.
#include "core_fixture.h"

#include "hullcoro.h"

#include <QCoro/QCoroFuture>
#include <QCoro/QCoroTask>

using namespace CoreTest;

namespace {

struct Seen {
  QStringList ids;
  HullError error;
  int steps = 0;
};

QCoro::Task<> sendTwice(HullClient* client, Seen& seen) {
  for (int i = 0; i < 2; ++i) {
    QVariantMap args;  // Not in the expression below: GCC 12 cannot keep a list of initialisers over a co_await.
    args.insert(text("n"), double(i));
    const HullOutcome sent = co_await hullOutcome(client->mutation(text("chat:send"), args));
    if (!sent) seen.error = sent.error;
    seen.ids.append(sent.value.toString());
    ++seen.steps;
  }
  const HullOutcome failed = co_await hullOutcome(client->mutation(text("chat:fail")));
  seen.error = failed.error;
  ++seen.steps;
}

QCoro::Task<> sendOnce(HullClient* client, Seen& seen) {
  const HullOutcome sent = co_await hullOutcome(client->mutation(text("chat:send")));
  seen.error = sent.error;
  ++seen.steps;
}

QCoro::Task<> throughAFuture(HullClient* client, Seen& seen) {
  try {
    seen.ids.append((co_await client->mutation(text("chat:send"))->future()).toString());
    co_await client->mutation(text("chat:fail"))->future();
  } catch (const HullException& e) {
    seen.error = e.error();
  }
  ++seen.steps;
}

}  // namespace

class CoreCoroTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_deployment = makeChat();
    m_client = std::make_unique<HullClient>(urlOf(*m_deployment));
  }
  void cleanup() {
    m_client.reset();
    m_deployment.reset();
  }

  void outcomes();
  void futures();
  void theClientGoes();
  void theCallGoes();
  void aCallThatIsOver();

 private:
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
};

void CoreCoroTest::outcomes() {
  Seen seen;
  const QCoro::Task<> task = sendTwice(m_client.get(), seen);
  QTRY_COMPARE(seen.steps, 3);
  QCOMPARE(seen.ids, (QStringList{text("messages-1"), text("messages-2")}));
  QCOMPARE(seen.error.kind(), HullError::FunctionFailed);
}

void CoreCoroTest::futures() {
  Seen seen;
  const QCoro::Task<> task = throughAFuture(m_client.get(), seen);
  QTRY_COMPARE(seen.steps, 1);
  QCOMPARE(seen.ids, QStringList{text("messages-1")});
  QCOMPARE(seen.error.kind(), HullError::FunctionFailed);
}

void CoreCoroTest::theClientGoes() {
  Seen seen;
  m_deployment->hold("chat:send");
  const QCoro::Task<> task = sendOnce(m_client.get(), seen);
  QTest::qWait(20);
  QCOMPARE(seen.steps, 0);
  m_client.reset();
  QCOMPARE(seen.steps, 1);
  QCOMPARE(seen.error.kind(), HullError::Closed);
  m_deployment->release("chat:send");
}

void CoreCoroTest::theCallGoes() {
  Seen seen;
  m_deployment->hold("chat:send");
  const QCoro::Task<> task = sendOnce(m_client.get(), seen);
  delete m_client->findChild<HullPendingCall*>();
  QCOMPARE(seen.steps, 1);
  QCOMPARE(seen.error.kind(), HullError::Closed);
  m_deployment->release("chat:send");
}

void CoreCoroTest::aCallThatIsOver() {
  HullPendingCall* call = m_client->mutation(text("chat:send"));
  QVERIFY(!errorOf(call));
  QString id;
  const auto wait = [](HullPendingCall* over, QString& result) -> QCoro::Task<> {
    result = (co_await hullOutcome(over)).value.toString();
  };
  const QCoro::Task<> task = wait(call, id);
  QCOMPARE(id, text("messages-1"));  // Without waiting.
}

static const Register<CoreCoroTest> registered;

#include "core_coro_test.moc"
