// The code of docs/guide/qt-cpp.md, run against a deployment; and a check that the guide shows no other code.
#include "hullclient.h"
#ifdef HULL_QT_HAS_KEYCHAIN
#include "hullkeychain.h"
#endif
#include "hulltyped.h"
#include "hulluploader.h"
#include "hullwatcher.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QThread>

#include <boost/describe.hpp>

struct SendArgs {
  std::string author;
  std::string body;
};
BOOST_DESCRIBE_STRUCT(SendArgs, (), (author, body))

struct Message {
  std::string author;
  std::string body;
};
BOOST_DESCRIBE_STRUCT(Message, (), (author, body))

constexpr hull::query_ref<hull::no_args, std::vector<Message>> listMessages{"messages:list"};
constexpr hull::mutation_ref<SendArgs, std::string> sendMessage{"messages:send"};

class CountLabel : public QLabel {
  Q_OBJECT

 public:
  explicit CountLabel(HullClient* client, QWidget* parent = nullptr)
      : QLabel(parent), m_messages(client, QStringLiteral("messages:list")) {
    connect(&m_messages, &HullWatcher::valueChanged, this, &CountLabel::refresh);
    connect(&m_messages, &HullWatcher::statusChanged, this, &CountLabel::refresh);
    refresh();
  }

 private:
  void refresh() {
    switch (m_messages.status()) {
      case HullWatcher::Null:
        return setText(tr("Not connected to anything"));
      case HullWatcher::Loading:
        return setText(tr("Loading…"));
      case HullWatcher::Error:
        return setText(m_messages.error().message());
      case HullWatcher::Ready:
        return setText(tr("%n message(s)", nullptr, static_cast<int>(m_messages.value().toList().size())));
    }
  }

  HullWatcher m_messages;
};

class CoreGuideTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup() { m_deployment.reset(); }

  void showsOnlyThisCode();
  void labelFollows();
  void calls();
  void optimisticUpdates();
  void futures();
  void cancellation();
  void signingIn();
  void keychains();
  void otherThreads();
  void uploads();
  void types();
  void options();

 private:
  QUrl url() const { return QUrl(QString::fromStdString(m_deployment->url())); }
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
};

void CoreGuideTest::init() {
  m_deployment = std::make_unique<hull::mock::fake_deployment>();
  m_deployment->query("messages:list", [](hull::mock::query_context& db, const hull::value&) {
    return hull::value(db.table("messages").scan());
  });
  m_deployment->mutation("messages:send", [](hull::mock::mutation_context& db, const hull::value& args) {
    return hull::value(db.table("messages").insert(args.as_object()));
  });
  m_deployment->mutation("files:generateUploadUrl", [](hull::mock::mutation_context& db, const hull::value&) {
    return hull::value(db.generate_upload_url());
  });
  m_deployment->authenticate([](const std::string&) { return hull::value(hull::object{}); });
}

namespace {

/// Without indentation and empty lines: code in a function looks different in a text.
QStringList essence(const QString& text) {
  QStringList lines;
  for (const QString& line : text.split(u'\n'))
    if (!line.trimmed().isEmpty()) lines.append(line.trimmed());
  return lines;
}

QString readAll(const char* name) {
  QFile file(QString::fromLocal8Bit(name));
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

}  // namespace

void CoreGuideTest::showsOnlyThisCode() {
  const QString source = u'\n' + essence(readAll(GUIDE_SOURCE)).join(u'\n') + u'\n';
  const QStringList parts = readAll(GUIDE_TEXT).split(QStringLiteral("```"));
  int blocks = 0;
  for (int i = 1; i < parts.size(); i += 2) {
    if (!parts.at(i).startsWith(QStringLiteral("cpp\n"))) continue;
    ++blocks;
    const QString code = u'\n' + essence(parts.at(i).mid(4)).join(u'\n') + u'\n';
    QVERIFY2(source.contains(code), qPrintable(QStringLiteral("not in the test: ") + code));
  }
  QVERIFY(blocks >= 10);
}

void CoreGuideTest::labelFollows() {
  HullClient client(url());
  CountLabel label(&client);
  QTRY_COMPARE(label.text(), QStringLiteral("0 message(s)"));
  client.mutation(QStringLiteral("messages:send"), {{QStringLiteral("body"), QStringLiteral("hello")}});
  QTRY_COMPARE(label.text(), QStringLiteral("1 message(s)"));
}

void CoreGuideTest::calls() {
  HullClient client(url());
  QLabel status;
  QPushButton button;
  auto* const label = &status;
  connect(&button, &QPushButton::clicked, &client, [&client, label] {
    const QVariantMap args{{QStringLiteral("author"), QStringLiteral("ada")},
                           {QStringLiteral("body"), QStringLiteral("hello")}};
    client.mutation(QStringLiteral("messages:send"), args)
        ->then(
            label, [label](const QVariant& id) { label->setText(QStringLiteral("sent as ") + id.toString()); },
            [label](const HullError& error) { label->setText(error.message()); });
  });
  button.click();
  QTRY_COMPARE(status.text(), QStringLiteral("sent as messages-1"));
}

void CoreGuideTest::optimisticUpdates() {
  HullClient client(url());
  HullWatcher messages(&client, QStringLiteral("messages:list"));
  QTRY_COMPARE(messages.status(), HullWatcher::Ready);
  m_deployment->hold("messages:send");
  const QVariantMap message{{QStringLiteral("author"), QStringLiteral("ada")},
                            {QStringLiteral("body"), QStringLiteral("hello")}};
  client.mutation(QStringLiteral("messages:send"), message, [message](HullLocalStore& store) {
    QVariantList rows = store.getQuery(QStringLiteral("messages:list")).toList();
    rows.append(message);
    store.setQuery(QStringLiteral("messages:list"), {}, rows);
  });
  QCOMPARE(messages.value().toList().size(), 1);
  QVERIFY(messages.isOptimistic());
  m_deployment->release("messages:send");
  QTRY_VERIFY(!messages.isOptimistic());
}

void CoreGuideTest::futures() {
  HullClient client(url());
  auto* const label = new QLabel;
  const QVariantMap args{{QStringLiteral("body"), QStringLiteral("hello")}};
  QFuture<QVariant> sent = client.mutation(QStringLiteral("messages:send"), args)->future();
  sent.then(label, [label](const QVariant& id) { label->setText(id.toString()); })
      .onFailed(label, [label](const HullException& e) { label->setText(e.error().message()); });
  QTRY_COMPARE(label->text(), QStringLiteral("messages-1"));
  delete label;
}

void CoreGuideTest::cancellation() {
  HullClient client(url());
  m_deployment->hold("messages:send");
  const QVariantMap args{{QStringLiteral("body"), QStringLiteral("hello")}};
  HullCallOptions options;
  options.deadline = 5000;  // Milliseconds.
  HullPendingCall* call = client.mutation(QStringLiteral("messages:send"), args, options);
  connect(call, &HullPendingCall::failed, this, [](const HullError& error) {
    if (error.kind() == HullError::Cancelled) return;  // We know.
    if (error.kind() == HullError::TimedOut) qInfo("It may still take effect.");
  });
  call->cancel();
  QSignalSpy failed(call, &HullPendingCall::failed);
  QVERIFY(failed.wait());
  m_deployment->release("messages:send");
}

namespace {

/// Stands for an OpenID library: fetches a token and answers on a thread of its own.
class Wallet {
 public:
  void fetch(bool forceRefresh, std::function<void(QString token, QString problem)> done) {
    m_thread.reset(QThread::create(
        [forceRefresh, done] { done(forceRefresh ? QStringLiteral("fresh") : QStringLiteral("cached"), {}); }));
    m_thread->start();
  }
  ~Wallet() {
    if (m_thread) m_thread->wait();
  }

 private:
  std::unique_ptr<QThread> m_thread;
};

}  // namespace

void CoreGuideTest::signingIn() {
  HullClient client(url());
  auto wallet = std::make_shared<Wallet>();
  client.setTokenSource([wallet](bool forceRefresh, const HullTokenReply& reply) {
    wallet->fetch(forceRefresh, [reply](const QString& token, const QString& problem) {
      if (!problem.isEmpty())
        reply.failed(problem);
      else if (token.isEmpty())
        reply.signedOut();
      else
        reply.token(token);
    });
  });
  QLabel who;
  QLabel* const label = &who;
  connect(&client, &HullClient::authStateChanged, label, [label, &client] {
    const HullAuthState state = client.authState();
    label->setText(state.loading         ? QStringLiteral("Signing in…")
                   : state.authenticated ? QStringLiteral("Signed in")
                                         : QStringLiteral("Signed out"));
  });
  QTRY_COMPARE(who.text(), QStringLiteral("Signed in"));
  client.clearAuth();
  QCOMPARE(who.text(), QStringLiteral("Signed out"));
}

void CoreGuideTest::keychains() {
#ifdef HULL_QT_HAS_KEYCHAIN
  QLabel shown;
  auto* const label = &shown;
  HullKeychain keychain(QStringLiteral("org.example.chat"));
  keychain.read(QStringLiteral("refreshToken"))
      .then(label, [label](const QString& saved) { label->setText(saved); })
      .onFailed(label, [label](const HullException& e) { label->setText(e.error().message()); });
  QTRY_VERIFY(shown.text().contains(QStringLiteral("keychain")));  // There is none here (see CMakeLists.txt).
#endif
}

void CoreGuideTest::otherThreads() {
  const QUrl url = this->url();
  int shown = -1;
  QThread* const worker = QThread::create([url, &shown] {
    HullClient client(url);
    HullWatcher messages(&client, QStringLiteral("messages:list"));
    QEventLoop loop;
    QObject::connect(&messages, &HullWatcher::statusChanged, &loop, [&] {
      if (messages.status() == HullWatcher::Ready) loop.quit();
    });
    loop.exec();
    shown = static_cast<int>(messages.value().toList().size());
  });
  worker->start();
  QVERIFY(worker->wait(10'000));
  delete worker;
  QCOMPARE(shown, 0);
}

void CoreGuideTest::uploads() {
  HullClient client(url());
  QProgressBar progress;
  QProgressBar* const bar = &progress;
  HullUploader uploader(&client, QStringLiteral("files:generateUploadUrl"));
  bar->setRange(0, 100);
  connect(&uploader, &HullUploader::progressChanged, bar,
          [bar, &uploader] { bar->setValue(qRound(uploader.progress() * 100)); });
  HullPendingCall* call = uploader.upload(QByteArray(100'000, 'x'), QStringLiteral("text/plain"));
  QString id;
  call->then(this, [&id](const QVariant& storageId) { id = storageId.toString(); });
  QTRY_VERIFY(!id.isEmpty());
  QCOMPARE(bar->value(), 100);
}

void CoreGuideTest::types() {
  HullClient client(url());
  QFuture<std::string> id = HullTyped::mutation(&client, sendMessage, {"ada", "hello"});
  QTRY_VERIFY(id.isFinished());
  HullWatcher* messages = HullTyped::watch(&client, listMessages, {}, this);
  connect(messages, &HullWatcher::valueChanged, this, [messages] {
    const auto rows = HullTyped::value(listMessages, *messages);
    if (!rows) return qWarning("%s", rows.error().message.c_str());
    if (*rows)
      for (const Message& message : **rows) qInfo("%s: %s", message.author.c_str(), message.body.c_str());
  });
  QTRY_COMPARE(HullTyped::value(listMessages, *messages).value()->size(), std::size_t{1});
  delete messages;
}

void CoreGuideTest::options() {
  HullClient client;
  HullClientOptions options;
  options.retention = 30'000;  // A view that is opened again within half a minute finds its value.
  options.proxyUrl = QString();
  client.setOptions(options);
  client.setUrl(url());
  QLabel told;
  auto* const label = &told;
  connect(&client, &HullClient::restoredMutationFinished, label,
          [label](const QString& path, const QVariantMap&, const QVariant&, const HullError& error) {
            if (error) label->setText(path + QStringLiteral(" of last time: ") + error.message());
          });
  const QDateTime now = QDateTime::currentDateTime();
  const QVariantMap args{{QStringLiteral("when"), double(now.toMSecsSinceEpoch())}};
  QTRY_VERIFY(client.isConnected());
  QCOMPARE(args.size(), 1);
}

QTEST_MAIN(CoreGuideTest)

#include "core_guide_test.moc"
