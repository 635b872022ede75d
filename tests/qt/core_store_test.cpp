// HullLocalStore: what an optimistic update written in C++ reads and writes, pages included.
#include "core_fixture.h"

using namespace CoreTest;

class CoreStoreTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup() {
    m_client.reset();
    m_deployment.reset();
  }

  void readsAndWrites();
  void insertsAtTop();
  void insertsAtBottomIfLoaded();
  void insertsAtPosition_data();
  void insertsAtPosition();
  void updatesItems();
  void badValuesDropTheUpdate();

 private:
  QVariantMap page(const QString& channel, double size = 3) const;
  QStringList bodies(const QVariantMap& args);
  /// Runs the update with a mutation that is held, and shows the list of this channel meanwhile.
  QStringList predicted(const HullOptimisticUpdate& update, const QVariantMap& args);
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
};

void CoreStoreTest::init() {
  m_deployment = makeChat();
  m_deployment->query("chat:page", [](hull::mock::query_context& db, const hull::value& args) {
    const auto& fields = args.as_object();
    hull::mock::page_request request;
    request.where = [channel = *fields.find("channel")](const hull::value& row) {
      return *row.as_object().find("channel") == channel;
    };
    return db.paginate("messages", *fields.find("paginationOpts"), request);
  });
  m_deployment->change([](hull::mock::tables& tables) {
    for (const char* body : {"b", "d", "f"})
      tables.table("messages").insert(hull::object({{"channel", "x"}, {"body", body}}));
  });
  m_client = std::make_unique<HullClient>(urlOf(*m_deployment));
}

QVariantMap CoreStoreTest::page(const QString& channel, double size) const {
  return {{text("channel"), channel},
          {text("paginationOpts"),
           QVariantMap{{text("numItems"), size}, {text("cursor"), QVariant::fromValue(nullptr)}, {text("id"), 1.0}}}};
}

QStringList CoreStoreTest::bodies(const QVariantMap& args) {
  HullPendingCall* call = m_client->query(text("chat:page"), args);
  if (const HullError error = errorOf(call)) return {error.message()};
  QStringList all;
  for (const QVariant& row : call->value().toMap().value(text("page")).toList())
    all.append(row.toMap().value(text("body")).toString());
  return all;
}

QStringList CoreStoreTest::predicted(const HullOptimisticUpdate& update, const QVariantMap& args) {
  m_client->prewarm(text("chat:page"), args, 60'000);
  bodies(args);
  m_deployment->hold("chat:send");
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("channel"), text("y")}}, update);
  const QStringList shown = bodies(args);
  call->cancel();
  m_deployment->release("chat:send");
  return shown;
}

void CoreStoreTest::readsAndWrites() {
  m_client->prewarm(text("chat:list"), {}, 60'000);
  QVERIFY(!errorOf(m_client->query(text("chat:list"))));
  m_deployment->hold("chat:send");
  m_client->mutation(text("chat:send"), {{text("channel"), text("y")}}, [](HullLocalStore& store) {
    QCOMPARE(store.getQuery(text("chat:list")).toList().size(), 3);
    QVERIFY(!store.getQuery(text("chat:unknown")).isValid());
    const auto known = store.getAllQueries(text("chat:list"));
    QCOMPARE(known.size(), 1);
    QCOMPARE(known.at(0).args, QVariantMap());
    QCOMPARE(known.at(0).value.toList().size(), 3);
    store.setQuery(text("chat:list"), {}, QVariantList{text("mine")});
  });
  HullPendingCall* shown = m_client->query(text("chat:list"));
  QVERIFY(!errorOf(shown));
  QCOMPARE(shown->value(), QVariant(QVariantList{text("mine")}));
  m_deployment->release("chat:send");
}

void CoreStoreTest::insertsAtTop() {
  const QVariantMap item{{text("channel"), text("x")}, {text("body"), text("new")}};
  const auto update = [item](HullLocalStore& store) {
    store.insertAtTop(text("chat:page"), item, {{text("channel"), text("x")}});
    store.insertAtTop(text("chat:page"), item, {{text("channel"), text("elsewhere")}});
  };
  QCOMPARE(predicted(update, page(text("x"))), (QStringList{text("new"), text("b"), text("d"), text("f")}));
}

void CoreStoreTest::insertsAtBottomIfLoaded() {
  const QVariantMap item{{text("channel"), text("x")}, {text("body"), text("new")}};
  const auto update = [item](HullLocalStore& store) { store.insertAtBottomIfLoaded(text("chat:page"), item); };
  QCOMPARE(predicted(update, page(text("x"), 5)), (QStringList{text("b"), text("d"), text("f"), text("new")}));
  QCOMPARE(predicted(update, page(text("x"), 2)), (QStringList{text("b"), text("d")}));  // Its end is not loaded.
}

void CoreStoreTest::insertsAtPosition_data() {
  QTest::addColumn<QString>("body");
  QTest::addColumn<QStringList>("expected");
  QTest::newRow("front") << text("a") << QStringList{text("a"), text("b"), text("d"), text("f")};
  QTest::newRow("middle") << text("c") << QStringList{text("b"), text("c"), text("d"), text("f")};
  QTest::newRow("equal is newest") << text("d") << QStringList{text("b"), text("d"), text("d"), text("f")};
  QTest::newRow("end") << text("g") << QStringList{text("b"), text("d"), text("f"), text("g")};
}

void CoreStoreTest::insertsAtPosition() {
  QFETCH(QString, body);
  QFETCH(QStringList, expected);
  const QVariantMap item{{text("channel"), text("x")}, {text("body"), body}};
  const auto update = [item](HullLocalStore& store) {
    store.insertAtPosition(text("chat:page"), item, Qt::AscendingOrder,
                           [](const QVariant& row) { return row.toMap().value(text("body")); },
                           {{text("channel"), text("x")}});
  };
  QCOMPARE(predicted(update, page(text("x"), 5)), expected);
}

void CoreStoreTest::updatesItems() {
  const auto update = [](HullLocalStore& store) {
    store.updateItem(text("chat:page"), {{text("channel"), text("x")}}, [](const QVariant& row) {
      QVariantMap changed = row.toMap();
      if (changed.value(text("body")) == text("d")) changed.insert(text("body"), text("D"));
      return QVariant(changed);
    });
  };
  QCOMPARE(predicted(update, page(text("x"))), (QStringList{text("b"), text("D"), text("f")}));
}

void CoreStoreTest::badValuesDropTheUpdate() {
  m_client->prewarm(text("chat:page"), page(text("x")), 60'000);
  bodies(page(text("x")));
  const auto update = [](HullLocalStore& store) {
    store.insertAtTop(text("chat:page"), QVariantMap{{text("when"), QDateTime::currentDateTime()}});
  };
  HullPendingCall* call = m_client->mutation(text("chat:send"), {{text("channel"), text("y")}}, update);
  const HullError error = errorOf(call);
  QVERIFY2(error.message().contains(text("when")), qPrintable(error.message()));
  QCOMPARE(bodies(page(text("x"))), (QStringList{text("b"), text("d"), text("f")}));
}

static const Register<CoreStoreTest> registered;

#include "core_store_test.moc"
