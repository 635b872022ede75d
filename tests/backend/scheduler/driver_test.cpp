// The thread that keeps the time, with real threads and a clock that stands still.
#include "scheduler/driver.hpp"

#include "fixture.hpp"

#include <condition_variable>
#include <mutex>

namespace hull::backend::scheduler {
namespace {

/// Counts, and wakes who waits for a count.
class counter {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  /// False when it takes so long that something must be wrong.
  bool reaches(int wanted) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return count_ >= wanted; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

/// Actions that count, and wait until they may end.
class waiting_functions final : public callee {
 public:
  outcome<callable> what_is(database::transaction&, const std::string&) override { return callable::action; }
  outcome<std::optional<call_end>> mutation(const scheduled_call&, const before_run&, const after_run&) override {
    return internal_failure("there are no mutations here");
  }
  outcome<call_end> action(const scheduled_call&) override {
    started.add();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
    lock.unlock();
    ended.add();
    return call_end{};
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  counter started, ended;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class Driver : public OverTime {
 protected:
  Driver() : registry(*db) {}
  std::unique_ptr<driver> start() {
    return std::make_unique<driver>(*db, registry, slow, time, random,
                                    driver_options{8, 8, [](const std::string&) {}});
  }
  bool all_over(const std::vector<std::string>& ids) {
    for (const auto& id : ids)
      if (state(id) != "success") return false;
    return true;
  }

  subscriptions::registry registry;
  waiting_functions slow;
};

TEST_F(Driver, runs_what_was_due_before_it_started_and_what_comes_later) {
  slow.open();
  const auto before = schedule("m.js:act");
  const auto d = start();
  ASSERT_TRUE(slow.ended.reaches(1));
  const auto after = schedule("m.js:act");
  ASSERT_TRUE(slow.ended.reaches(2));
  schedule("m.js:act", 3'600'000'000'000);
  change([&](database::transaction& tx) {
    const value spec = value::make_object({{"udfPath", "m.js:act"},
                                           {"udfArgs", array{}},
                                           {"cronSchedule", read_json(R"({"type":"interval","seconds":5})").value()}});
    return store_crons(tx, {{"tick", spec}}, time.wall_ns());
  });
  ASSERT_TRUE(slow.ended.reaches(3)) << "the cron job";
  d->stop();
  ASSERT_TRUE(d->wait_until_idle(std::chrono::seconds(60)));
  EXPECT_TRUE(all_over({before, after}));
  EXPECT_EQ(slow.ended.count(), 3);
}

TEST_F(Driver, runs_eight_at_once_and_each_of_them_once) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(schedule("m.js:act"));
  const auto d = start();
  ASSERT_TRUE(slow.started.reaches(8));
  ids.push_back(schedule("m.js:act"));  // wakes it, and it must not start another
  EXPECT_EQ(slow.started.count(), 8);
  slow.open();
  ASSERT_TRUE(slow.ended.reaches(21));
  d->stop();
  ASSERT_TRUE(d->wait_until_idle(std::chrono::seconds(60)));
  EXPECT_TRUE(all_over(ids));
  EXPECT_EQ(slow.started.count(), 21);
}

TEST_F(Driver, starts_nothing_after_it_was_stopped) {
  const auto running = schedule("m.js:act");
  const auto d = start();
  ASSERT_TRUE(slow.started.reaches(1));
  d->stop();
  const auto late = schedule("m.js:act");
  EXPECT_FALSE(d->wait_until_idle(std::chrono::milliseconds(1)));
  slow.open();
  ASSERT_TRUE(d->wait_until_idle(std::chrono::seconds(60)));
  EXPECT_EQ(state(running), "success");
  EXPECT_EQ(state(late), "pending");
}

}  // namespace
}  // namespace hull::backend::scheduler
