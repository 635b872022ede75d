// HullClientOptions: what each does, files for work offline above all.
#include "core_fixture.h"

#include "hullwatcher.h"

#include <QtCore/QTemporaryDir>

using namespace CoreTest;

class CoreOptionsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_deployment = makeChat();
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
  }
  void cleanup() {
    m_folder.reset();
    m_deployment.reset();
  }

  void outboxOutlivesTheClient();
  void restoredMutationsTellTheirOutcome();
  void destroyedByTheOutcomeOfARestoredMutation();
  void resultsOutliveTheClient();
  void filesStayThroughAnotherConnection();
  void unusableFiles();
  void retention();
  void equalOptionsChangeNothing();
  void changeEndsCallsAndMovesQueries();
  void certificatesThatAreNotThere();

 private:
  HullClientOptions withFiles() const {
    HullClientOptions options;
    options.outboxFile = m_folder->filePath(text("outbox"));
    options.resultsFile = m_folder->filePath(text("results"));
    return options;
  }
  std::unique_ptr<HullClient> makeClient(const HullClientOptions& options) const {
    auto client = std::make_unique<HullClient>();
    client->setOptions(options);
    client->setUrl(urlOf(*m_deployment));
    return client;
  }
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<QTemporaryDir> m_folder;
};

void CoreOptionsTest::outboxOutlivesTheClient() {
  m_deployment->set_offline(true);
  auto client = makeClient(withFiles());
  QVERIFY(!client->error());
  client->mutation(text("chat:send"), {{text("body"), text("written offline")}});
  QTest::qWait(100);  // It is on the disk soon.
  client.reset();
  m_deployment->set_offline(false);
  client = makeClient(withFiles());
  QVERIFY(client->hasUnacknowledgedMutations());
  QTRY_COMPARE(m_deployment->documents("messages").size(), std::size_t{1});
  QTRY_VERIFY(!client->hasUnacknowledgedMutations());
  client.reset();
  client = makeClient(withFiles());
  QVERIFY(!errorOf(client->query(text("chat:list"))));
  QCOMPARE(m_deployment->documents("messages").size(), std::size_t{1});  // Exactly once.
}

void CoreOptionsTest::restoredMutationsTellTheirOutcome() {
  m_deployment->set_offline(true);
  auto client = makeClient(withFiles());
  QSignalSpy early(client.get(), &HullClient::restoredMutationFinished);
  client->mutation(text("chat:send"), {{text("body"), text("of the first run")}});
  client->mutation(text("chat:fail"), {{text("code"), 7.0}});
  client.reset();
  QCOMPARE(early.count(), 0);

  m_deployment->set_offline(false);
  client = makeClient(withFiles());
  QSignalSpy told(client.get(), &HullClient::restoredMutationFinished);
  QVERIFY(!errorOf(client->mutation(text("chat:send"), {{text("body"), text("of the second")}})));
  QTRY_COMPARE(told.count(), 2);
  QCOMPARE(told.at(0).at(0).toString(), text("chat:send"));
  QCOMPARE(told.at(0).at(1).toMap(), QVariantMap({{text("body"), text("of the first run")}}));
  QCOMPARE(told.at(0).at(2).toString(), text("messages-1"));
  QVERIFY(!told.at(0).at(3).value<HullError>());
  QCOMPARE(told.at(1).at(0).toString(), text("chat:fail"));
  QVERIFY(!told.at(1).at(2).isValid());
  const auto error = told.at(1).at(3).value<HullError>();
  QCOMPARE(error.kind(), HullError::FunctionFailed);
  QCOMPARE(error.data().toMap().value(text("code")).toDouble(), 7.0);
  QVERIFY(!errorOf(client->query(text("chat:list"))));
  QCOMPARE(told.count(), 2);  // Calls of this run have their own signals.
  QCOMPARE(m_deployment->documents("messages").size(), std::size_t{2});
}

void CoreOptionsTest::destroyedByTheOutcomeOfARestoredMutation() {
  m_deployment->set_offline(true);
  auto first = makeClient(withFiles());
  first->mutation(text("chat:send"));
  first->mutation(text("chat:send"));
  first.reset();
  m_deployment->set_offline(false);
  QPointer<HullClient> client = makeClient(withFiles()).release();
  int told = 0;
  connect(client, &HullClient::restoredMutationFinished, this, [&told, client] {
    ++told;
    delete client.data();
  });
  QTRY_VERIFY(!client);
  QCOMPARE(told, 1);
}

void CoreOptionsTest::resultsOutliveTheClient() {
  m_deployment->change([](hull::mock::tables& tables) {
    tables.table("messages").insert(hull::object({{"body", "remembered"}}));
  });
  auto client = makeClient(withFiles());
  {
    HullWatcher watcher(client.get(), text("chat:list"));
    QTRY_COMPARE(watcher.value().toList().size(), 1);
    QTest::qWait(50);
  }
  client.reset();
  m_deployment->set_offline(true);
  client = makeClient(withFiles());
  HullWatcher watcher(client.get(), text("chat:list"));
  QTRY_COMPARE(watcher.value().toList().size(), 1);
  QVERIFY(watcher.isStale());
  m_deployment->set_offline(false);
  client->reconnectNow();
  QTRY_VERIFY(!watcher.isStale());
}

void CoreOptionsTest::filesStayThroughAnotherConnection() {
  auto client = makeClient(withFiles());
  QVERIFY(!errorOf(client->mutation(text("chat:send"))));
  HullClientOptions options = withFiles();
  options.compression = true;
  client->setOptions(options);
  QVERIFY2(!client->error(), qPrintable(client->error().message()));
  QVERIFY(!errorOf(client->mutation(text("chat:send"))));
}

void CoreOptionsTest::unusableFiles() {
  HullClientOptions options;
  options.outboxFile = text("/there/is/no/such/folder/outbox");
  auto client = makeClient(options);
  QCOMPARE(client->error().kind(), HullError::BadArgument);
  QCOMPARE(errorOf(client->query(text("chat:list"))).kind(), HullError::BadArgument);
  options.outboxFile.clear();
  options.resultsFile = text("/there/is/no/such/folder/results");
  client->setOptions(options);
  QVERIFY(client->error().message().contains(text("results file")));
  client->setOptions({});
  QVERIFY(!client->error());
  QVERIFY(!errorOf(client->query(text("chat:list"))));
}

void CoreOptionsTest::retention() {
  HullClientOptions options;
  options.retention = 60'000;
  const auto client = makeClient(options);
  {
    HullWatcher watcher(client.get(), text("chat:list"));
    QTRY_COMPARE(watcher.status(), HullWatcher::Ready);
  }
  QTest::qWait(50);
  QCOMPARE(m_deployment->live_queries(), std::size_t{1});
  HullWatcher again(client.get(), text("chat:list"));
  QTRY_COMPARE(again.status(), HullWatcher::Ready);
  QCOMPARE(m_deployment->calls().size(), std::size_t{1});
}

void CoreOptionsTest::equalOptionsChangeNothing() {
  const auto client = makeClient({});
  QSignalSpy changed(client.get(), &HullClient::optionsChanged);
  QSignalSpy reopened(client.get(), &HullClient::reopened);
  client->setOptions(HullClientOptions());
  QCOMPARE(changed.count() + reopened.count(), 0);
}

void CoreOptionsTest::changeEndsCallsAndMovesQueries() {
  const auto client = makeClient({});
  HullWatcher watcher(client.get(), text("chat:list"));
  QTRY_COMPARE(watcher.status(), HullWatcher::Ready);
  m_deployment->hold("chat:send");
  HullPendingCall* call = client->mutation(text("chat:send"));
  HullClientOptions options;
  options.inactivityTimeout = 30'000;
  client->setOptions(options);
  QCOMPARE(errorOf(call).kind(), HullError::Closed);
  m_deployment->release("chat:send");
  m_deployment->change([](hull::mock::tables& tables) { tables.table("messages").insert({}); });
  QTRY_VERIFY(watcher.value().toList().size() >= 1);
}

void CoreOptionsTest::certificatesThatAreNotThere() {
  HullClientOptions options;
  options.caFile = text("/there/is/no/such/file.pem");
  HullClient client;
  client.setOptions(options);
  client.setUrl(QUrl(text("https://127.0.0.1:1")));
  QTRY_VERIFY(client.error() || client.connectionState().retries > 0);
  QVERIFY(!client.isConnected());
}

static const Register<CoreOptionsTest> registered;

#include "core_options_test.moc"
