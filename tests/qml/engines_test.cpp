// Several QML engines in one process, and engines that go while calls are under way: the objects of the one know
// nothing of the others, and nothing reaches into an engine that is gone.
#include "hullclient.h"

#include <QtTest/QTest>

#include <QtCore/QPointer>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlContext>
#include <QtQml/QQmlEngine>

#include <memory>

namespace {

// An engine with one object in it.
struct World {
  explicit World(HullClient* client = nullptr) : engine(std::make_unique<QQmlEngine>()) {
    engine->addImportPath(QStringLiteral(QML_DIR));
    engine->rootContext()->setContextProperty(QStringLiteral("shared"), client);
  }
  bool load(const char* text, const QVariantMap& properties = {}) {
    QQmlComponent component(engine.get());
    component.setData(text, QUrl(QStringLiteral("qrc:/world.qml")));
    root.reset(component.createWithInitialProperties(properties));
    if (!root) qWarning() << component.errorString();
    return root != nullptr;
  }
  QVariant get(const char* name) const { return root->property(name); }
  void run(const char* method) const { QMetaObject::invokeMethod(root.get(), method); }

  std::unique_ptr<QQmlEngine> engine;
  std::unique_ptr<QObject> root;
};

constexpr const char* deploymentText = R"(
  import QtQml
  import HullTest
  MockDeployment {
    Component.onCompleted: {
      query("a:count", (args, db) => db.table("t").count())
      mutation("a:add", (args, db) => { db.table("t").insert({}) })
      action("a:echo", args => args)
    }
    function holdAll() { hold("a:add"); hold("a:echo") }
    function releaseAll() { release("a:add"); release("a:echo") }
  })";

// With a client of its own, or over the client of C++.
constexpr const char* programText = R"(
  import QtQml
  import Hull
  HullClient {
    id: own
    readonly property int count: query.value ?? -1
    readonly property bool running: add.running || echo.running
    property int told: 0
    property bool loading: auth.loading
    property HullAuth auth: HullAuth { }
    readonly property HullQuery query: HullQuery { client: shared ?? own; query: "a:count" }
    readonly property HullQueries all: HullQueries { client: shared ?? own; queries: ({count: {query: "a:count"}}) }
    readonly property HullMutation add: HullMutation {
      client: shared ?? own
      mutation: "a:add"
      optimisticUpdate: store => store.setQuery("a:count", {}, store.getQuery("a:count") + 100)
    }
    readonly property HullAction echo: HullAction { client: shared ?? own; action: "a:echo" }
    function callAll() {
      add.call().then(() => ++told, () => ++told)
      echo.call({x: 1}).finally(() => ++told)
    }
    function signInForever() {
      auth.fetchToken = () => new Promise(() => {})
    }
  })";

}  // namespace

class EnginesTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup() { m_server.reset(); }
  void beside();
  void oneClientForTwo();
  void theEngineGoesBeforeItsObjects();
  void theObjectsGoBeforeTheirEngine();
  void theEngineGoesDuringAFetch();

 private:
  QVariantMap address() const { return {{QStringLiteral("url"), m_server->get("url")}}; }
  std::unique_ptr<World> m_server;
};

void EnginesTest::init() {
  m_server = std::make_unique<World>();
  QVERIFY(m_server->load(deploymentText));
}

void EnginesTest::beside() {
  World one;
  World two;
  QVERIFY(one.load(programText, address()));
  QVERIFY(two.load(programText, address()));
  QTRY_COMPARE(one.get("count").toInt(), 0);
  QTRY_COMPARE(two.get("count").toInt(), 0);
  one.run("callAll");
  two.run("callAll");
  QTRY_COMPARE(one.get("told").toInt(), 2);
  QTRY_COMPARE(two.get("told").toInt(), 2);
  QTRY_COMPARE(one.get("count").toInt(), 2);
  QTRY_COMPARE(two.get("count").toInt(), 2);
}

void EnginesTest::oneClientForTwo() {
  HullClient client(m_server->get("url").toUrl());
  auto one = std::make_unique<World>(&client);
  World two(&client);
  QVERIFY(one->load(programText));
  QVERIFY(two.load(programText));
  QTRY_COMPARE(one->get("count").toInt(), 0);
  QTRY_COMPARE(two.get("count").toInt(), 0);
  m_server->run("holdAll");
  one->run("callAll");
  QCOMPARE(two.get("count").toInt(), 100);  // What the update of the other engine predicts.
  one.reset();
  two.run("callAll");  // The layer of the engine that is gone runs again, and does nothing.
  m_server->run("releaseAll");
  QTRY_COMPARE(two.get("told").toInt(), 2);
  QTRY_COMPARE(two.get("count").toInt(), 2);
}

void EnginesTest::theEngineGoesBeforeItsObjects() {
  World one;
  QVERIFY(one.load(programText, address()));
  QTRY_COMPARE(one.get("count").toInt(), 0);
  m_server->run("holdAll");
  one.run("callAll");
  QVERIFY(one.root->property("running").toBool());
  const QPointer<QObject> add = one.root->property("add").value<QObject*>();
  one.engine.reset();
  m_server->run("releaseAll");
  QTRY_VERIFY(!add->property("running").toBool());
  QTest::qWait(50);
  one.root.reset();
  QVERIFY(!add);
}

void EnginesTest::theObjectsGoBeforeTheirEngine() {
  World one;
  QVERIFY(one.load(programText, address()));
  m_server->run("holdAll");
  QTRY_COMPARE(one.get("count").toInt(), 0);
  one.run("callAll");
  one.root.reset();
  one.engine->collectGarbage();
  m_server->run("releaseAll");
  QTest::qWait(100);
  one.engine.reset();
}

void EnginesTest::theEngineGoesDuringAFetch() {
  HullClient client(m_server->get("url").toUrl());
  auto one = std::make_unique<World>(&client);
  QVERIFY(one->load(programText));
  one->root->property("auth").value<QObject*>()->setProperty("client", QVariant::fromValue(&client));
  one->run("signInForever");
  QTRY_VERIFY(client.authState().loading);
  QTest::qWait(50);
  one->engine.reset();
  QTest::qWait(50);
  one.reset();
  QVERIFY(!client.authState().loading);  // It signs out when it goes.
}

QTEST_GUILESS_MAIN(EnginesTest)
#include "engines_test.moc"
