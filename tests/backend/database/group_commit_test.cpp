// Many commits at once: who leads, who waits, and who is told.
#include "fixture.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

namespace hull::backend::database {
namespace {

class GroupCommit : public DatabaseTest {
 protected:
  /// The thread of the tasks leads until the promise is kept: whatever is committed meanwhile only gathers.
  std::promise<void> hold_the_lead() {
    const auto leads = std::make_shared<std::promise<void>>();
    std::promise<void> go;
    db->post([leads, until = go.get_future().share()] {
      leads->set_value();
      until.wait();
    });
    leads->get_future().wait();
    return go;
  }
  static constexpr const char* lost = "OptimisticConcurrencyControlFailure";
  std::string a = insert("t", R"({"n":1})");
};

/// Whoever commits first leads; the others, tasks and listeners follow, one at a time, and nobody is forgotten.
TEST_F(GroupCommit, LeadersTasksAndListenersTakeTurns) {
  constexpr int threads = 8, each = 50;
  std::atomic<int> inside{0}, tasks{0}, waited_for{1};
  std::promise<void> all_told;
  std::atomic<bool> together{false};
  std::vector<timestamp> heard;
  const auto alone = [&](auto body) {
    if (inside.fetch_add(1) != 0) together = true;
    body();
    --inside;
  };
  const auto stop = db->on_commit([&](timestamp ts) { alone([&] { heard.push_back(ts); }); });
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        transaction tx = db->begin();
        (void)tx.insert(access::user, "t", value::make_object({{"n", 7}}));
        if ((t + i) % 2 == 0) {
          EXPECT_TRUE(db->commit(std::move(tx), "m"));
        } else {  // perhaps more at once than there are threads
          ++waited_for;
          db->commit(std::move(tx), "m", [&](const outcome<timestamp>& ts) {
            EXPECT_TRUE(ts);
            if (--waited_for == 0) all_told.set_value();
          });
        }
        db->post([&] { alone([&] { ++tasks; }); });
      }
    });
  for (std::thread& w : workers) w.join();
  if (--waited_for == 0) all_told.set_value();
  all_told.get_future().wait();
  std::promise<void> last;
  db->post([&] { last.set_value(); });
  last.get_future().wait();
  stop();
  EXPECT_EQ(tasks, threads * each);
  EXPECT_EQ(heard.size(), static_cast<std::size_t>(threads * each));
  EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
  EXPECT_FALSE(together);
}

/// What nobody waits for is committed in the order in which it came, told of, and complete before the database goes.
TEST_F(GroupCommit, NobodyNeedsToWait) {
  std::vector<std::string> told;
  const auto tell = [&](const char* who) {
    return [&told, who](const outcome<timestamp>& ts) { told.push_back(who + (ts ? "" : " " + code_of(ts))); };
  };
  const auto patched = [&](double n) {
    transaction tx = db->begin();
    EXPECT_TRUE(tx.patch(access::user, a, std::nullopt, value::make_object({{"n", n}})));
    return tx;
  };
  db->commit(db->begin(), "m", tell("reader"));
  transaction one = patched(2), two = patched(3);
  db->commit(std::move(one), "m", tell("one"));
  db->commit(std::move(two), "m", tell("two"));
  EXPECT_EQ(told, (std::vector<std::string>{"reader", "one", std::string("two ") + lost}));

  told.clear();
  std::promise<void> go = hold_the_lead();
  transaction three = patched(4), four = patched(5);
  transaction inserts = db->begin();
  EXPECT_TRUE(inserts.insert(access::user, "t", json(R"({"n":7})")));
  db->commit(std::move(three), "m", tell("three"));
  db->commit(std::move(four), "m", tell("four"));
  db->commit(std::move(inserts), "m", tell("inserts"));
  EXPECT_TRUE(told.empty());
  go.set_value();
  db->finish_commits();
  EXPECT_EQ(told, (std::vector<std::string>{"three", std::string("four ") + lost, "inserts"}));

  told.clear();
  go = hold_the_lead();
  transaction last = patched(6);
  db->commit(std::move(last), "m", tell("last"));
  go.set_value();
  db.reset();
  EXPECT_EQ(told, (std::vector<std::string>{"last"}));
}

TEST_F(GroupCommit, AnAnswerThatThrowsIsLostAlone) {
  transaction one = db->begin(), two = db->begin();
  EXPECT_TRUE(one.insert(access::user, "t", json("{}")));
  EXPECT_TRUE(two.insert(access::user, "t", json("{}")));
  db->commit(std::move(one), "m", [](const outcome<timestamp>&) { throw std::runtime_error("broken"); });
  EXPECT_TRUE(db->commit(std::move(two), "m"));
}

}  // namespace
}  // namespace hull::backend::database
