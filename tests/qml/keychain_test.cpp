// HullKeychain with a keychain of the test, in C++ and QML, and what the one of the system says when there is none.
#include "hullkeychain_p.h"
#include "hullpendingcall.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QMap>
#include <QtCore/QUrl>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlEngine>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace {

/// What a FakeKeychain holds, and what was asked of it. Outlives it.
struct Vault {
  QMap<QString, QString> secrets;  ///< By "service/key".
  QStringList asked;
  HullError failure;    ///< Of every operation from now on, if set.
  bool isHeld = false;  ///< Answers wait for release().
  std::deque<std::function<void()>> waiting;

  void release() {
    isHeld = false;
    for (const auto& answer : std::exchange(waiting, {})) answer();
  }
};

class FakeKeychain : public HullKeychainBackend {
 public:
  explicit FakeKeychain(std::shared_ptr<Vault> vault) : m_vault(std::move(vault)) {}

  void read(const QString& service, const QString& key, Done done) override {
    answer(QStringLiteral("read ") + key, std::move(done),
           [vault = m_vault.get(), place = service + u'/' + key] { return vault->secrets.value(place); });
  }
  void write(const QString& service, const QString& key, const QString& secret, Done done) override {
    answer(QStringLiteral("write ") + key, std::move(done),
           [vault = m_vault.get(), place = service + u'/' + key, secret] {
             vault->secrets[place] = secret;
             return QString();
           });
  }
  void remove(const QString& service, const QString& key, Done done) override {
    answer(QStringLiteral("remove ") + key, std::move(done), [vault = m_vault.get(), place = service + u'/' + key] {
      vault->secrets.remove(place);
      return QString();
    });
  }

 private:
  void answer(const QString& what, Done done, std::function<QString()> act) {
    m_vault->asked.append(what);
    auto later = [vault = m_vault, done = std::move(done), act = std::move(act)] {
      const HullError failure = vault->failure;
      const QString found = failure ? QString() : act();
      done(failure, found);
    };
    if (m_vault->isHeld) return m_vault->waiting.push_back(std::move(later));
    QMetaObject::invokeMethod(QCoreApplication::instance(), std::move(later), Qt::QueuedConnection);
  }
  const std::shared_ptr<Vault> m_vault;
};

QString text(const char* latin) { return QString::fromLatin1(latin); }

/// Waits until the future is over, and returns why it failed, if it did.
template <class T>
HullError errorOf(QFuture<T> future) {
  if (!QTest::qWaitFor([&] { return future.isFinished(); }))
    return {HullError::TimedOut, text("the future never finished")};
  try {
    future.waitForFinished();
  } catch (const HullException& thrown) {
    return thrown.error();
  }
  return {};
}

}  // namespace

class KeychainTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() { m_vault = std::make_shared<Vault>(); }

  void keepsTexts();
  void oneAfterAnother();
  void mistakes();
  void failures();
  void goesWhileItIsAsked();
  void destroyedByItsOwnAnswer();
  void promises();
  void feedsATokenSource();
  void systemWithoutAKeychain();

 private:
  std::unique_ptr<HullKeychain> make(const QString& service = text("org.example.chat")) {
    auto keychain = std::make_unique<HullKeychain>(service);
    HullKeychainPrivate::get(keychain.get())->setBackend(std::make_unique<FakeKeychain>(m_vault));
    return keychain;
  }
  std::unique_ptr<QObject> load(const QByteArray& source);

  std::shared_ptr<Vault> m_vault;
  QQmlEngine m_engine;
};

void KeychainTest::keepsTexts() {
  const auto keychain = make();
  QFuture<QString> nothing = keychain->read(text("refreshToken"));
  QVERIFY(!nothing.isFinished());
  QVERIFY(!errorOf(nothing));
  QCOMPARE(nothing.result(), QString());
  QVERIFY(!errorOf(keychain->write(text("refreshToken"), QStringLiteral("süß"))));
  QCOMPARE(m_vault->secrets, (QMap<QString, QString>{{text("org.example.chat/refreshToken"), QStringLiteral("süß")}}));
  QFuture<QString> kept = keychain->read(text("refreshToken"));
  QVERIFY(!errorOf(kept));
  QCOMPARE(kept.result(), QStringLiteral("süß"));
  const auto other = make(text("org.example.mail"));
  QFuture<QString> others = other->read(text("refreshToken"));
  QVERIFY(!errorOf(others));
  QCOMPARE(others.result(), QString());
  QVERIFY(!errorOf(keychain->remove(text("refreshToken"))));
  QVERIFY(!errorOf(keychain->remove(text("refreshToken"))));
  QVERIFY(m_vault->secrets.isEmpty());
  QVERIFY(!errorOf(keychain->write(text("a"), text("b"))));
  QVERIFY(!errorOf(keychain->write(text("a"), QString())));
  QVERIFY(m_vault->secrets.isEmpty());
}

void KeychainTest::oneAfterAnother() {
  const auto keychain = make();
  m_vault->isHeld = true;
  QFuture<void> first = keychain->write(text("a"), text("1"));
  QFuture<QString> second = keychain->read(text("a"));
  keychain->setService(text("org.example.other"));
  QFuture<QString> third = keychain->read(text("a"));
  QTRY_COMPARE(m_vault->asked, QStringList{text("write a")});
  QCoreApplication::processEvents();
  QCOMPARE(m_vault->asked.size(), 1);  // The second waits for the first.
  m_vault->release();
  QVERIFY(!errorOf(third));
  QVERIFY(first.isFinished());
  QCOMPARE(second.result(), text("1"));
  QCOMPARE(third.result(), QString());  // Of the other service.
  QCOMPARE(m_vault->asked, (QStringList{text("write a"), text("read a"), text("read a")}));
}

void KeychainTest::mistakes() {
  const auto keychain = make(QString());
  QSignalSpy changed(keychain.get(), &HullKeychain::serviceChanged);
  QCOMPARE(errorOf(keychain->read(text("a"))).message(),
           text("HullKeychain has no service: set it to the name of the program"));
  keychain->setService(text("x"));
  keychain->setService(text("x"));
  QCOMPARE(changed.count(), 1);
  QCOMPARE(errorOf(keychain->remove(QString())).kind(), HullError::BadArgument);
  QVERIFY(m_vault->asked.isEmpty());
}

void KeychainTest::failures() {
  const auto keychain = make();
  m_vault->failure = {HullError::StorageFailed, text("locked")};
  QCOMPARE(errorOf(keychain->read(text("a"))), m_vault->failure);
  QCOMPARE(errorOf(keychain->write(text("a"), text("b"))), m_vault->failure);
  QCOMPARE(errorOf(keychain->remove(text("a"))), m_vault->failure);
  m_vault->failure = {};
  QVERIFY(!errorOf(keychain->write(text("a"), text("b"))));
}

void KeychainTest::goesWhileItIsAsked() {
  auto keychain = make();
  m_vault->isHeld = true;
  QFuture<QString> asked = keychain->read(text("a"));
  QFuture<void> behind = keychain->write(text("a"), text("b"));
  QTRY_COMPARE(m_vault->waiting.size(), std::size_t{1});
  keychain.reset();
  QVERIFY(asked.isFinished() && behind.isFinished());
  QCOMPARE(errorOf(asked).kind(), HullError::Closed);
  QCOMPARE(errorOf(behind).kind(), HullError::Closed);
  m_vault->release();  // An answer that comes too late finds nobody.
  QCOMPARE(m_vault->asked.size(), 1);
}

void KeychainTest::destroyedByItsOwnAnswer() {
  QPointer<HullKeychain> keychain = make().release();
  QObject context;
  keychain->read(text("a")).then(&context, [keychain](const QString&) { delete keychain.data(); });
  QFuture<void> behind = keychain->write(text("a"), text("b"));
  QTRY_VERIFY(!keychain);
  QTRY_VERIFY(behind.isFinished());
}

std::unique_ptr<QObject> KeychainTest::load(const QByteArray& source) {
  QQmlComponent component(&m_engine);
  component.setData("import QtQml\nimport Hull\n" + source, QUrl());
  std::unique_ptr<QObject> object(component.create());
  if (!object) qCritical("%s", qPrintable(component.errorString()));
  return object;
}

void KeychainTest::promises() {
  m_engine.addImportPath(text(QML_DIR));
  const auto scene = load(R"(
    QtObject {
      id: root
      property string told
      property int kind: -1
      readonly property HullKeychain keychain: HullKeychain { id: keychain; service: "org.example.chat" }
      function save() {
        keychain.read("t").then(nothing => {
          told += `${nothing === ""} `
          return keychain.write("t", "secret")
        }).then(() => keychain.read("t")).then(found => {
          told += found
          return keychain.remove("t")
        }).then(() => told += " done")
      }
      function fail() { keychain.read("t").catch(error => { told = error.message; kind = error.kind }) }
    })");
  QVERIFY(scene);
  auto* const keychain = scene->property("keychain").value<HullKeychain*>();
  QVERIFY(keychain);
  HullKeychainPrivate::get(keychain)->setBackend(std::make_unique<FakeKeychain>(m_vault));
  QMetaObject::invokeMethod(scene.get(), "save");
  QTRY_COMPARE(scene->property("told").toString(), text("true secret done"));
  QVERIFY(m_vault->secrets.isEmpty());
  m_vault->failure = {HullError::StorageFailed, text("locked")};
  QMetaObject::invokeMethod(scene.get(), "fail");
  QTRY_COMPARE(scene->property("told").toString(), text("locked"));
  QCOMPARE(scene->property("kind").toInt(), int(HullError::StorageFailed));
}

void KeychainTest::feedsATokenSource() {
  m_engine.addImportPath(text(QML_DIR));
  hull::mock::fake_deployment deployment;
  deployment.authenticate([](const std::string& token) -> std::optional<hull::value> {
    if (token != "token of a-refresh-token") return std::nullopt;
    return hull::value(hull::object{});
  });
  const auto scene = load(R"(
    HullClient {
      id: root
      readonly property HullKeychain keychain: HullKeychain { id: keychain; service: "org.example.chat" }
      readonly property HullAuth auth: HullAuth {
        client: root
        fetchToken: () => keychain.read("refreshToken").then(saved => saved === "" ? null : `token of ${saved}`)
      }
    })");
  QVERIFY(scene);
  auto* const keychain = scene->property("keychain").value<HullKeychain*>();
  HullKeychainPrivate::get(keychain)->setBackend(std::make_unique<FakeKeychain>(m_vault));
  auto* const auth = scene->property("auth").value<QObject*>();
  scene->setProperty("url", QUrl(QString::fromStdString(deployment.url())));
  QTRY_VERIFY(!auth->property("loading").toBool());
  QVERIFY(!auth->property("authenticated").toBool());
  QVERIFY(!errorOf(static_cast<HullKeychain*>(keychain)->write(text("refreshToken"), text("a-refresh-token"))));
  QMetaObject::invokeMethod(auth, "signIn");
  QTRY_VERIFY(auth->property("authenticated").toBool());
}

// Run where no keychain answers (see CMakeLists.txt).
void KeychainTest::systemWithoutAKeychain() {
#ifndef Q_OS_LINUX
  QSKIP("other systems always have one");
#endif
  HullKeychain keychain(text("org.example.hull.test"));
  QFuture<QString> read = keychain.read(text("refreshToken"));
  QTRY_VERIFY_WITH_TIMEOUT(read.isFinished(), 30'000);
  const HullError error = errorOf(read);
  QCOMPARE(error.kind(), HullError::StorageFailed);
  QVERIFY2(error.message().contains(text("keychain")), qPrintable(error.message()));
  QCOMPARE(errorOf(keychain.write(text("refreshToken"), text("x"))).kind(), HullError::StorageFailed);
}

QTEST_GUILESS_MAIN(KeychainTest)
#include "keychain_test.moc"
