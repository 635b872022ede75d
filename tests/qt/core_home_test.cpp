// QObjectHome: work from many threads arrives in order on one; nested event loops, the end in the middle, and bursts.
#include "core_fixture.h"

#include "qobjectexecutor_p.h"

#include <boost/asio/post.hpp>

#include <QtCore/QEventLoop>
#include <QtCore/QThread>
#include <QtCore/QTimer>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

using namespace CoreTest;

class CoreHomeTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void runsLaterAndInOrder();
  void manyThreadsKeepTheirOrder();
  void nestedLoopsRunWhatIsBehind();
  void othersHaveTheirTurn();
  void burstIsOneEvent();
  void nothingAfterTheEnd();
  void endInsideOfWork();
  void endWhileThreadsPost();
  void ownerMayMoveToAnotherThread();
};

void CoreHomeTest::runsLaterAndInOrder() {
  QObject owner;
  const auto home = std::make_shared<QObjectHome>(&owner);
  std::vector<int> ran;
  for (int i = 0; i < 10; ++i) boost::asio::post(QObjectExecutor(home), [&ran, i] { ran.push_back(i); });
  QVERIFY(ran.empty());
  QTRY_COMPARE(ran, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

// Random pauses by a fixed seed; some pieces of work post more, and some run an event loop.
void CoreHomeTest::manyThreadsKeepTheirOrder() {
  constexpr int threadCount = 4;
  constexpr int each = 3000;
  QObject owner;
  const auto home = std::make_shared<QObjectHome>(&owner);
  std::vector<int> next(threadCount, 0);
  int wrong = 0;
  int extra = 0;
  int done = 0;
  int depth = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < threadCount; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(static_cast<unsigned>(1000 + t));
      for (int i = 0; i < each; ++i) {
        const unsigned dice = random();
        boost::asio::post(QObjectExecutor(home), [&, t, i, dice] {
          if (next[static_cast<std::size_t>(t)]++ != i) ++wrong;
          if (QThread::currentThread() != owner.thread()) ++wrong;
          if (dice % 50 == 0) boost::asio::post(QObjectExecutor(home), [&] { ++extra; });
          if (dice % 61 == 0 && depth < 5) {
            ++depth;
            QCoreApplication::processEvents();
            --depth;
          }
          ++done;
        });
        if (dice % 100 == 0) std::this_thread::sleep_for(std::chrono::microseconds(dice % 300));
      }
    });
  }
  QTRY_COMPARE_WITH_TIMEOUT(done, threadCount * each, 20'000);
  for (auto& thread : threads) thread.join();
  QCOMPARE(wrong, 0);
  QTRY_VERIFY(extra > 0);
}

void CoreHomeTest::nestedLoopsRunWhatIsBehind() {
  QObject owner;
  const auto home = std::make_shared<QObjectHome>(&owner);
  const QObjectExecutor executor(home);
  std::vector<int> ran;
  boost::asio::post(executor, [&] {
    ran.push_back(0);
    QEventLoop nested;
    boost::asio::post(executor, [&] {
      ran.push_back(4);
      nested.quit();
    });
    nested.exec();
    ran.push_back(6);
  });
  for (int i = 1; i <= 3; ++i) boost::asio::post(executor, [&ran, i] { ran.push_back(i); });
  boost::asio::post(executor, [&] {
    boost::asio::post(executor, [&] { ran.push_back(5); });  // Behind what the nested loop posted before.
  });
  QTRY_COMPARE(ran.size(), std::size_t{7});
  const std::vector<int> quitFirst{0, 1, 2, 3, 4, 6, 5};
  const std::vector<int> ranFirst{0, 1, 2, 3, 4, 5, 6};
  QVERIFY(ran == quitFirst || ran == ranFirst);
}

void CoreHomeTest::othersHaveTheirTurn() {
  QObject owner;
  const auto home = std::make_shared<QObjectHome>(&owner);
  bool stop = false;
  long rounds = 0;
  std::function<void()> again = [&] {
    ++rounds;
    if (!stop) boost::asio::post(QObjectExecutor(home), again);
  };
  boost::asio::post(QObjectExecutor(home), again);
  QTimer::singleShot(30, &owner, [&] { stop = true; });
  QTRY_VERIFY(stop);  // Work that always posts more does not starve the timer.
  QVERIFY(rounds > 1);
  QCoreApplication::processEvents();
}

void CoreHomeTest::burstIsOneEvent() {
  class Counter : public QObject {
   public:
    int events = 0;
    bool eventFilter(QObject*, QEvent*) override {
      ++events;
      return false;
    }
  };
  QObject owner;
  const auto home = std::make_shared<QObjectHome>(&owner);
  Counter counter;
  QCOMPARE(owner.children().size(), 1);
  owner.children().first()->installEventFilter(&counter);
  int ran = 0;
  for (int i = 0; i < 10'000; ++i) boost::asio::post(QObjectExecutor(home), [&ran] { ++ran; });
  QTRY_COMPARE(ran, 10'000);
  QCoreApplication::processEvents();
  QVERIFY2(counter.events <= 2, qPrintable(QString::number(counter.events)));
}

void CoreHomeTest::nothingAfterTheEnd() {
  auto owner = std::make_unique<QObject>();
  const auto home = std::make_shared<QObjectHome>(owner.get());
  const auto token = std::make_shared<int>(0);
  bool ran = false;
  boost::asio::post(QObjectExecutor(home), [&ran, token] { ran = true; });
  home->close();
  QCOMPARE(token.use_count(), 1L);  // What waited is gone, with what it held.
  boost::asio::post(QObjectExecutor(home), [&ran, token] { ran = true; });
  QCOMPARE(token.use_count(), 1L);
  QTest::qWait(10);
  QVERIFY(!ran);
  // Without close(), the owner's end is the end.
  const auto second = std::make_shared<QObjectHome>(owner.get());
  boost::asio::post(QObjectExecutor(second), [&ran] { ran = true; });
  owner.reset();
  boost::asio::post(QObjectExecutor(second), [&ran] { ran = true; });
  QTest::qWait(10);
  QVERIFY(!ran);
}

void CoreHomeTest::endInsideOfWork() {
  QPointer<QObject> owner = new QObject;
  auto home = std::make_shared<QObjectHome>(owner.data());
  bool ranBehind = false;
  boost::asio::post(QObjectExecutor(home), [&] {
    home.reset();
    delete owner.data();
  });
  boost::asio::post(QObjectExecutor(home), [&] { ranBehind = true; });
  QTRY_VERIFY(!owner);
  QTest::qWait(10);
  QVERIFY(!ranBehind && !home);
}

void CoreHomeTest::endWhileThreadsPost() {
  for (int round = 0; round < 30; ++round) {
    auto owner = std::make_unique<QObject>();
    const auto home = std::make_shared<QObjectHome>(owner.get());
    std::atomic<bool> stop = false;
    std::atomic<int> ranLate = 0;
    std::atomic<bool> closed = false;
    std::thread poster([&, home] {
      while (!stop)
        boost::asio::post(QObjectExecutor(home), [&] {
          if (closed) ++ranLate;
        });
    });
    QTest::qWait(1);
    closed = true;
    if (round % 2 == 0) home->close();
    owner.reset();
    QCoreApplication::processEvents();
    stop = true;
    poster.join();
    QCOMPARE(ranLate.load(), 0);
  }
}

void CoreHomeTest::ownerMayMoveToAnotherThread() {
  QThread thread;
  thread.start();
  auto* owner = new QObject;
  const auto home = std::make_shared<QObjectHome>(owner);
  owner->moveToThread(&thread);
  std::atomic<QThread*> where = nullptr;
  boost::asio::post(QObjectExecutor(home), [&where] { where = QThread::currentThread(); });
  QTRY_COMPARE(where.load(), &thread);
  owner->deleteLater();
  thread.quit();
  QVERIFY(thread.wait(5000));
}

static const Register<CoreHomeTest> registered;

#include "core_home_test.moc"
