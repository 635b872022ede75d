// Subscribers that come and go, calls and credentials, on a socket and over its end.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

using mock::updated;

std::vector<protocol::query_id> ids_in(const protocol::modify_query_set& m) {
  std::vector<protocol::query_id> ids;
  for (const auto& change : m.modifications) ids.push_back(std::visit([](const auto& c) { return c.id; }, change));
  return ids;
}

TEST(sync_subscribers, R1_calls_resolve_with_their_value_or_fail) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto done = e.mutate("m:done"), refused = e.mutate("m:refused"), ran = e.act("a:ran"),
             failed = e.act("a:failed");
  for (const auto call : {done, refused}) EXPECT_EQ(server.expect_mutation().id, call - 1);
  for (const auto call : {ran, failed}) EXPECT_EQ(server.expect_action().id, call - 1);
  server.answer_action(2, "ran");
  server.fail_action(3, "Uncaught Error: no", value(1));
  server.answer_mutation(0, "done", 100);
  server.fail_mutation(1, "Uncaught Error: never");
  EXPECT_EQ(e.result_of(ran), value("ran"));
  EXPECT_EQ(e.failure_of(failed).message, "Uncaught Error: no");
  EXPECT_EQ(e.failure_of(failed).data, value(1));
  EXPECT_EQ(e.failure_of(refused).message, "Uncaught Error: never");
  EXPECT_TRUE(e.is_pending(done)) << "its write is not visible yet";
  server.transition({}, 100);
  EXPECT_EQ(e.result_of(done), value("done"));
}

TEST(sync_subscribers, R2_messages_of_signing_in_and_out) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  const auto expect = [&](std::uint32_t base, protocol::token_type type, const char* token) {
    const auto m = server.expect_authenticate();
    EXPECT_EQ(m.base_version, base);
    EXPECT_EQ(m.type, type);
    EXPECT_EQ(m.token, token);
  };
  e.set_admin("one");
  expect(0, protocol::token_type::admin, "one");
  e.set_admin("two");
  expect(1, protocol::token_type::admin, "two");
  server.transition();
  e.set_admin("");
  expect(2, protocol::token_type::none, "");
  server.transition();
  e.drop();
  e.reconnect();
  mock::script next(e);
  next.expect_hello();  // Nothing to say about identity on a new socket.
  next.expect_silence();
}

TEST(sync_subscribers, R4_the_last_to_go_removes_and_who_comes_back_has_a_new_id) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.start_and_open();
  server.expect_connect();
  EXPECT_EQ(ids_in(server.expect_modify_query_set()), std::vector<protocol::query_id>{0});
  e.subscribe(q);
  server.expect_silence();
  e.unsubscribe(q);
  server.expect_silence();
  e.unsubscribe(q);
  const auto gone = server.expect_modify_query_set();
  EXPECT_EQ(gone.modifications.at(0), protocol::query_set_change(protocol::remove_query{0}));
  e.subscribe(q);
  const auto back = server.expect_modify_query_set();
  EXPECT_EQ(ids_in(back), std::vector<protocol::query_id>{1});
  EXPECT_TRUE(std::holds_alternative<protocol::add_query>(back.modifications.at(0)));
}

TEST(sync_subscribers, R8_no_second_first_version_after_a_reconnect) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  e.set_admin("key");
  e.subscribe(e.key("q:a"));
  server.expect_authenticate();
  server.expect_modify_query_set();
  e.drop();
  e.subscribe(e.key("q:b"));  // Wanted while there is no socket:
  e.set_admin("another key");
  e.unsubscribe(e.key("q:a"));
  e.mutate("m:send");
  e.reconnect();
  mock::script next(e);
  next.expect_connect();
  const auto identity = next.expect_authenticate();
  EXPECT_EQ(identity.base_version, 0u);
  EXPECT_EQ(identity.token, "another key");
  const auto queries = next.expect_modify_query_set();
  EXPECT_EQ(queries.base_version, 0u);
  EXPECT_EQ(ids_in(queries), std::vector<protocol::query_id>{1});
  next.expect_mutation();
  next.expect_silence();
  e.subscribe(e.key("q:c"));
  EXPECT_EQ(next.expect_modify_query_set().base_version, 1u);
  e.set_admin("key");
  EXPECT_EQ(next.expect_authenticate().base_version, 1u);
}

TEST(sync_subscribers, R10_the_last_unsubscribe_forgets_the_result) {
  engine_harness e;
  mock::script server(e);
  const auto q = e.key("q:list");
  e.subscribe(q);
  e.subscribe(q);
  e.start_and_open();
  server.expect_hello();
  server.transition({updated(0, "rows")}, 10);
  EXPECT_EQ(e.seen(q), value("rows"));
  e.unsubscribe(q);
  EXPECT_EQ(e.seen(q), value("rows")) << "somebody is still there";
  e.unsubscribe(q);
  EXPECT_EQ(e.seen(q), std::nullopt);
  EXPECT_EQ(e.engine.known_queries(), 0u);
  server.expect_modify_query_set();
  e.subscribe(q);
  EXPECT_EQ(e.seen(q), std::nullopt) << "a new subscription starts without the old value";
}

}  // namespace
}  // namespace hull::test
