// How long a query stays live after its watchers have left.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

struct retention : testing::Test {
  engine_harness e;
  sync::query_key q = e.key("q:list");
  retention() {
    e.subscribe(q);
    e.subscribe(q);
    e.start_and_open();
  }
  void leave(std::chrono::milliseconds keep_for) { e.apply(sync::input::unsubscribe{q, keep_for}); }
  bool is_live() const { return e.engine.known_queries() != 0; }
};

TEST_F(retention, a_watcher_that_leaves_first_keeps_the_query_as_long_as_it_asked_for) {
  leave(5s);
  leave(0s);
  e.advance(4999ms);
  EXPECT_TRUE(is_live());
  e.advance(1ms);
  EXPECT_FALSE(is_live());
}

TEST_F(retention, the_longest_wish_counts) {
  leave(5s);
  e.advance(3s);
  leave(5s);
  e.advance(2s);
  EXPECT_TRUE(is_live());
  e.advance(3s);
  EXPECT_FALSE(is_live());
}

TEST_F(retention, a_query_that_is_asked_for_again_outlives_its_retention) {
  leave(1s);
  leave(1s);
  e.subscribe(q);
  e.advance(2s);
  EXPECT_TRUE(is_live());
  leave(0s);
  EXPECT_FALSE(is_live());
}

TEST_F(retention, one_unsubscription_too_many_is_harmless) {
  leave(0s);
  leave(0s);
  leave(5s);
  e.advance(6s);
  EXPECT_FALSE(is_live());
}

TEST(retention_by_layers, a_last_known_value_is_stale_also_when_a_layer_kept_the_record) {
  engine_harness e;
  mock::script server{e};
  const sync::query_key q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  server.transition({mock::updated(0, 1)}, 100);
  e.mutate("m:go", object{}, [](local_store& s) { (void)s.get_query("q:list", object{}); });
  e.unsubscribe(q);
  EXPECT_EQ(e.engine.known_queries(), 1u);
  e.apply(sync::input::subscribe{q, value(1)});
  EXPECT_TRUE(e.state(q)->is_stale);
}

}  // namespace
}  // namespace hull::test
