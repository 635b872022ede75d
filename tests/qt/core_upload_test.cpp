// HullUploader: bytes and files to the storage, over a URL or a mutation that makes one.
#include "core_fixture.h"

#include "hulluploader.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryFile>

#include <algorithm>
#include <stdexcept>

using namespace CoreTest;

class CoreUploadTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_deployment = makeChat();
    m_deployment->mutation("files:url", [](hull::mock::mutation_context& db, const hull::value& args) -> hull::value {
      if (args.as_object().find("refuse")) throw std::runtime_error("not for you");
      if (args.as_object().find("number")) return hull::value(7.0);
      return hull::value(db.generate_upload_url());
    });
    m_client = std::make_unique<HullClient>(urlOf(*m_deployment));
    m_uploader = std::make_unique<HullUploader>(m_client.get(), text("files:url"));
  }
  void cleanup() {
    m_uploader.reset();
    m_client.reset();
    m_deployment.reset();
  }

  void bytes();
  void file();
  void overAUrl();
  void failures();
  void cancelled();
  void cancelledWhileTheUrlIsMade();
  void severalAtOnce();
  void destroyedOnTheWay();
  void destroyedInsideOfSignals();

 private:
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullUploader> m_uploader;
};

void CoreUploadTest::bytes() {
  QSignalSpy running(m_uploader.get(), &HullUploader::runningChanged);
  QList<double> progress;
  connect(m_uploader.get(), &HullUploader::progressChanged, this, [&] { progress.append(m_uploader->progress()); });
  const QByteArray data(3'000'000, 'x');
  HullPendingCall* call = m_uploader->upload(data, text("text/plain"));
  QVERIFY(m_uploader->isRunning());
  QCOMPARE(errorOf(call), HullError());
  const auto stored = m_deployment->file(call->value().toString().toStdString());
  QVERIFY(stored);
  QCOMPARE(QByteArray::fromStdString(stored->bytes), data);
  QCOMPARE(QString::fromStdString(stored->content_type), text("text/plain"));
  QTRY_VERIFY(!m_uploader->isRunning());
  QCOMPARE(running.count(), 2);
  QVERIFY(!progress.isEmpty() && std::is_sorted(progress.begin(), progress.end()));
  QCOMPARE(m_uploader->progress(), 1.0);
}

void CoreUploadTest::file() {
  QTemporaryFile file(QDir::tempPath() + text("/hull-XXXXXX.png"));
  QVERIFY(file.open());
  file.write("\x89PNG\r\n\x1a\n and the rest", 22);
  file.close();
  HullPendingCall* call = m_uploader->uploadFile(file.fileName());
  QCOMPARE(errorOf(call), HullError());
  const auto stored = m_deployment->file(call->value().toString().toStdString());
  QVERIFY(stored);
  QCOMPARE(stored->bytes.size(), std::size_t{22});
  QCOMPARE(QString::fromStdString(stored->content_type), text("image/png"));
}

void CoreUploadTest::overAUrl() {
  HullPendingCall* url = m_client->mutation(text("files:url"));
  QVERIFY(!errorOf(url));
  HullUploader alone(nullptr, url->value().toString());
  HullPendingCall* call = alone.upload("abc");
  QCOMPARE(errorOf(call), HullError());
  QCOMPARE(m_deployment->file(call->value().toString().toStdString())->bytes, std::string("abc"));
  // Such a URL serves once.
  QVERIFY(errorOf(alone.upload("abc")).kind() != HullError::NoError);
}

void CoreUploadTest::failures() {
  QCOMPARE(errorOf(m_uploader->uploadFile(text("/there/is/no/such/file"))).kind(), HullError::BadArgument);
  m_uploader->setArgs({{text("refuse"), true}});
  const HullError refused = errorOf(m_uploader->upload("x"));
  QCOMPARE(refused.kind(), HullError::FunctionFailed);
  QVERIFY(refused.message().contains(text("not for you")));
  m_uploader->setArgs({{text("number"), true}});
  QCOMPARE(errorOf(m_uploader->upload("x")).kind(), HullError::BadValue);
  m_uploader->setUploadUrl({});
  QCOMPARE(errorOf(m_uploader->upload("x")).kind(), HullError::BadArgument);
  m_uploader->setUploadUrl(text("http://127.0.0.1:1/upload"));
  QCOMPARE(errorOf(m_uploader->upload("x")).kind(), HullError::Network);
  m_uploader->setUploadUrl(text("files:url"));
  m_uploader->setClient(nullptr);
  QCOMPARE(errorOf(m_uploader->upload("x")).kind(), HullError::BadArgument);
  QVERIFY(!m_uploader->isRunning());
}

void CoreUploadTest::cancelled() {
  HullPendingCall* call = m_uploader->upload(QByteArray(20'000'000, 'x'));
  // In the middle, however fast the machine is: at the first bytes.
  bool wasRunning = false;
  connect(m_uploader.get(), &HullUploader::progressChanged, call, [call, &wasRunning] {
    if (wasRunning) return;
    call->cancel();
    wasRunning = call->isRunning();
  });
  QCOMPARE(errorOf(call).kind(), HullError::Cancelled);
  QVERIFY(wasRunning);
  QTRY_VERIFY(!m_uploader->isRunning());
  // The next begins anew.
  QVERIFY(!errorOf(m_uploader->upload("x")));
}

void CoreUploadTest::cancelledWhileTheUrlIsMade() {
  m_deployment->hold("files:url");
  HullPendingCall* call = m_uploader->upload("x");
  QTest::qWait(30);
  m_uploader->cancel();
  QCOMPARE(errorOf(call).kind(), HullError::Cancelled);
  m_deployment->release("files:url");
  QTest::qWait(30);
  QVERIFY(!m_uploader->isRunning());
}

void CoreUploadTest::severalAtOnce() {
  std::vector<HullPendingCall*> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(m_uploader->upload(QByteArray::number(i)));
  for (HullPendingCall* call : calls) call->setAutoDelete(false);
  for (int i = 0; i < 5; ++i) {
    HullPendingCall* call = calls[static_cast<std::size_t>(i)];
    QVERIFY(!errorOf(call));
    QCOMPARE(m_deployment->file(call->value().toString().toStdString())->bytes, std::to_string(i));
  }
}

void CoreUploadTest::destroyedOnTheWay() {
  HullError error;
  HullPendingCall* call = m_uploader->upload(QByteArray(5'000'000, 'x'));
  connect(call, &HullPendingCall::failed, this, [&error](const HullError& e) { error = e; });
  QTest::qWait(5);
  m_uploader.reset();
  QCOMPARE(error.kind(), HullError::Closed);

  // The client goes while it makes the URL.
  m_deployment->hold("files:url");
  HullUploader uploader(m_client.get(), text("files:url"));
  HullPendingCall* waiting = uploader.upload("x");
  QTest::qWait(20);
  m_client.reset();
  QCOMPARE(errorOf(waiting).kind(), HullError::Closed);
  m_deployment->release("files:url");
}

void CoreUploadTest::destroyedInsideOfSignals() {
  using Signal = void (HullUploader::*)();
  for (const Signal signal : {&HullUploader::runningChanged, &HullUploader::progressChanged}) {
    QPointer<HullUploader> uploader = new HullUploader(m_client.get(), text("files:url"));
    QObject killer;
    connect(uploader, signal, &killer, [&uploader] { delete uploader.data(); });
    uploader->upload(QByteArray(100'000, 'x'));
    QTRY_VERIFY(!uploader);
  }
  QPointer<HullUploader> uploader = new HullUploader(m_client.get(), text("files:url"));
  connect(uploader->upload("x"), &HullPendingCall::succeeded, this, [&uploader] { delete uploader.data(); });
  QTRY_VERIFY(!uploader);
}

static const Register<CoreUploadTest> registered;

#include "core_upload_test.moc"
