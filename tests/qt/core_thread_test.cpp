// Clients on several threads at once, each with its own event loop: everything arrives on the thread of its owner.
#include "core_fixture.h"

#include "hullwatcher.h"
#include "qobjectexecutor_p.h"

#include <QtCore/QThread>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace CoreTest;

namespace {

/// Lives on its own thread with a client and a watcher, and sends what it is asked to.
class Worker : public QObject {
 public:
  explicit Worker(QUrl url) : m_url(std::move(url)), m_home(std::make_shared<QObjectHome>(this)) {
    moveToThread(&m_thread);
    m_thread.start();
    invoke([this] { open(); });
  }
  ~Worker() override {
    invoke([this] {
      m_watcher.reset();
      m_client.reset();
    });
    m_thread.quit();
    m_thread.wait();
  }

  /// Runs on the worker's thread while this one waits. Not by QMetaObject: ThreadSanitizer cannot see how Qt hands over.
  template <class Function>
  void invoke(Function function) {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    m_home->post([&] {
      function();
      const std::lock_guard lock(mutex);
      done = true;
      changed.notify_one();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return done; });
  }
  void send(int count) {
    m_home->post([this, count] {
      for (int i = 0; i < count; ++i)
        m_client->mutation(text("chat:send"), {{text("n"), double(i)}})
            ->then(
                this,
                [this](const QVariant&) {
                  check();
                  ++done;
                },
                [this](const HullError&) {
                  check();
                  ++failed;
                });
    });
  }

  std::atomic<int> done = 0;
  std::atomic<int> failed = 0;
  std::atomic<int> onWrongThread = 0;
  std::atomic<int> shown = 0;
  std::atomic<int> tokensAsked = 0;

 private:
  void check() {
    if (QThread::currentThread() != &m_thread) ++onWrongThread;
  }
  void open() {
    m_client = std::make_unique<HullClient>(m_url);
    m_client->setTokenSource([this](bool, const HullTokenReply& reply) {
      check();
      ++tokensAsked;
      std::thread([reply] { reply.token(text("good")); }).detach();
    });
    m_watcher = std::make_unique<HullWatcher>(m_client.get(), text("chat:list"));
    connect(m_watcher.get(), &HullWatcher::valueChanged, this, [this] {
      check();
      shown = static_cast<int>(m_watcher->value().toList().size());
    });
    connect(m_client.get(), &HullClient::connectionStateChanged, this, [this] { check(); });
    connect(m_client.get(), &HullClient::authStateChanged, this, [this] { check(); });
  }

  const QUrl m_url;
  const std::shared_ptr<QObjectHome> m_home;
  QThread m_thread;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullWatcher> m_watcher;
};

}  // namespace

class CoreThreadTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void clientsOnThreadsOfTheirOwn();
  void threadsThatEndInTheMiddle();
};

void CoreThreadTest::clientsOnThreadsOfTheirOwn() {
  constexpr int each = 100;
  const auto deployment = makeChat();
  deployment->authenticate([](const std::string&) { return hull::value(hull::object{}); });
  Worker first(urlOf(*deployment));
  Worker second(urlOf(*deployment));
  first.send(each);
  second.send(each);
  for (const Worker* worker : {&first, &second}) {
    QTRY_COMPARE_WITH_TIMEOUT(worker->done.load(), each, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(worker->shown.load(), 2 * each, 20'000);
    QCOMPARE(worker->failed.load(), 0);
    QCOMPARE(worker->onWrongThread.load(), 0);
    QVERIFY(worker->tokensAsked.load() > 0);
  }
}

void CoreThreadTest::threadsThatEndInTheMiddle() {
  const auto deployment = makeChat();
  deployment->authenticate([](const std::string&) { return hull::value(hull::object{}); });
  for (int round = 0; round < 8; ++round) {
    Worker first(urlOf(*deployment));
    Worker second(urlOf(*deployment));
    first.send(20);
    second.send(20);
    if (round % 2 == 0) QTest::qWait(round * 5);
    // Their ends: calls that are under way finish as Closed, on their thread.
    QCOMPARE(first.onWrongThread.load() + second.onWrongThread.load(), 0);
  }
}

static const Register<CoreThreadTest> registered;

#include "core_thread_test.moc"
