// Clients, models and calls that come and go at random, from timers, from callbacks and on several threads, while a
// deployment loses connections and changes its data. Afterwards nothing is left: no live query, no connection, no call.
//
// HULL_STRESS_SECONDS (3) and HULL_STRESS_SEED (1) make it longer and different.
#include "stress_stage.hpp"

#include <hull/mock/fake_deployment.hpp>

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QThread>
#include <QtCore/QTimer>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

int setting(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

void serveChat(hull::mock::fake_deployment& deployment) {
  using namespace hull::mock;
  deployment.query("messages:list",
                   [](query_context& db, const hull::value&) { return hull::value(db.table("messages").scan()); });
  deployment.query("messages:count", [](query_context& db, const hull::value& args) {
    if (args.find("fail")) throw std::runtime_error("no");
    return hull::value(static_cast<double>(db.table("messages").size()));
  });
  deployment.query("messages:page", [](query_context& db, const hull::value& args) {
    return db.paginate("messages", *args.find("paginationOpts"));
  });
  deployment.mutation("messages:send", [](mutation_context& db, const hull::value& args) {
    if (args.find("fail")) throw std::runtime_error("no");
    auto table = db.table("messages");
    const hull::array all = table.scan();
    if (all.size() > 60) table.remove(all[all.size() / 2].find("_id")->as_string());
    return hull::value(table.insert(args.as_object()));
  });
  deployment.action("messages:echo", [](action_context&, const hull::value& args) { return args; });
}

// Breaks connections and changes data, on a thread of its own.
class Trouble {
 public:
  Trouble(hull::mock::fake_deployment& deployment, unsigned seed)
      : m_thread([this, &deployment, seed] { run(deployment, seed); }) {}
  ~Trouble() {
    m_stop = true;
    m_thread.join();
  }

 private:
  void run(hull::mock::fake_deployment& deployment, unsigned seed) {
    std::mt19937 random(seed);
    while (!m_stop) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
      switch (random() % 8) {
        case 0:
          deployment.drop_connections();
          break;
        case 1:
          deployment.set_offline(true);
          std::this_thread::sleep_for(std::chrono::milliseconds(random() % 30));
          deployment.set_offline(false);
          break;
        case 2:
          deployment.hold("messages:send");
          break;
        case 3:
          deployment.release("messages:send");
          break;
        default:
          deployment.change([](hull::mock::tables& all) { all.table("messages").insert({{"body", "from outside"}}); });
      }
    }
    deployment.release("messages:send");
  }

  std::atomic<bool> m_stop = false;
  std::thread m_thread;
};

void turnFor(std::chrono::milliseconds time) {
  QEventLoop loop;
  QTimer::singleShot(time, &loop, &QEventLoop::quit);
  loop.exec();
}

TEST(QtStress, NothingIsLeftOfObjectsThatComeAndGo) {
  int argc = 1;
  char name[] = "stress_test";
  char* argv[] = {name, nullptr};
  const QCoreApplication app(argc, argv);
  const auto seed = static_cast<unsigned>(setting("HULL_STRESS_SEED", 1));
  const std::chrono::seconds time(setting("HULL_STRESS_SECONDS", 3));
  hull::mock::fake_deployment deployment;
  serveChat(deployment);
  const QUrl url(QString::fromStdString(deployment.url()));

  std::atomic<int> calls = 0;
  {
    const Trouble trouble(deployment, seed);
    StressStage here(url, seed, calls);
    std::vector<std::unique_ptr<QThread>> threads;
    for (unsigned n = 1; n <= 2; ++n) {
      threads.emplace_back(QThread::create([&, n] {
        StressStage there(url, seed + n, calls);
        turnFor(time);
        there.clear();
        turnFor(std::chrono::milliseconds(50));
        EXPECT_EQ(there.unfinished(), 0) << "thread " << n;
      }));
      threads.back()->start();
    }
    turnFor(time);
    here.clear();
    for (const auto& thread : threads) EXPECT_TRUE(thread->wait(60000));
    turnFor(std::chrono::milliseconds(50));
    EXPECT_EQ(here.unfinished(), 0);
  }
  EXPECT_GT(calls, 100) << "seed " << seed;

  QElapsedTimer patience;
  patience.start();
  while ((deployment.live_queries() != 0 || deployment.open_connections() != 0) && !patience.hasExpired(20000))
    turnFor(std::chrono::milliseconds(10));
  EXPECT_EQ(deployment.live_queries(), 0u) << "seed " << seed;
  EXPECT_EQ(deployment.open_connections(), 0u) << "seed " << seed;
}

}  // namespace
