// Calls of a HullClient: outcomes, cancellation before and after sending, deadlines, futures, and the client's end.
#include "core_fixture.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFutureWatcher>

using namespace CoreTest;
using namespace std::chrono_literals;

class CoreCallTest : public QObject {
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
  void wrongValuesAreNamedByTheirPlace();
  void cancelBeforeItIsSent();
  void cancelAfterItWasSent();
  void cancelWhileHeld();
  void cancelOfAQueryAndOfWhatIsOver();
  void cancelOfTheFuture();
  void deadlinePasses();
  void deadlineThatIsNotReached();
  void unacknowledgedMutations();
  void ageOfTheOldestRequest();
  void prewarmedQueryIsThere();
  void prewarmOfABadValueIsLogged();
  void reconnectNow();
  void manyCallsAtOnce();
  void futureOfATypedContext();
  void destroyedInsideOfEachSignal_data();
  void destroyedInsideOfEachSignal();
  void destroyedInsideOfACallback();
  void destroyedByAnOptimisticView();

 private:
  HullCallOptions predicted(int deadline = -1) const;
  QVariantList shown();
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
};

namespace {

class HeldClient : public HullClient {
 public:
  HeldClient() { setHeld(true); }
  void release() { setHeld(false); }
};

}  // namespace

/// Predicts a row in "chat:list".
HullCallOptions CoreCallTest::predicted(int deadline) const {
  HullCallOptions options;
  options.deadline = deadline;
  options.optimistic = [](HullLocalStore& store) {
    QVariantList rows = store.getQuery(text("chat:list")).toList();
    rows.append(QVariantMap{{text("body"), text("predicted")}});
    store.setQuery(text("chat:list"), {}, rows);
  };
  return options;
}

/// What the client shows of "chat:list".
QVariantList CoreCallTest::shown() {
  HullPendingCall* call = m_client->query(text("chat:list"));
  return errorOf(call) ? QVariantList() : call->value().toList();
}

void CoreCallTest::outcomes() {
  HullPendingCall* sent = m_client->mutation(text("chat:send"), {{text("body"), text("hello")}});
  QVERIFY(!errorOf(sent));
  QCOMPARE(sent->value().toString(), text("messages-1"));

  HullPendingCall* failed = m_client->mutation(text("chat:fail"), {{text("code"), 7.0}});
  const HullError error = errorOf(failed);
  QCOMPARE(error.kind(), HullError::FunctionFailed);
  QCOMPARE(error.data().toMap().value(text("code")).toDouble(), 7.0);
  QVERIFY(!failed->value().isValid());

  HullPendingCall* echo = m_client->action(text("chat:echo"), {{text("x"), QVariantList{1, text("two")}}});
  QVERIFY(!errorOf(echo));
  QCOMPARE(echo->value(), variant(R"({"x":[1,"two"]})"));

  QCOMPARE(errorOf(m_client->query(text("no path at all"))).kind(), HullError::BadArgument);
}

void CoreCallTest::wrongValuesAreNamedByTheirPlace() {
  const QVariantMap args{{text("rows"), QVariantList{1, QVariantMap{{text("when"), QDateTime::currentDateTime()}}}}};
  const HullError error = errorOf(m_client->mutation(text("chat:send"), args));
  QCOMPARE(error.kind(), HullError::BadArgument);
  QVERIFY2(error.message().contains(text("chat:send")) && error.message().contains(text("rows[1].when")),
           qPrintable(error.message()));
}

void CoreCallTest::cancelBeforeItIsSent() {
  QTRY_VERIFY(m_client->isConnected());
  m_deployment->set_offline(true);
  QTRY_VERIFY(!m_client->isConnected());
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("body"), text("never")}});
  call->cancel();
  QVERIFY(call->isRunning());  // Never inside of cancel().
  QCOMPARE(errorOf(call).kind(), HullError::Cancelled);
  QVERIFY(!m_client->hasUnacknowledgedMutations());
  m_deployment->set_offline(false);
  m_client->reconnectNow();
  QVERIFY(!errorOf(m_client->mutation(text("chat:send"), {{text("body"), text("later")}})));
  QCOMPARE(m_deployment->documents("messages").size(), std::size_t{1});
}

void CoreCallTest::cancelAfterItWasSent() {
  m_client->prewarm(text("chat:list"), {}, 60'000);
  QCOMPARE(shown().size(), 0);
  m_deployment->hold("chat:send");
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("body"), text("sent")}}, predicted());
  QCOMPARE(shown().size(), 1);
  QTest::qWait(100);  // It is with the deployment, which holds it.
  call->cancel();
  call->cancel();
  QCOMPARE(errorOf(call).kind(), HullError::Cancelled);
  QCOMPARE(shown().size(), 0);  // The prediction is gone.
  m_deployment->release("chat:send");
  QTRY_COMPARE(shown().size(), 1);  // It had been sent, and took effect.
}

void CoreCallTest::cancelWhileHeld() {
  HeldClient client;
  client.setUrl(urlOf(*m_deployment));
  HullPendingCall* call = client.mutation(text("chat:send"), {{text("body"), text("never")}});
  QVERIFY(client.hasUnacknowledgedMutations());
  call->cancel();
  client.release();
  QCOMPARE(errorOf(call).kind(), HullError::Cancelled);
  QVERIFY(!errorOf(client.query(text("chat:list"))));
  QCOMPARE(m_deployment->documents("messages").size(), std::size_t{0});
}

void CoreCallTest::cancelOfAQueryAndOfWhatIsOver() {
  QTRY_VERIFY(m_client->isConnected());  // Else the end of the first attempt could come after set_offline(false).
  m_deployment->set_offline(true);
  QTRY_VERIFY(!m_client->isConnected());  // An action that goes out on a connection that ends is lost.
  HullPendingCall* query = m_client->query(text("chat:list"));
  query->cancel();
  QCOMPARE(errorOf(query).kind(), HullError::Cancelled);
  m_deployment->set_offline(false);
  m_client->reconnectNow();
  HullPendingCall* done = m_client->action(text("chat:echo"));
  QVERIFY(!errorOf(done));
  done->cancel();
  QTest::qWait(20);
  QVERIFY(!done->error());
}

void CoreCallTest::cancelOfTheFuture() {
  m_deployment->hold("chat:send");
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("body"), text("x")}});
  QFuture<QVariant> future = call->future();
  future.cancel();
  QCOMPARE(errorOf(call).kind(), HullError::Cancelled);
  QVERIFY(future.isFinished());
  m_deployment->release("chat:send");
}

void CoreCallTest::deadlinePasses() {
  m_client->prewarm(text("chat:list"), {}, 60'000);
  QCOMPARE(shown().size(), 0);
  m_deployment->hold("chat:send");
  HullPendingCall* late = m_client->mutation(text("chat:send"), {{text("body"), text("late")}}, predicted(60));
  QCOMPARE(shown().size(), 1);
  QCOMPARE(errorOf(late).kind(), HullError::TimedOut);
  QCOMPARE(shown().size(), 0);
  m_deployment->release("chat:send");

  m_deployment->set_offline(true);
  QTRY_VERIFY(!m_client->isConnected());
  HullCallOptions soon;
  soon.deadline = 30;
  QCOMPARE(errorOf(m_client->query(text("chat:whoAmI"), {}, soon)).kind(), HullError::TimedOut);
  QCOMPARE(errorOf(m_client->action(text("chat:echo"), {}, soon)).kind(), HullError::TimedOut);
}

void CoreCallTest::deadlineThatIsNotReached() {
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("body"), text("x")}}, {{}, 4000});
  QVERIFY(!errorOf(call));
}

void CoreCallTest::unacknowledgedMutations() {
  QVERIFY(!m_client->hasUnacknowledgedMutations());
  m_deployment->hold("chat:send");
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("body"), text("x")}});
  QVERIFY(m_client->hasUnacknowledgedMutations());
  m_deployment->release("chat:send");
  QVERIFY(!errorOf(call));
  QVERIFY(!m_client->hasUnacknowledgedMutations());
}

void CoreCallTest::ageOfTheOldestRequest() {
  QCOMPARE(m_client->connectionState().oldestRequestAge, -1);
  m_deployment->hold("chat:send");
  QElapsedTimer clock;
  clock.start();
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("body"), text("x")}});
  QTest::qWait(60);
  const int age = m_client->connectionState().oldestRequestAge;
  QVERIFY2(age >= 50 && age <= clock.elapsed() + 1, qPrintable(QString::number(age)));
  m_deployment->release("chat:send");
  QVERIFY(!errorOf(call));
  QCOMPARE(m_client->connectionState().oldestRequestAge, -1);
}

void CoreCallTest::prewarmedQueryIsThere() {
  m_client->prewarm(text("chat:list"), {}, 60'000);
  QTRY_COMPARE(m_deployment->live_queries(), std::size_t{1});
  QTRY_COMPARE(m_deployment->calls().size(), std::size_t{1});
  QVERIFY(!errorOf(m_client->query(text("chat:list"))));
  QCOMPARE(m_deployment->calls().size(), std::size_t{1});
  m_client->prewarm(text("chat:whoAmI"), {}, 20);
  // What ran is counted, not what lives: on a busy machine the twenty milliseconds are over before anybody looks.
  QTRY_COMPARE(m_deployment->calls().size(), std::size_t{2});
  QTRY_COMPARE(m_deployment->live_queries(), std::size_t{1});
}

void CoreCallTest::prewarmOfABadValueIsLogged() {
  const LogCatcher log;
  m_client->prewarm(text("chat:list"), {{text("when"), QDateTime()}});
  QVERIFY(log.linesOf("hull").join(QLatin1Char('\n')).contains(text("when")));
}

void CoreCallTest::reconnectNow() {
  QTRY_VERIFY(m_client->isConnected());
  m_deployment->set_offline(true);
  QTRY_VERIFY(m_client->connectionState().retries >= 2);
  // A wait so long that a busy machine, too, connects before it would end by itself.
  QTRY_VERIFY_WITH_TIMEOUT(m_client->connectionState().nextRetryIn > 2500, 20'000);
  m_deployment->set_offline(false);
  m_client->reconnectNow();
  QTRY_VERIFY_WITH_TIMEOUT(m_client->isConnected(), 2000);
}

void CoreCallTest::manyCallsAtOnce() {
  std::vector<QFuture<QVariant>> futures;
  for (int i = 0; i < 500; ++i)
    futures.push_back(m_client->mutation(text("chat:send"), {{text("n"), double(i)}})->future());
  for (auto& future : futures) QTRY_VERIFY(future.isFinished());
  const hull::array rows = m_deployment->documents("messages");
  QCOMPARE(rows.size(), std::size_t{500});
  for (std::size_t i = 0; i < rows.size(); ++i) QCOMPARE(rows[i].as_object().find("n")->as_double(), double(i));
}

void CoreCallTest::futureOfATypedContext() {
  auto context = std::make_unique<QObject>();
  QString id;
  m_client->mutation(text("chat:send"), {{text("body"), text("x")}})
      ->future()
      .then(context.get(), [&id](const QVariant& value) { id = value.toString(); });
  QTRY_COMPARE(id, text("messages-1"));

  QString failure;
  m_client->mutation(text("chat:fail"))
      ->future()
      .then(context.get(), [](const QVariant&) { return QString(); })
      .onFailed(context.get(), [](const HullException& e) { return e.error().message(); })
      .then(context.get(), [&failure](const QString& message) { failure = message; });
  QTRY_VERIFY(!failure.isEmpty());

  bool called = false;
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("body"), text("y")}});
  call->then(context.get(), [&called](const QVariant&) { called = true; });
  context.reset();
  QVERIFY(!errorOf(call));
  QVERIFY(!called);
}

void CoreCallTest::destroyedInsideOfEachSignal_data() {
  QTest::addColumn<QByteArray>("signal");
  for (const char* name :
       {"urlChanged()", "optionsChanged()", "adminKeyChanged()", "tokenChanged()", "authStateChanged()",
        "connectedChanged()", "connectionStateChanged()", "errorChanged()", "reopened()"})
    QTest::newRow(name) << QByteArray(name);
}

void CoreCallTest::destroyedInsideOfEachSignal() {
  QFETCH(QByteArray, signal);
  m_deployment->authenticate([](const std::string&) { return hull::value(hull::object{}); });
  QPointer<HullClient> client = new HullClient;
  QObject killer;
  bool died = false;
  const auto kill = [&client, &died] {
    died = true;
    delete client.data();
  };
  if (signal == "urlChanged()") connect(client, &HullClient::urlChanged, &killer, kill);
  if (signal == "optionsChanged()") connect(client, &HullClient::optionsChanged, &killer, kill);
  if (signal == "adminKeyChanged()") connect(client, &HullClient::adminKeyChanged, &killer, kill);
  if (signal == "tokenChanged()") connect(client, &HullClient::tokenChanged, &killer, kill);
  if (signal == "authStateChanged()") connect(client, &HullClient::authStateChanged, &killer, kill);
  if (signal == "connectedChanged()") connect(client, &HullClient::connectedChanged, &killer, kill);
  if (signal == "connectionStateChanged()") connect(client, &HullClient::connectionStateChanged, &killer, kill);
  if (signal == "errorChanged()") connect(client, &HullClient::errorChanged, &killer, kill);
  if (signal == "reopened()") connect(client, &HullClient::reopened, &killer, kill);

  const std::vector<std::function<void()>> steps = {
      [&] { client->setAdminKey(text("admin-key")); },
      [&] { client->setUrl(urlOf(*m_deployment)); },
      [&] { client->action(text("chat:echo")); },
      [&] { client->setToken(text("a-token")); },
      [&] {
        HullClientOptions options;
        options.retention = 50;
        client->setOptions(options);
      },
      [&] { client->setUrl(QUrl(text("ftp://nowhere"))); },
  };
  for (const auto& step : steps) {
    if (client) step();
    for (int i = 0; i < 200 && client && !client->isConnected() && client->url() == urlOf(*m_deployment); ++i)
      QTest::qWait(5);
    QTest::qWait(5);
  }
  QVERIFY(died);
  QVERIFY(!client);
}

void CoreCallTest::destroyedInsideOfACallback() {
  for (const bool fails : {false, true}) {
    QPointer<HullClient> client = new HullClient(urlOf(*m_deployment));
    HullPendingCall* call = client->mutation(fails ? text("chat:fail") : text("chat:send"));
    HullPendingCall* other = client->mutation(text("chat:send"));
    QSignalSpy others(other, &HullPendingCall::failed);
    connect(call, &HullPendingCall::succeeded, this, [client] { delete client.data(); });
    connect(call, &HullPendingCall::failed, this, [client] { delete client.data(); });
    QTRY_VERIFY(!client);
  }
  // Calls that are under way learn that the client went.
  auto client = std::make_unique<HullClient>(urlOf(*m_deployment));
  HullPendingCall* call = client->mutation(text("chat:send"));
  HullError error;
  connect(call, &HullPendingCall::failed, this, [&error](const HullError& e) { error = e; });
  client.reset();
  QCOMPARE(error.kind(), HullError::Closed);
}

void CoreCallTest::destroyedByAnOptimisticView() {
  QPointer<HullClient> client = new HullClient(urlOf(*m_deployment));
  QVERIFY(!errorOf(client->query(text("chat:list"))));
  HullCallOptions options;
  int runs = 0;
  options.optimistic = [&runs](HullLocalStore&) { ++runs; };
  HullPendingCall* call = client->mutation(text("chat:send"), {{text("body"), text("x")}}, options);
  QVERIFY(call);
  QVERIFY(runs > 0);
  connect(call, &HullPendingCall::finished, this, [client] { delete client.data(); });
  QTRY_VERIFY(!client);
}

static const Register<CoreCallTest> registered;

#include "core_call_test.moc"
