// HullWatcher: what it shows through changes of question, client and connection, and its end in the middle of signals.
#include "core_fixture.h"

#include "hullwatcher.h"

#include <QtCore/QEventLoop>

using namespace CoreTest;

class CoreWatcherTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup() {
    m_watcher.reset();
    m_client.reset();
    m_deployment.reset();
  }

  void followsTheDeployment();
  void changesInOneGoAreOneSubscription();
  void newArgumentsShowNothingMeanwhile();
  void keepsThePreviousValue();
  void keepsThePreviousValueOfAnotherUrl();
  void droppingThePreviousValue();
  void initialValue();
  void errorsHeal();
  void badArgumentsAndPaths();
  void switchedOff();
  void staleWhileReconnecting();
  void optimisticWhilePredicted();
  void logLines();
  void outlivesItsClient();
  void movesToAnotherClient();
  void destroyedInsideOfEachSignal_data();
  void destroyedInsideOfEachSignal();
  void destroysItsClientInsideOfASignal();
  void nestedEventLoops();

 private:
  /// Number `n` gets this body.
  void change(double n, const char* body);
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullWatcher> m_watcher;
};

void CoreWatcherTest::init() {
  m_deployment = makeChat();
  m_deployment->query("numbers:get", [](hull::mock::query_context& db, const hull::value& args) {
    db.log("asked");
    const hull::array rows = db.table("numbers").scan(
        [&](const hull::value& row) { return *row.as_object().find("n") == *args.as_object().find("n"); });
    if (rows.empty()) throw std::runtime_error("there is no such number");
    return *rows.front().as_object().find("body");
  });
  m_deployment->mutation("numbers:set",
                         [](hull::mock::mutation_context&, const hull::value&) { return hull::value(); });
  m_deployment->change([](hull::mock::tables& tables) {
    tables.table("numbers").insert(hull::object({{"n", 1.0}, {"body", "one"}}));
    tables.table("numbers").insert(hull::object({{"n", 2.0}, {"body", "two"}}));
  });
  m_client = std::make_unique<HullClient>(urlOf(*m_deployment));
  m_watcher = std::make_unique<HullWatcher>(m_client.get(), text("numbers:get"), QVariantMap{{text("n"), 1.0}});
}

void CoreWatcherTest::change(double n, const char* body) {
  m_deployment->change([n, body](hull::mock::tables& tables) {
    for (const hull::value& row : tables.table("numbers").scan())
      if (row.as_object().find("n")->as_double() == n)
        tables.table("numbers").patch(row.as_object().find("_id")->as_string(), hull::object({{"body", body}}));
  });
}

void CoreWatcherTest::followsTheDeployment() {
  QSignalSpy values(m_watcher.get(), &HullWatcher::valueChanged);
  QSignalSpy statuses(m_watcher.get(), &HullWatcher::statusChanged);
  QCOMPARE(m_watcher->status(), HullWatcher::Null);
  QVERIFY(!m_watcher->value().isValid());
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QCOMPARE(m_watcher->value(), QVariant(text("one")));
  QCOMPARE(values.count(), 1);
  QCOMPARE(statuses.count(), 2);  // Loading, Ready.
  change(1, "uno");
  QTRY_COMPARE(m_watcher->value(), QVariant(text("uno")));
  QCOMPARE(values.count(), 2);
  change(2, "due");  // Of somebody else.
  QVERIFY(!errorOf(m_client->mutation(text("chat:send"))));
  QCOMPARE(values.count(), 2);
}

void CoreWatcherTest::changesInOneGoAreOneSubscription() {
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  m_deployment->forget_calls();
  m_watcher->setQuery(text("chat:list"));
  m_watcher->setArgs({});
  m_watcher->setQuery(text("numbers:get"));
  m_watcher->setArgs({{text("n"), 2}});
  QTRY_COMPARE(m_watcher->value(), QVariant(text("two")));
  QCOMPARE(m_deployment->calls().size(), std::size_t{1});
  QCOMPARE(m_deployment->live_queries(), std::size_t{1});
  m_watcher->setArgs({{text("n"), 2.0}});  // The same question in other words.
  QTest::qWait(50);
  QCOMPARE(m_deployment->calls().size(), std::size_t{1});
}

void CoreWatcherTest::newArgumentsShowNothingMeanwhile() {
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QVariantList shown;
  connect(m_watcher.get(), &HullWatcher::valueChanged, this, [&] { shown.append(m_watcher->value()); });
  m_watcher->setArgs({{text("n"), 2.0}});
  QTRY_COMPARE(m_watcher->value(), QVariant(text("two")));
  QCOMPARE(shown, (QVariantList{QVariant(), text("two")}));
}

void CoreWatcherTest::keepsThePreviousValue() {
  m_watcher->setKeepPrevious(true);
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QVariantList shown;
  QList<bool> previous;
  connect(m_watcher.get(), &HullWatcher::valueChanged, this, [&] { shown.append(m_watcher->value()); });
  connect(m_watcher.get(), &HullWatcher::previousChanged, this, [&] { previous.append(m_watcher->isPrevious()); });
  bool loadedWithValue = false;
  connect(m_watcher.get(), &HullWatcher::statusChanged, this, [&] {
    if (m_watcher->status() == HullWatcher::Loading) loadedWithValue = m_watcher->value() == QVariant(text("one"));
  });
  m_watcher->setArgs({{text("n"), 2.0}});
  QTRY_COMPARE(m_watcher->value(), QVariant(text("two")));
  QCOMPARE(shown, (QVariantList{text("two")}));
  QCOMPARE(previous, (QList<bool>{true, false}));
  QVERIFY(loadedWithValue);
  m_watcher->setArgs({{text("n"), 3.0}});  // Fails: an error is a result.
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Error);
  QVERIFY(!m_watcher->isPrevious() && !m_watcher->value().isValid());
}

void CoreWatcherTest::keepsThePreviousValueOfAnotherUrl() {
  const auto other = makeChat();
  other->query_result("numbers:get", hull::value("elsewhere"));
  m_watcher->setKeepPrevious(true);
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QVariantList shown;
  connect(m_watcher.get(), &HullWatcher::valueChanged, this, [&] { shown.append(m_watcher->value()); });
  m_client->setUrl(urlOf(*other));
  QTRY_COMPARE(m_watcher->value(), QVariant(text("elsewhere")));
  QCOMPARE(shown, (QVariantList{text("elsewhere")}));
}

void CoreWatcherTest::droppingThePreviousValue() {
  m_watcher->setKeepPrevious(true);
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  m_deployment->set_offline(true);
  m_watcher->setArgs({{text("n"), 2.0}});
  QTRY_VERIFY(m_watcher->isPrevious());
  QCOMPARE(m_watcher->value(), QVariant(text("one")));
  QSignalSpy values(m_watcher.get(), &HullWatcher::valueChanged);
  m_watcher->setKeepPrevious(false);
  QTRY_COMPARE(values.count(), 1);
  QVERIFY(!m_watcher->value().isValid() && !m_watcher->isPrevious());
}

void CoreWatcherTest::initialValue() {
  m_deployment->set_offline(true);
  HullWatcher watcher(m_client.get(), text("numbers:get"), {{text("n"), 1.0}});
  watcher.setInitialValue(text("from the cache"));
  QTRY_COMPARE(watcher.value(), QVariant(text("from the cache")));
  QCOMPARE(watcher.status(), HullWatcher::Loading);
  QVERIFY(!watcher.isPrevious());
  m_deployment->set_offline(false);
  m_client->reconnectNow();
  QTRY_COMPARE(watcher.value(), QVariant(text("one")));
  m_deployment->set_offline(true);
  watcher.setArgs({{text("n"), 2.0}});
  QTRY_COMPARE(watcher.status(), HullWatcher::Loading);
  QVERIFY(!watcher.value().isValid());  // It belonged to the first question.

  const LogCatcher log;
  watcher.setInitialValue(QVariantMap{{text("when"), QDateTime()}});
  QVERIFY(log.linesOf("hull").join(QLatin1Char(' ')).contains(text("when")));
}

void CoreWatcherTest::errorsHeal() {
  m_watcher->setArgs({{text("n"), 3.0}});
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Error);
  QCOMPARE(m_watcher->error().kind(), HullError::FunctionFailed);
  QVERIFY(m_watcher->error().message().contains(text("there is no such number")));
  m_deployment->change([](hull::mock::tables& tables) {
    tables.table("numbers").insert(hull::object({{"n", 3.0}, {"body", "three"}}));
  });
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QCOMPARE(m_watcher->value(), QVariant(text("three")));
  QVERIFY(!m_watcher->error());
  // An error later keeps the last good value beside it.
  m_deployment->change([](hull::mock::tables& tables) { tables.table("numbers").clear(); });
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Error);
  QCOMPARE(m_watcher->value(), QVariant(text("three")));
}

void CoreWatcherTest::badArgumentsAndPaths() {
  m_watcher->setArgs({{text("n"), QVariantList{QDateTime::currentDateTime()}}});
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Error);
  QVERIFY2(m_watcher->error().message().contains(text("n[0]")), qPrintable(m_watcher->error().message()));
  m_watcher->setArgs({});
  m_watcher->setQuery(text("numbers:"));
  QTRY_COMPARE(m_watcher->error().kind(), HullError::BadArgument);
  m_watcher->setQuery(text("chat:list"));
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  m_watcher->setQuery({});
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Null);
}

void CoreWatcherTest::switchedOff() {
  QTRY_COMPARE(m_deployment->live_queries(), std::size_t{1});
  m_watcher->setActive(false);
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Null);
  QVERIFY(!m_watcher->value().isValid());
  QTRY_COMPARE(m_deployment->live_queries(), std::size_t{0});
  m_watcher->setActive(true);
  QTRY_COMPARE(m_watcher->value(), QVariant(text("one")));
}

void CoreWatcherTest::staleWhileReconnecting() {
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QSignalSpy stale(m_watcher.get(), &HullWatcher::staleChanged);
  m_deployment->set_offline(true);
  QTRY_VERIFY(!m_client->isConnected());
  QTRY_VERIFY(m_watcher->isStale());
  QCOMPARE(stale.count(), 1);
  QCOMPARE(m_watcher->value(), QVariant(text("one")));
  m_deployment->set_offline(false);
  m_client->reconnectNow();
  QTRY_VERIFY(m_client->isConnected());
  QTRY_VERIFY(!m_watcher->isStale());
  QCOMPARE(stale.count(), 2);
  change(1, "uno");
  QTRY_COMPARE(m_watcher->value(), QVariant(text("uno")));
}

void CoreWatcherTest::optimisticWhilePredicted() {
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QSignalSpy optimistic(m_watcher.get(), &HullWatcher::optimisticChanged);
  m_deployment->hold("numbers:set");
  HullPendingCall* call = m_client->mutation(text("numbers:set"), {}, [](HullLocalStore& store) {
    store.setQuery(text("numbers:get"), {{text("n"), 1.0}}, text("predicted"));
  });
  QCOMPARE(m_watcher->value(), QVariant(text("predicted")));
  QVERIFY(m_watcher->isOptimistic());
  m_deployment->release("numbers:set");
  QVERIFY(!errorOf(call));
  QTRY_COMPARE(m_watcher->value(), QVariant(text("one")));
  QVERIFY(!m_watcher->isOptimistic());
  QCOMPARE(optimistic.count(), 2);
}

void CoreWatcherTest::logLines() {
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QCOMPARE(m_watcher->logLines().size(), 1);
  QVERIFY(m_watcher->logLines().at(0).contains(text("asked")));
}

void CoreWatcherTest::outlivesItsClient() {
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  m_client.reset();
  QVERIFY(!m_watcher->client());
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Null);
  QVERIFY(!m_watcher->value().isValid());
}

void CoreWatcherTest::movesToAnotherClient() {
  const auto other = makeChat();
  other->query_result("numbers:get", hull::value("elsewhere"));
  HullClient client(urlOf(*other));
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  m_watcher->setClient(&client);
  QTRY_COMPARE(m_watcher->value(), QVariant(text("elsewhere")));
  QTRY_COMPARE(m_deployment->live_queries(), std::size_t{0});
}

void CoreWatcherTest::destroyedInsideOfEachSignal_data() {
  QTest::addColumn<int>("which");
  const char* names[] = {"value", "status", "error", "stale", "optimistic", "logLines", "previous"};
  for (int i = 0; i < 7; ++i) QTest::newRow(names[i]) << i;
}

void CoreWatcherTest::destroyedInsideOfEachSignal() {
  QFETCH(int, which);
  using Signal = void (HullWatcher::*)();
  const Signal all[] = {&HullWatcher::valueChanged,   &HullWatcher::statusChanged,     &HullWatcher::errorChanged,
                        &HullWatcher::staleChanged,   &HullWatcher::optimisticChanged, &HullWatcher::logLinesChanged,
                        &HullWatcher::previousChanged};
  QPointer<HullWatcher> watcher = m_watcher.release();
  watcher->setKeepPrevious(true);
  QObject killer;
  connect(watcher, all[which], &killer, [&watcher] { delete watcher.data(); });
  const std::vector<std::function<void()>> steps = {
      [] {},
      [&] {
        m_client->mutation(text("numbers:set"), {}, [](HullLocalStore& store) {
          store.setQuery(text("numbers:get"), {{text("n"), 1.0}}, text("predicted"));
        });
      },
      [&] { m_deployment->drop_connections(); },
      [&] {
        watcher->setArgs({{text("n"), 2.0}});
      },
      [&] {
        watcher->setArgs({{text("n"), 3.0}});
      },
  };
  for (const auto& step : steps) {
    if (watcher) step();
    const int patience = &step == &steps.back() ? 1000 : 30;
    for (int i = 0; i < patience && watcher; ++i) QTest::qWait(5);
  }
  // A short interruption need not be visible as stale.
  if (which != 3) QVERIFY(!watcher);
  delete watcher.data();
}

void CoreWatcherTest::destroysItsClientInsideOfASignal() {
  bool died = false;
  connect(m_watcher.get(), &HullWatcher::valueChanged, this, [&] {
    m_client.reset();
    died = true;
  });
  HullWatcher second(m_client.get(), text("numbers:get"), {{text("n"), 1.0}});
  QTRY_VERIFY(died);
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Null);
  QTRY_COMPARE(second.status(), HullWatcher::Null);
}

/// A slot opens a dialog and waits for it: the client goes on in there, also for the dialog's own query and call.
void CoreWatcherTest::nestedEventLoops() {
  HullWatcher second(m_client.get(), text("numbers:get"), {{text("n"), 1.0}});
  QTRY_COMPARE(m_watcher->status(), HullWatcher::Ready);
  QTRY_COMPARE(second.status(), HullWatcher::Ready);
  QStringList told;
  int depth = 0;
  bool isSaved = false;
  const auto dialog = [&] {
    QEventLoop loop;
    HullWatcher numbers(m_client.get(), text("numbers:get"), {{text("n"), 2.0}});
    connect(&numbers, &HullWatcher::statusChanged, &loop, [&] {
      if (numbers.status() != HullWatcher::Ready) return;
      told.append(text("dialog: ") + numbers.value().toString());
      m_client->mutation(text("chat:send"))->then(&loop, [&](const QVariant&) {
        isSaved = true;
        change(1, "eins");
      });
    });
    connect(&second, &HullWatcher::valueChanged, &loop, [&] {
      if (second.value() == QVariant(text("eins"))) loop.quit();
    });
    loop.exec();
  };
  connect(m_watcher.get(), &HullWatcher::valueChanged, this, [&] {
    QCOMPARE(++depth, 1);  // Not told of the next value before it is done with this one.
    told.append(text("first: ") + m_watcher->value().toString());
    if (m_watcher->value() == QVariant(text("uno"))) dialog();
    --depth;
  });
  connect(&second, &HullWatcher::valueChanged, this,
          [&] { told.append(text("second: ") + second.value().toString()); });
  change(1, "uno");
  QTRY_COMPARE(told.size(), 5);
  QVERIFY(isSaved);
  QCOMPARE(told, (QStringList{text("first: uno"), text("second: uno"), text("dialog: two"), text("second: eins"),
                              text("first: eins")}));
}

static const Register<CoreWatcherTest> registered;

#include "core_watcher_test.moc"
