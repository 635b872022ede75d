// Threads for calls that block.
#include "common/worker_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace hull::backend {
namespace {

using namespace std::chrono_literals;

TEST(WorkerPool, OneAfterTheOtherIsDoneByOneThread) {
  worker_pool pool(8, 100);
  std::set<std::thread::id> threads;
  for (int i = 0; i < 20; ++i) {
    std::promise<std::thread::id> done;
    ASSERT_TRUE(pool.submit([&] { done.set_value(std::this_thread::get_id()); }));
    threads.insert(done.get_future().get());
    while (pool.running() != 0) std::this_thread::yield();  // until the thread is idle again
  }
  EXPECT_EQ(threads.size(), 1u);
}

TEST(WorkerPool, AsManyAtOnceAsItHasThreads) {
  constexpr int wanted = 4;
  std::mutex mutex;
  std::condition_variable all_here;
  int inside = 0, most = 0, done = 0;
  {
    worker_pool pool(wanted, 100);
    for (int i = 0; i < 3 * wanted; ++i)
      ASSERT_TRUE(pool.submit([&] {
        std::unique_lock lock(mutex);
        most = std::max(most, ++inside);
        all_here.notify_all();
        all_here.wait(lock, [&] { return most == wanted; });
        --inside;
        ++done;
        all_here.notify_all();
      }));
    std::unique_lock lock(mutex);
    all_here.wait(lock, [&] { return done == 3 * wanted; });
  }
  EXPECT_EQ(most, wanted);
}

TEST(WorkerPool, GoesOnWhenAJobThrows) {
  worker_pool pool(1, 100);
  std::promise<void> next;
  ASSERT_TRUE(pool.submit([] { throw std::runtime_error("broken"); }));
  ASSERT_TRUE(pool.submit([&] { next.set_value(); }));
  next.get_future().get();
  pool.stop();
  EXPECT_TRUE(pool.wait_until_idle(60s));
}

TEST(WorkerPool, RefusesWhatItHasNoRoomFor) {
  std::promise<void> go;
  const auto gate = go.get_future().share();
  worker_pool pool(1, 2);
  std::promise<void> running;
  ASSERT_TRUE(pool.submit([&] {
    running.set_value();
    gate.wait();
  }));
  running.get_future().wait();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  EXPECT_FALSE(pool.wait_until_idle(1ms));
  pool.stop();
  EXPECT_FALSE(pool.submit([] {}));
  go.set_value();
  EXPECT_TRUE(pool.wait_until_idle(60s));
}

/// Runs three jobs in a pool that wants one at a time; how many were inside at once.
int most_at_once(const std::function<void(int inside)>& body, std::chrono::milliseconds stalled_after) {
  std::mutex mutex;
  int inside = 0, most = 0, done = 0;
  std::condition_variable changed;
  worker_pool pool(8, 100, 1, stalled_after);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(pool.submit([&] {
      int now = 0;
      {
        const std::lock_guard lock(mutex);
        most = std::max(most, now = ++inside);
      }
      body(now);
      const std::lock_guard lock(mutex);
      --inside;
      ++done;
      changed.notify_all();
    }));
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, 60s, [&] { return done == 3; }));
  return most;
}

TEST(WorkerPool, NoMoreAtOnceThanWanted) {
  EXPECT_EQ(most_at_once([](int) {}, 1h), 1);
}

TEST(WorkerPool, WhoPausesDoesNotCount) {
  std::promise<void> three;
  const auto gate = three.get_future().share();
  const auto body = [&](int inside) {
    const worker_pool::pause outer, inner;
    if (inside == 3) three.set_value();
    gate.wait();
  };
  EXPECT_EQ(most_at_once(body, 1h), 3);
}

TEST(WorkerPool, WhoWaitsWithoutSayingSoHoldsUpTheOthersForAWhileOnly) {
  std::promise<void> three;
  const auto gate = three.get_future().share();
  const auto body = [&](int inside) {
    if (inside == 3) three.set_value();
    gate.wait();
  };
  EXPECT_EQ(most_at_once(body, 5ms), 3);
}

TEST(WorkerPool, APauseOnAThreadOfNoPoolIsNothing) { const worker_pool::pause nothing; }

/// Many threads give jobs of all kinds to a pool that runs so many at once; all of them are done.
void give_many_jobs(std::size_t at_once) {
  std::atomic<int> done{0};
  std::promise<void> last;
  worker_pool pool(8, 100'000, at_once);
  std::vector<std::thread> givers;
  for (int t = 0; t < 4; ++t)
    givers.emplace_back([&] {
      for (int i = 0; i < 2000; ++i)
        pool.submit([&, i] {
          if (i % 7 == 0) {
            const worker_pool::pause here;
            std::this_thread::yield();
          }
          if (++done == 8000) last.set_value();
        });
    });
  for (std::thread& t : givers) t.join();
  EXPECT_EQ(last.get_future().wait_for(60s), std::future_status::ready);
}

TEST(WorkerPool, NoJobIsForgottenHoweverTheyCome) { give_many_jobs(8); }

TEST(WorkerPool, NorWhenFewRunAtOnce) { give_many_jobs(2); }

}  // namespace
}  // namespace hull::backend
