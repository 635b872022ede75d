// Sharing, validity and eviction of query results, without database or runtime.
#include "functions/query_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

namespace hull::backend::functions {
namespace {

class cache_test : public testing::Test {
 protected:
  /// True when nothing was written at a time in (from, to].
  query_cache make(std::size_t bytes = 1 << 20) {
    return query_cache(bytes, [this](const query_run&, database::timestamp from, database::timestamp to) {
      return writes.upper_bound(from) == writes.upper_bound(to);
    });
  }

  query_cache::runner run_at(database::timestamp ts) {
    return [this, ts]() -> outcome<query_cache::run_pointer> {
      ++runs;
      auto run = std::make_shared<query_run>(shape);
      if (!run->error) run->value_json = std::make_shared<const std::string>(text);
      run->ts = run->first_ts = ts;
      return query_cache::run_pointer(std::move(run));
    };
  }

  query_cache::run_pointer ask(query_cache& cache, const query_key& key, database::timestamp ts, std::int64_t now = 0) {
    return cache.get(key, ts, now, run_at(ts)).value();
  }

  std::set<database::timestamp> writes;
  std::atomic<int> runs{0};
  query_run shape;
  std::string text = "1";
  const query_key key{"m.js:f", "[{}]", "", "", false};
};

TEST_F(cache_test, shares_one_result_until_something_it_read_is_written) {
  auto cache = make();
  const auto first = ask(cache, key, 10);
  EXPECT_EQ(ask(cache, key, 10), first);
  EXPECT_EQ(ask(cache, key, 20)->value_json, first->value_json);
  EXPECT_EQ(ask(cache, key, 20)->ts, 20u);
  EXPECT_EQ(runs, 1);

  writes.insert(25);
  EXPECT_EQ(ask(cache, key, 30)->first_ts, 30u);
  EXPECT_EQ(runs, 2);
}

TEST_F(cache_test, a_look_finds_what_is_known_and_runs_nothing) {
  auto cache = make();
  const auto never = [](const outcome<query_cache::run_pointer>&) { FAIL() << "nothing was under way"; };
  auto seen = cache.look(key, 10, 0, never);
  EXPECT_EQ(seen.run, nullptr);
  EXPECT_FALSE(seen.under_way);
  const auto known = ask(cache, key, 10);
  EXPECT_EQ(cache.look(key, 10, 0, never).run, known);
  EXPECT_EQ(cache.look(key, 20, 0, never).run->ts, 20u);
  EXPECT_EQ(cache.look(key, 5, 0, never).run, nullptr);
  writes.insert(25);
  EXPECT_EQ(cache.look(key, 30, 0, never).run, nullptr);
  EXPECT_EQ(runs, 1);

  const database::timestamp much_later = 5'000'000'000;
  ask(cache, key, 30);
  EXPECT_EQ(cache.look(key, much_later, 0, never).run, nullptr) << "it would have to go through all writes since";
  ask(cache, key, much_later);
  EXPECT_NE(cache.look(key, much_later, 0, never).run, nullptr);
  EXPECT_EQ(runs, 2);
}

TEST_F(cache_test, a_look_hears_of_a_run_that_is_under_way) {
  auto cache = make();
  std::vector<std::string> heard;
  const auto note = [&heard](const char* who) {
    return [&heard, who](const outcome<query_cache::run_pointer>& run) {
      heard.push_back(std::string(who) + (!run ? " failed" : *run ? " has it" : " must ask"));
    };
  };
  const auto run = cache.get(key, 10, 0, [&]() -> outcome<query_cache::run_pointer> {
    EXPECT_TRUE(cache.look(key, 10, 0, note("same")).under_way);
    EXPECT_TRUE(cache.look(key, 20, 0, note("newer")).under_way);
    EXPECT_TRUE(cache.look(key, 30, 0, note("after a write")).under_way);
    EXPECT_FALSE(cache.look(key, 5, 0, note("older")).under_way);
    writes.insert(25);
    return run_at(10)();
  });
  ASSERT_TRUE(run);
  EXPECT_EQ(heard, (std::vector<std::string>{"same has it", "newer has it", "after a write must ask"}));

  heard.clear();
  query_key other = key;
  other.path = "m.js:g";
  EXPECT_FALSE(cache.get(other, 10, 0, [&]() -> outcome<query_cache::run_pointer> {
    EXPECT_TRUE(cache.look(other, 10, 0, note("same")).under_way);
    return internal_failure("disk");
  }));
  EXPECT_EQ(heard, (std::vector<std::string>{"same failed"}));
}

TEST_F(cache_test, serves_older_snapshots_only_back_to_the_run) {
  auto cache = make();
  ask(cache, key, 10);
  ask(cache, key, 20);
  EXPECT_EQ(ask(cache, key, 15)->ts, 15u);
  EXPECT_EQ(runs, 1);
  ask(cache, key, 5);
  EXPECT_EQ(runs, 2);
}

TEST_F(cache_test, identity_counts_only_when_it_was_looked_at) {
  query_key other = key;
  other.identity = "somebody";
  {
    auto cache = make();
    ask(cache, key, 10);
    ask(cache, other, 10);
    EXPECT_EQ(runs, 1);
  }
  runs = 0;
  shape.observed_identity = true;
  auto cache = make();
  ask(cache, key, 10);
  ask(cache, other, 10);
  ask(cache, key, 10);
  EXPECT_EQ(runs, 2);
}

TEST_F(cache_test, each_part_of_the_key_separates) {
  auto cache = make();
  ask(cache, key, 10);
  query_key other = key;
  other.args = "[{\"a\":1}]";
  ask(cache, other, 10);
  other = key;
  other.path = "m.js:g";
  ask(cache, other, 10);
  other = key;
  other.internal_allowed = true;
  ask(cache, other, 10);
  other = key;
  other.journal = "j";
  ask(cache, other, 10);
  EXPECT_EQ(runs, 5);
}

TEST_F(cache_test, a_page_is_found_again_under_the_journal_that_it_made) {
  shape.journal = "end of the page";
  auto cache = make();
  ask(cache, key, 10);
  query_key again = key;
  again.journal = "end of the page";
  ask(cache, again, 10);
  EXPECT_EQ(runs, 1);
}

TEST_F(cache_test, a_result_that_depends_on_the_clock_grows_old) {
  shape.observed_time = true;
  auto cache = make();
  ask(cache, key, 10, 0);
  ask(cache, key, 10, 16'000'000'000);
  EXPECT_EQ(runs, 1);
  ask(cache, key, 10, 18'000'000'000);
  EXPECT_EQ(runs, 2);
}

TEST_F(cache_test, errors_are_not_kept) {
  shape.error = function_error{"no", {}};
  auto cache = make();
  ask(cache, key, 10);
  ask(cache, key, 10);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(cache.size_bytes(), 0u);
}

TEST_F(cache_test, forgets_what_was_used_longest_ago) {
  text = std::string(1000, 'x');
  auto cache = make(6000);
  const auto ask_for = [&](const std::string& name) {
    query_key k = key;
    k.args = name;
    ask(cache, k, 10);
  };
  for (const char* name : {"a", "b", "c"}) ask_for(name);
  EXPECT_EQ(runs, 3);
  ask_for("a");
  ask_for("d");  // There is room for three: "b" goes.
  EXPECT_LE(cache.size_bytes(), 6000u);
  ask_for("a");
  EXPECT_EQ(runs, 4);
  ask_for("b");
  EXPECT_EQ(runs, 5);
}

TEST_F(cache_test, what_a_query_has_read_takes_room_too) {
  auto cache = make(100'000);
  auto reads = std::make_shared<database::read_set>();
  for (int i = 0; i < 500; ++i) reads->add(1, database::interval::point(std::to_string(1'000'000 + i)));
  shape.reads = reads;
  ask(cache, key, 10);
  EXPECT_GE(cache.size_bytes(), 500u * 16);
  query_key other = key;
  other.args = "other";
  ask(cache, other, 10);
  EXPECT_LE(cache.size_bytes(), 100'000u);
  ask(cache, key, 10);
  EXPECT_EQ(runs, 3) << "the first one made room for the second";
}

TEST_F(cache_test, concurrent_askers_wait_for_one_run) {
  auto cache = make();
  std::promise<void> started, go_on;
  auto held = go_on.get_future().share();
  std::thread first([&] {
    cache
        .get(key, 10, 0,
             [&] {
               started.set_value();
               held.wait();
               return run_at(10)();
             })
        .value();
  });
  started.get_future().wait();
  std::vector<std::future<query_cache::run_pointer>> others;
  for (int i = 0; i < 4; ++i) others.push_back(std::async(std::launch::async, [&] { return ask(cache, key, 10); }));
  go_on.set_value();
  for (auto& other : others) EXPECT_EQ(*other.get()->value_json, "1");
  first.join();
  EXPECT_EQ(runs, 1);
}

TEST_F(cache_test, a_failure_of_the_run_reaches_everybody_and_stays_nowhere) {
  auto cache = make();
  const auto failing = []() -> outcome<query_cache::run_pointer> { return internal_failure("disk on fire"); };
  EXPECT_FALSE(cache.get(key, 10, 0, failing));
  ask(cache, key, 10);
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace hull::backend::functions
