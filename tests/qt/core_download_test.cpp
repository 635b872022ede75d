// HullDownloader: files of the storage into memory and to the disk.
#include "core_fixture.h"

#include "hulldownloader.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <algorithm>

using namespace CoreTest;

class CoreDownloadTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_deployment = makeChat();
    m_deployment->query("files:get", [](hull::mock::query_context& db, const hull::value& args) {
      const auto url = db.storage_url(args.as_object().find("id")->as_string());
      return url ? hull::value(*url) : hull::value();
    });
    m_client = std::make_unique<HullClient>(urlOf(*m_deployment));
    m_downloader = std::make_unique<HullDownloader>(m_client.get());
  }
  void cleanup() {
    m_downloader.reset();
    m_client.reset();
    m_deployment.reset();
  }

  void intoMemory();
  void intoAFile();
  void failures();
  void cancelled();
  void destroyedOnTheWay();
  void destroyedInsideOfSignals();

 private:
  /// Puts a file into the storage and gives the URL of it.
  QUrl store(const QByteArray& bytes);
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullDownloader> m_downloader;
};

QUrl CoreDownloadTest::store(const QByteArray& bytes) {
  const std::string id = m_deployment->add_file(bytes.toStdString(), "text/plain");
  HullPendingCall* call = m_client->query(text("files:get"), {{text("id"), QString::fromStdString(id)}});
  return errorOf(call) ? QUrl() : QUrl(call->value().toString());
}

void CoreDownloadTest::intoMemory() {
  const QByteArray bytes(2'000'000, 'y');
  QSignalSpy running(m_downloader.get(), &HullDownloader::runningChanged);
  HullPendingCall* call = m_downloader->download(store(bytes));
  QVERIFY(m_downloader->isRunning());
  QCOMPARE(errorOf(call), HullError());
  QCOMPARE(call->value().toByteArray(), bytes);
  QTRY_COMPARE(running.count(), 2);
  QCOMPARE(m_downloader->progress(), 1.0);
}

void CoreDownloadTest::intoAFile() {
  const QTemporaryDir folder;
  const QString name = folder.filePath(QString::fromUtf8("h\u00e4lf.txt"));
  HullPendingCall* call = m_downloader->downloadFile(store("abc"), name);
  QCOMPARE(errorOf(call), HullError());
  QCOMPARE(call->value().toString(), name);
  QFile file(name);
  QVERIFY(file.open(QIODevice::ReadOnly));
  QCOMPARE(file.readAll(), QByteArray("abc"));
  QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
}

void CoreDownloadTest::failures() {
  QCOMPARE(errorOf(m_downloader->download(QUrl(text("no url")))).kind(), HullError::BadArgument);
  QCOMPARE(errorOf(m_downloader->download(QUrl(text("http://127.0.0.1:1/x")))).kind(), HullError::Network);
  const QUrl there = store(QByteArray(1000, 'z'));
  QCOMPARE(errorOf(m_downloader->download(there, 999)).kind(), HullError::BadMessage);
  QCOMPARE(errorOf(m_downloader->downloadFile(there, text("/there/is/no/folder/x"))).kind(), HullError::BadArgument);
  QUrl elsewhere = there;
  elsewhere.setPath(text("/api/storage/no-such-file"));
  QCOMPARE(errorOf(m_downloader->download(elsewhere)).kind(), HullError::FunctionFailed);
  QVERIFY(!m_downloader->isRunning());
}

void CoreDownloadTest::cancelled() {
  const QTemporaryDir folder;
  const QUrl url = store(QByteArray(20'000'000, 'y'));
  HullPendingCall* file = m_downloader->downloadFile(url, folder.filePath(text("x")));
  HullPendingCall* memory = m_downloader->download(url);
  file->setAutoDelete(false);
  // In the middle, however fast the machine is: at the first bytes.
  connect(m_downloader.get(), &HullDownloader::progressChanged, m_downloader.get(), &HullDownloader::cancel);
  QCOMPARE(errorOf(memory).kind(), HullError::Cancelled);
  QCOMPARE(errorOf(file).kind(), HullError::Cancelled);
  QVERIFY(!m_downloader->isRunning());
  QTRY_COMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 0);
  m_downloader->disconnect(m_downloader.get());
  QVERIFY(!errorOf(m_downloader->download(url)));
}

void CoreDownloadTest::destroyedOnTheWay() {
  const QUrl url = store(QByteArray(20'000'000, 'y'));
  HullError error;
  HullPendingCall* call = m_downloader->download(url);
  connect(call, &HullPendingCall::failed, this, [&error](const HullError& e) { error = e; });
  m_downloader.reset();
  QCOMPARE(error.kind(), HullError::Closed);
}

void CoreDownloadTest::destroyedInsideOfSignals() {
  const QUrl url = store(QByteArray(100'000, 'y'));
  using Signal = void (HullDownloader::*)();
  for (const Signal signal : {&HullDownloader::runningChanged, &HullDownloader::progressChanged}) {
    QPointer<HullDownloader> downloader = new HullDownloader(m_client.get());
    QObject killer;
    connect(downloader, signal, &killer, [&downloader] { delete downloader.data(); });
    downloader->download(url);
    QTRY_VERIFY(!downloader);
  }
}

static const Register<CoreDownloadTest> registered;

#include "core_download_test.moc"
