// What a look into a client adds to what its engine knows.
#include "support/home.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

TEST(client_inspection, counts_subscribers_and_bytes) {
  home h;
  client_options options = h.options();
  options.retention = 10s;
  client c(h.loop.get_executor(), h.server.url(), options);
  c.keep_history(10);
  watch w = c.watch_query("q:list");
  subscription first = w.on_change([](const query_state_ptr&) {});
  subscription second = w.on_change([](const query_state_ptr&) {});
  outcome one_shot;
  c.query("q:list", object{}, one_shot.token());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  inspection seen = c.inspect();
  ASSERT_EQ(seen.queries.size(), 1u);
  EXPECT_EQ(seen.queries[0].subscribers, 3u);
  EXPECT_GT(seen.bytes_sent, 50u);
  EXPECT_EQ(seen.bytes_received, 0u);
  server.transition({updated(0, "x")}, 10);
  ASSERT_TRUE(h.until([&] { return one_shot.got.has_value(); }));
  seen = c.inspect();
  EXPECT_EQ(seen.queries[0].subscribers, 2u);
  EXPECT_GT(seen.bytes_received, 50u);
  EXPECT_TRUE(seen.queries[0].since_change);

  first.reset();
  second.reset();
  seen = c.inspect();
  ASSERT_EQ(seen.queries.size(), 1u);
  EXPECT_EQ(seen.queries[0].subscribers, 0u);
  ASSERT_TRUE(seen.queries[0].retained_for);
  EXPECT_LE(*seen.queries[0].retained_for, 10s);
}

TEST(client_inspection, a_closed_client_has_nothing_to_show) {
  home h;
  client c = h.make_client();
  subscription s = c.watch_query("q:list").on_change([](const query_state_ptr&) {});
  outcome call;
  c.mutation("m:x", object{}, call.token());
  EXPECT_EQ(c.inspect().calls.size(), 1u);
  c.close();
  const inspection seen = c.inspect();
  EXPECT_TRUE(seen.calls.empty());
  EXPECT_FALSE(seen.connection.is_connected);
}

}  // namespace
}  // namespace hull::test
