// Signing in: sources that answer, fail, hang and drop the question; renewal, sign-out, admin keys, and what is logged.
#include "core_fixture.h"

#include <QtCore/QPromise>
#include <QtCore/QThread>

#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace CoreTest;

namespace {

constexpr int patience = 20'000;  // With waits of the client in between.

}  // namespace

class CoreAuthTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup() {
    m_client.reset();
    m_deployment.reset();
  }

  void tokenSignsIn();
  void adminKeyAndActingAs();
  void actingAsWhatIsNoValue();
  void sourceIsAskedAndRenewed();
  void nothingRunsBeforeTheFirstAnswer();
  void sourceThatFailsIsAskedAgain();
  void sourceThatThrows();
  void sourceThatDropsTheReply();
  void sourceThatNeverAnswers();
  void sourceOnAnotherThread();
  void firstAnswerCounts();
  void sourceWithAFuture();
  void sourceWhoseContextGoes();
  void signOutDuringAFetch();
  void signOutIsAtOnce();
  void anotherUrlKeepsTheSignIn();
  void expectAuthWaits();
  void stateBeforeThereIsAUrl();
  void destroyedInsideTheSource();
  void replacedInsideTheSource();
  void secretsAreNotLogged();
  void linesHaveTheirCategories();

 private:
  QVariant whoAmI();
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
};

void CoreAuthTest::init() {
  m_deployment = makeChat();
  m_deployment->authenticate([](const std::string& token) -> std::optional<hull::value> {
    if (token.rfind("good", 0) != 0) return std::nullopt;
    return hull::value(hull::object({{"name", hull::value(token)}}));
  });
  m_client = std::make_unique<HullClient>(urlOf(*m_deployment));
}

/// The name that the deployment knows this client by; null when nobody is signed in.
QVariant CoreAuthTest::whoAmI() {
  HullPendingCall* call = m_client->query(text("chat:whoAmI"));
  return errorOf(call) ? QVariant() : call->value().toMap().value(text("name"));
}

void CoreAuthTest::tokenSignsIn() {
  QSignalSpy tokens(m_client.get(), &HullClient::tokenChanged);
  m_client->setToken(text("good-1"));
  QVERIFY(m_client->authState().loading);
  QTRY_VERIFY(m_client->authState().authenticated);
  QVERIFY(!m_client->authState().loading);
  QCOMPARE(whoAmI(), QVariant(text("good-1")));
  QCOMPARE(m_client->token(), text("good-1"));
  m_client->setToken(text("bad"));
  QTRY_VERIFY(!m_client->authState().loading);
  QVERIFY(!m_client->authState().authenticated);
  m_client->setToken({});
  QCOMPARE(tokens.count(), 3);
  QCOMPARE(m_client->authState(), HullAuthState());
}

void CoreAuthTest::adminKeyAndActingAs() {
  m_client->setAdminAuth(text("admin-key"), {{text("name"), text("somebody")}});
  QCOMPARE(m_client->adminKey(), text("admin-key"));
  QTRY_COMPARE(whoAmI(), QVariant(text("somebody")));
  m_client->setAdminKey(text("admin-key"));  // The same key for nobody in particular.
  QTRY_COMPARE(whoAmI(), QVariant());
  m_client->setToken(text("good-2"));
  QCOMPARE(m_client->adminKey(), QString());
  QTRY_COMPARE(whoAmI(), QVariant(text("good-2")));
}

void CoreAuthTest::actingAsWhatIsNoValue() {
  const LogCatcher log;
  m_client->setAdminAuth(text("admin-key"), {{text("born"), QDateTime::currentDateTime()}});
  QCOMPARE(m_client->adminKey(), QString());
  QCOMPARE(log.linesOf("hull.auth").size(), 1);
  QVERIFY(log.linesOf("hull.auth").at(0).contains(text("born")));
}

void CoreAuthTest::sourceIsAskedAndRenewed() {
  std::vector<bool> asked;
  m_client->setTokenSource([&asked](bool force, const HullTokenReply& reply) {
    asked.push_back(force);
    reply.token(text("good-%1").arg(asked.size()));
  });
  QVERIFY(asked.empty());  // From the event loop, never inside of the call.
  QVERIFY(m_client->authState().loading);
  QTRY_VERIFY(m_client->authState().authenticated);
  QTRY_COMPARE(asked, (std::vector<bool>{false, true}));  // The first may be old: it is replaced at once.
  QTRY_COMPARE(whoAmI(), QVariant(text("good-2")));

  QSignalSpy changes(m_client.get(), &HullClient::authStateChanged);
  bool refreshed = false;
  connect(m_client.get(), &HullClient::authStateChanged, this,
          [&] { refreshed = refreshed || m_client->authState().refreshing; });
  m_deployment->expire_tokens();
  QTRY_COMPARE(asked.size(), std::size_t{3});
  QVERIFY(asked.back());
  QTRY_COMPARE(whoAmI(), QVariant(text("good-3")));
  QVERIFY(refreshed);
  QVERIFY(m_client->authState().authenticated && !m_client->authState().refreshing);
}

void CoreAuthTest::nothingRunsBeforeTheFirstAnswer() {
  HullTokenReply kept;
  m_client->setTokenSource([&kept](bool, const HullTokenReply& reply) { kept = reply; });
  HullPendingCall* call = m_client->query(text("chat:whoAmI"));
  QTest::qWait(80);
  QVERIFY(m_deployment->calls().empty());
  kept.token(text("good-late"));
  QVERIFY(!errorOf(call));
  QCOMPARE(call->value().toMap().value(text("name")).toString(), text("good-late"));
}

void CoreAuthTest::sourceThatFailsIsAskedAgain() {
  bool hasFailed = false;
  std::vector<HullTokenReply> again;
  m_client->setTokenSource([&](bool, const HullTokenReply& reply) {
    if (!std::exchange(hasFailed, true))
      reply.failed(text("no network"));
    else
      again.push_back(reply);
  });
  QCOMPARE(whoAmI(), QVariant());  // The link goes on meanwhile.
  QVERIFY(hasFailed);
  QTRY_VERIFY_WITH_TIMEOUT(!again.empty(), patience);
  again.front().token(text("good"));
  QTRY_VERIFY_WITH_TIMEOUT(m_client->authState().authenticated, patience);
}

void CoreAuthTest::sourceThatThrows() {
  const LogCatcher log;
  m_client->setTokenSource([](bool, const HullTokenReply&) { throw std::runtime_error("the wallet is locked"); });
  QCOMPARE(whoAmI(), QVariant());
  QVERIFY(log.linesOf("hull.auth").join(QLatin1Char('\n')).contains(text("the wallet is locked")));
}

void CoreAuthTest::sourceThatDropsTheReply() {
  const LogCatcher log;
  m_client->setTokenSource([](bool, const HullTokenReply&) {});
  QCOMPARE(whoAmI(), QVariant());
  QVERIFY(log.linesOf("hull.auth").join(QLatin1Char('\n')).contains(text("dropped")));
  QVERIFY(m_client->authState().loading);  // It is asked again.
}

void CoreAuthTest::sourceThatNeverAnswers() {
  HullClientOptions options;
  options.tokenTimeout = 60;
  m_client->setOptions(options);
  std::vector<HullTokenReply> kept;
  m_client->setTokenSource([&kept](bool, const HullTokenReply& reply) { kept.push_back(reply); });
  QCOMPARE(whoAmI(), QVariant());  // After the timeout.
  kept.front().token(text("good-too-late"));
  QTest::qWait(50);
  QVERIFY(!m_client->authState().authenticated);
}

void CoreAuthTest::sourceOnAnotherThread() {
  std::vector<std::thread> threads;
  QThread* asked = nullptr;
  m_client->setTokenSource([&](bool, const HullTokenReply& reply) {
    asked = QThread::currentThread();
    threads.emplace_back([reply] { reply.token(text("good-thread")); });
  });
  connect(m_client.get(), &HullClient::authStateChanged, this,
          [this] { QCOMPARE(QThread::currentThread(), thread()); });
  QTRY_COMPARE(whoAmI(), QVariant(text("good-thread")));
  QCOMPARE(asked, thread());
  for (auto& t : threads) t.join();
}

void CoreAuthTest::firstAnswerCounts() {
  m_client->setTokenSource([](bool, const HullTokenReply& reply) {
    reply.token(text("good-first"));
    reply.signedOut();
    reply.failed(text("no"));
    reply.token(text("good-second"));
  });
  QTRY_COMPARE(whoAmI(), QVariant(text("good-first")));
}

void CoreAuthTest::sourceWithAFuture() {
  QObject context;
  int asked = 0;
  m_client->setTokenSource(&context, [&asked](bool force) {
    ++asked;
    QPromise<QString> promise;
    promise.start();
    if (asked == 1) {
      promise.setException(std::make_exception_ptr(std::runtime_error("not yet")));
    } else {
      promise.addResult(force ? text("good-forced") : text("good-cached"));
    }
    promise.finish();
    return promise.future();
  });
  QTRY_VERIFY_WITH_TIMEOUT(m_client->authState().authenticated, patience);
  QTRY_COMPARE(whoAmI(), QVariant(text("good-forced")));
  QVERIFY(asked >= 3);

  m_client->setTokenSource(&context, [](bool) { return QtFuture::makeReadyFuture(QString()); });
  QTRY_VERIFY(!m_client->authState().loading);
  QVERIFY(!m_client->authState().authenticated);  // An empty text: nobody.
}

void CoreAuthTest::sourceWhoseContextGoes() {
  auto context = std::make_unique<QObject>();
  QPromise<QString> promise;
  promise.start();
  m_client->setTokenSource(context.get(), [&promise](bool) { return promise.future(); });
  QTest::qWait(20);
  const LogCatcher log;
  context.reset();
  promise.addResult(text("good"));
  promise.finish();
  QCOMPARE(whoAmI(), QVariant());
  QVERIFY(!log.linesOf("hull.auth").isEmpty());
}

void CoreAuthTest::signOutDuringAFetch() {
  std::vector<HullTokenReply> kept;
  m_client->setTokenSource([&kept](bool, const HullTokenReply& reply) { kept.push_back(reply); });
  QTRY_COMPARE(kept.size(), std::size_t{1});
  m_client->clearAuth();
  QVERIFY(!m_client->authState().loading);
  kept.front().token(text("good-old"));
  QCOMPARE(whoAmI(), QVariant());
  QVERIFY(!m_client->authState().authenticated);

  // Between the engine's question and the event that asks the source.
  int asked = 0;
  m_client->setTokenSource([&asked](bool, const HullTokenReply&) { ++asked; });
  m_client->clearAuth();
  QCOMPARE(whoAmI(), QVariant());
  QCOMPARE(asked, 0);
}

void CoreAuthTest::signOutIsAtOnce() {
  m_client->setToken(text("good"));
  QTRY_VERIFY(m_client->authState().authenticated);
  QSignalSpy changes(m_client.get(), &HullClient::authStateChanged);
  m_client->clearAuth();
  QVERIFY(!m_client->authState().authenticated);
  QCOMPARE(changes.count(), 1);
  QCOMPARE(m_client->token(), QString());
  QTRY_COMPARE(whoAmI(), QVariant());
}

void CoreAuthTest::anotherUrlKeepsTheSignIn() {
  const auto other = makeChat();
  other->authenticate([](const std::string& token) { return hull::value(hull::object({{"name", token}})); });
  int asked = 0;
  m_client->setTokenSource([&asked](bool, const HullTokenReply& reply) {
    ++asked;
    reply.token(text("good"));
  });
  QTRY_VERIFY(m_client->authState().authenticated);
  m_client->setUrl(urlOf(*other));
  QVERIFY(m_client->authState().loading);
  QTRY_COMPARE(whoAmI(), QVariant(text("good")));

  HullClientOptions options;
  options.compression = true;
  m_client->setOptions(options);
  QTRY_VERIFY(m_client->authState().authenticated);
  QCOMPARE(whoAmI(), QVariant(text("good")));

  m_client->setAdminAuth(text("admin-key"), {{text("name"), text("somebody")}});
  m_client->setUrl(urlOf(*m_deployment));
  QCOMPARE(whoAmI(), QVariant(text("somebody")));
  m_client->clearAuth();
  m_client->setUrl(urlOf(*other));
  QCOMPARE(whoAmI(), QVariant());
}

void CoreAuthTest::expectAuthWaits() {
  HullClientOptions options;
  options.expectAuth = true;
  HullClient client;
  client.setOptions(options);
  client.setUrl(urlOf(*m_deployment));
  QVERIFY(client.authState().loading);
  HullPendingCall* call = client.query(text("chat:whoAmI"));
  QTest::qWait(80);
  QVERIFY(m_deployment->calls().empty());
  client.setToken(text("good"));
  QVERIFY(!errorOf(call));
  QCOMPARE(call->value().toMap().value(text("name")).toString(), text("good"));
}

void CoreAuthTest::stateBeforeThereIsAUrl() {
  HullClient client;
  QCOMPARE(client.authState(), HullAuthState());
  client.setTokenSource([](bool, const HullTokenReply& reply) { reply.token(text("good")); });
  QVERIFY(client.authState().loading);
  client.setUrl(urlOf(*m_deployment));
  QTRY_VERIFY(client.authState().authenticated);
  client.setUrl({});
  QVERIFY(!client.authState().authenticated);
}

void CoreAuthTest::destroyedInsideTheSource() {
  for (const bool answers : {false, true}) {
    QPointer<HullClient> client = new HullClient(urlOf(*m_deployment));
    HullTokenReply kept;
    client->setTokenSource([client, answers, &kept](bool, const HullTokenReply& reply) {
      kept = reply;
      if (answers) reply.token(text("good"));
      delete client.data();
    });
    QTRY_VERIFY(!client);
    kept.token(text("good"));
    kept = {};
  }
}

void CoreAuthTest::replacedInsideTheSource() {
  m_client->setTokenSource([this](bool, const HullTokenReply& reply) {
    m_client->setToken(text("good-new"));
    reply.token(text("good-old"));
  });
  QTRY_COMPARE(whoAmI(), QVariant(text("good-new")));
}

void CoreAuthTest::secretsAreNotLogged() {
  const LogCatcher log;
  m_client->setToken(text("good-SECRET"));
  QTRY_VERIFY(m_client->authState().authenticated);
  m_client->setToken(text("refused-SECRET"));
  QTRY_VERIFY(!m_client->authState().loading);
  m_client->setAdminKey(text("wrong-SECRET"));
  QCOMPARE(whoAmI(), QVariant());
  m_deployment->drop_connections();
  QTest::qWait(50);
  QVERIFY(!log.lines().isEmpty());
  for (const QString& line : log.lines()) QVERIFY2(!line.contains(text("SECRET")), qPrintable(line));
}

void CoreAuthTest::linesHaveTheirCategories() {
  m_deployment->mutation("chat:talk", [](hull::mock::mutation_context& db, const hull::value&) {
    db.log("a line of the function");
    return hull::value();
  });
  const LogCatcher log;
  QVERIFY(!errorOf(m_client->mutation(text("chat:talk"))));
  m_client->setTokenSource([](bool, const HullTokenReply& reply) { reply.failed(text("no network")); });
  QTRY_COMPARE(log.linesOf("hull.auth").size(), 1);
  m_deployment->close_connections(4000, "Testing");
  QTRY_VERIFY(!log.linesOf("hull.link").filter(text("Testing")).isEmpty());
  QVERIFY(!log.linesOf("hull.functions").filter(text("a line of the function")).isEmpty());
  QVERIFY(log.linesOf("default").isEmpty());
}

static const Register<CoreAuthTest> registered;

#include "core_auth_test.moc"
