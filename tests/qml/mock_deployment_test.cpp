// A MockDeployment that goes while its threads wait for functions in JavaScript: nobody waits for ever, and nothing
// is touched that is gone. QML's own destroy() comes too late for that.
#include "hullclient.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QPointer>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlContext>
#include <QtQml/QQmlEngine>

#include <memory>

class MockDeploymentTest : public QObject {
  Q_OBJECT

 public:
  /// For functions in JavaScript.
  Q_INVOKABLE void removeDeployment() { m_deployment.reset(); }
  Q_INVOKABLE void count() { ++m_runs; }

 private Q_SLOTS:
  void init();
  void cleanup();
  void goesWhileItsThreadWaits();
  void goesInsideAMutation();
  void goesInsideAnAction();
  void goesBeforeAPromiseIsKept();

 private:
  HullPendingCall* call(const char* path);

  std::unique_ptr<QQmlEngine> m_engine;
  std::unique_ptr<QObject> m_deployment;
  std::unique_ptr<HullClient> m_client;
  int m_runs = 0;
};

void MockDeploymentTest::init() {
  m_runs = 0;
  m_engine = std::make_unique<QQmlEngine>();
  m_engine->addImportPath(QStringLiteral(QML_DIR));
  m_engine->rootContext()->setContextProperty(QStringLiteral("test"), this);
  QQmlComponent component(m_engine.get());
  component.setData(R"(
    import QtQml
    import HullTest
    MockDeployment {
      id: root
      property var kept
      Component.onCompleted: {
        mutation("m:count", (args, db) => { test.count(); db.table("t").insert({}) })
        mutation("m:remove", (args, db) => {
          const counter = test  // Names of the context go with the deployment.
          counter.removeDeployment()
          try { db.table("t").insert({}) } catch (error) { counter.count() }
        })
        action("m:actAndRemove", (args, ctx) => {
          const promise = ctx.runMutation("m:remove")
          return promise.then(() => test.count())
        })
        action("m:never", () => new Promise(resolve => { root.kept = resolve; test.count() }))
      }
    })",
                    {});
  m_deployment.reset(component.create());
  QVERIFY2(m_deployment, qPrintable(component.errorString()));
  m_client = std::make_unique<HullClient>(m_deployment->property("url").toUrl());
  QTRY_VERIFY(m_client->isConnected());
}

void MockDeploymentTest::cleanup() {
  m_client.reset();
  m_deployment.reset();
  m_engine.reset();
}

HullPendingCall* MockDeploymentTest::call(const char* path) {
  const QString name = QString::fromLatin1(path);
  return name.startsWith(QLatin1String("m:act")) || name == QLatin1String("m:never") ? m_client->action(name)
                                                                                     : m_client->mutation(name);
}

void MockDeploymentTest::goesWhileItsThreadWaits() {
  call("m:count");
  QTest::qSleep(100);  // The call is there, and this thread does not take it.
  m_deployment.reset();
  QCOMPARE(m_runs, 0);
  QTRY_VERIFY(!m_client->isConnected());
  QCOMPARE(m_runs, 0);
}

void MockDeploymentTest::goesInsideAMutation() {
  call("m:remove");
  QTRY_VERIFY(!m_deployment);
  QCOMPARE(m_runs, 1);  // `db` had ended.
  QTRY_VERIFY(!m_client->isConnected());
}

void MockDeploymentTest::goesInsideAnAction() {
  call("m:actAndRemove");
  QTRY_VERIFY(!m_deployment);
  QCOMPARE(m_runs, 1);
  QTRY_VERIFY(!m_client->isConnected());
  QCOMPARE(m_runs, 1);  // The promise is never kept.
}

void MockDeploymentTest::goesBeforeAPromiseIsKept() {
  call("m:never");
  QTRY_COMPARE(m_runs, 1);
  const QJSValue resolve = m_deployment->property("kept").value<QJSValue>();
  QVERIFY(resolve.isCallable());
  m_deployment.reset();
  resolve.call({QJSValue(1)});
  m_engine->collectGarbage();
  QTRY_VERIFY(!m_client->isConnected());
}

QTEST_GUILESS_MAIN(MockDeploymentTest)
#include "mock_deployment_test.moc"
