// Subscriptions: who is told about which commit, and when.
#include "subscriptions/registry.hpp"
#include "fixture.hpp"

#include <atomic>
#include <future>
#include <thread>

namespace hull::backend::subscriptions {
namespace {

using database::access;
using database::timestamp;

class Registry : public database::DatabaseTest {
 protected:
  void SetUp() override {
    a = insert("t", R"({"n":1})");
    b = insert("t", R"({"n":2})");
    watched = std::make_unique<registry>(*db);
  }
  void TearDown() override {
    subscription.reset();
    watched.reset();
  }
  std::shared_ptr<const database::read_set> reads_of(const std::string& id) {
    database::transaction tx = db->begin();
    EXPECT_TRUE(tx.get(access::user, id, std::nullopt));
    return tx.take_reads();
  }
  void change(const std::string& id, int n) {
    database::transaction tx = db->begin();
    ASSERT_TRUE(tx.patch(access::user, id, std::nullopt, value::make_object({{"n", n}})));
    ASSERT_TRUE(db->commit(std::move(tx), "m"));
  }
  /// Waits until the committer thread has nothing left to do.
  void settle() {
    std::promise<void> done;
    db->post([&] { done.set_value(); });
    done.get_future().wait();
  }
  token watch(const std::shared_ptr<const database::read_set>& reads, timestamp at) {
    return watched->subscribe(reads, at, [this](timestamp ts) { fired.push_back(ts); });
  }

  std::string a, b;
  std::unique_ptr<registry> watched;
  std::vector<timestamp> fired;  // Touched on the committer thread; read after settle().
  token subscription;
};

TEST_F(Registry, TellsOnceAboutAHit) {
  subscription = watch(reads_of(a), db->latest_ts());
  EXPECT_EQ(watched->size(), 1u);
  change(b, 5);
  settle();
  EXPECT_TRUE(fired.empty());
  EXPECT_FALSE(subscription.invalidated());
  change(a, 5);
  const timestamp hit = db->latest_ts();
  change(a, 6);
  settle();
  EXPECT_EQ(fired, std::vector<timestamp>{hit});
  EXPECT_TRUE(subscription.invalidated());
  EXPECT_EQ(watched->size(), 0u);
  EXPECT_EQ(watched->processed_ts(), db->latest_ts());
}

TEST_F(Registry, TellsSoonWhenItIsTooLateAlready) {
  const auto reads = reads_of(a);
  const timestamp then = db->latest_ts();
  change(a, 5);
  subscription = watch(reads, then);
  EXPECT_TRUE(subscription.invalidated());
  settle();
  EXPECT_EQ(fired.size(), 1u);
}

TEST_F(Registry, ForgetsDroppedTokens) {
  subscription = watch(reads_of(a), db->latest_ts());
  subscription.reset();
  EXPECT_EQ(watched->size(), 0u);
  change(a, 5);
  settle();
  EXPECT_TRUE(fired.empty());
  token first = watch(reads_of(a), db->latest_ts());
  subscription = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_TRUE(subscription);
  change(a, 6);
  settle();
  EXPECT_EQ(fired.size(), 1u);
}

TEST_F(Registry, TokensMayOutliveIt) {
  subscription = watch(reads_of(a), db->latest_ts());
  watched.reset();
  change(a, 5);
  settle();
  EXPECT_TRUE(fired.empty());
  subscription.reset();
}

TEST_F(Registry, CallbacksMaySubscribeAgain) {
  const auto reads = reads_of(a);
  std::atomic<int> runs{0};
  std::function<void(timestamp)> again = [&](timestamp ts) {
    ++runs;
    subscription = watched->subscribe(reads, ts, again);
  };
  subscription = watched->subscribe(reads, db->latest_ts(), again);
  for (int i = 10; i < 15; ++i) change(a, i);
  settle();
  EXPECT_EQ(runs, 5);
}

TEST_F(Registry, WatchesRangesOfQueries) {
  database::transaction tx = db->begin();
  EXPECT_EQ(run(tx, scan("t")), "1 2");
  subscription = watch(tx.take_reads(), tx.begin_ts());
  insert("other", "{}");
  settle();
  EXPECT_TRUE(fired.empty());
  insert("t", "{}");
  settle();
  EXPECT_EQ(fired.size(), 1u);
}

/// Watchers on other threads re-run and re-subscribe while a writer goes on: each must end up with the last value.
TEST_F(Registry, NobodyMissesTheLastWrite) {
  struct watcher {
    std::mutex mutex;
    std::condition_variable changed;
    bool dirty = true;
    double seen = 0;
  };
  constexpr int last = 300;
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<watcher>> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(std::make_unique<watcher>());
    threads.emplace_back([this, w = all.back().get()] {
      token held;
      while (w->seen != last) {
        {
          std::unique_lock lock(w->mutex);
          ASSERT_TRUE(w->changed.wait_for(lock, std::chrono::seconds(20), [&] { return w->dirty; }))
              << "missed a write";
          w->dirty = false;
        }
        database::transaction tx = db->begin();
        w->seen = (*tx.get(access::user, a, std::nullopt).value()).find("n")->as_double();
        held = watched->subscribe(tx.take_reads(), tx.begin_ts(), [w](timestamp) {
          const std::lock_guard lock(w->mutex);
          w->dirty = true;
          w->changed.notify_one();
        });
      }
    });
  }
  for (int n = 2; n <= last; ++n) change(a, n);
  for (std::thread& t : threads) t.join();
  for (const auto& w : all) EXPECT_EQ(w->seen, last);
}

}  // namespace
}  // namespace hull::backend::subscriptions
