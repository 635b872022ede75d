// Mutations and actions on their own: section 7.4 of the protocol's test inventory.
#include <hull/sync/requests.hpp>

#include <gtest/gtest.h>

namespace hull::sync {
namespace {

protocol::mutation_response success(protocol::request_id id, value v, protocol::timestamp ts) {
  protocol::mutation_response m;
  m.id = id;
  m.outcome = std::move(v);
  m.ts = ts;
  return m;
}

struct sync_requests : testing::Test {
  requests r{256};
  call_id calls = 100;
  protocol::request_id add(call_kind kind) {
    const auto id = r.allocate();
    request q;
    q.kind = kind;
    q.call = ++calls;
    q.path = "m:f";
    q.args = object{};
    r.add(id, std::move(q));
    return id;
  }
  protocol::request_id add_sent(call_kind kind) {
    const auto id = add(kind);
    r.take_sendable();
    return id;
  }
  void reconnect() {
    r.socket_lost();
    r.socket_opened();
  }
};

TEST_F(sync_requests, T9_incomplete_until_answered_even_when_not_reflected) {
  EXPECT_FALSE(r.has_incomplete());
  const auto a = add_sent(call_kind::mutation);
  const auto b = add_sent(call_kind::mutation);
  EXPECT_TRUE(r.has_incomplete());
  r.respond(success(a, nullptr, 10), 0);
  EXPECT_TRUE(r.has_incomplete());
  r.respond(success(b, nullptr, 20), 0);
  EXPECT_FALSE(r.has_incomplete());
  EXPECT_EQ(r.open_mutations(), 2u);
}

TEST_F(sync_requests, T9_unsent_requests_do_not_count_as_incomplete) {
  add(call_kind::mutation);
  EXPECT_FALSE(r.has_incomplete());
}

TEST_F(sync_requests, T10_answered_then_restarted_before_it_was_reflected) {
  const auto id = add_sent(call_kind::mutation);
  r.respond(success(id, "first", 50), 0);
  reconnect();
  EXPECT_EQ(r.take_sendable().size(), 1u) << "answered but not reflected: sent again";
  EXPECT_FALSE(r.is_synced());
  EXPECT_FALSE(r.respond(success(id, "first", 50), 0)) << "the duplicate is ignored";
  const auto done = r.take_reflected(50);
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].outcome.value(), value("first"));
  EXPECT_TRUE(r.is_synced());
  reconnect();
  EXPECT_TRUE(r.take_sendable().empty());
}

TEST_F(sync_requests, T11_transition_before_the_duplicate_response) {
  const auto id = add_sent(call_kind::mutation);
  r.respond(success(id, "first", 50), 0);
  reconnect();
  r.take_sendable();
  ASSERT_EQ(r.take_reflected(60).size(), 1u);
  EXPECT_FALSE(r.respond(success(id, "first", 50), 60));
  EXPECT_EQ(r.open_mutations(), 0u);
}

TEST_F(sync_requests, T12_sent_action_is_lost_and_unsent_action_survives_one_restart) {
  add_sent(call_kind::action);
  add(call_kind::action);
  auto lost = r.socket_lost();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].outcome.error().code, errc::connection_lost);
  EXPECT_EQ(lost[0].outcome.error().message, "Connection lost while action was in flight");
  r.socket_opened();
  EXPECT_EQ(r.take_sendable().size(), 1u);
  lost = r.socket_lost();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(r.open_actions(), 0u);
}

TEST_F(sync_requests, window_of_unanswered_mutations_keeps_the_order) {
  r = requests(2);
  for (int i = 0; i < 5; ++i) add(call_kind::mutation);
  auto first = r.take_sendable();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(std::get<protocol::mutation>(first[0]).id, 0u);
  EXPECT_TRUE(r.take_sendable().empty());
  r.respond(success(0, nullptr, 10), 0);
  auto next = r.take_sendable();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(std::get<protocol::mutation>(next[0]).id, 2u);
  reconnect();
  auto replay = r.take_sendable();
  ASSERT_EQ(replay.size(), 2u);
  EXPECT_EQ(std::get<protocol::mutation>(replay[0]).id, 0u) << "answered, not reflected";
  EXPECT_EQ(std::get<protocol::mutation>(replay[1]).id, 1u);
}

TEST_F(sync_requests, a_late_duplicate_frees_its_place_in_the_window) {
  r = requests(1);
  add(call_kind::mutation);
  add(call_kind::mutation);
  r.take_sendable();
  r.respond(success(0, nullptr, 10), 0);
  reconnect();
  EXPECT_EQ(r.take_sendable().size(), 1u);
  EXPECT_EQ(r.take_reflected(10).size(), 1u);
  EXPECT_TRUE(r.take_sendable().empty()) << "the replayed mutation is still unanswered on this socket";
  r.respond(success(0, nullptr, 10), 10);
  EXPECT_EQ(r.take_sendable().size(), 1u);
}

TEST_F(sync_requests, cancelled_mutation_ignores_its_late_answer) {
  const auto id = add_sent(call_kind::mutation);
  const auto cancelled = r.cancel(calls, error{errc::cancelled, "cancelled", {}, {}});
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->outcome.error().code, errc::cancelled);
  EXPECT_FALSE(r.respond(success(id, nullptr, 10), 0));
  EXPECT_FALSE(r.cancel(calls, error{errc::cancelled, "cancelled", {}, {}}));
  reconnect();
  EXPECT_TRUE(r.take_sendable().empty());
}

TEST_F(sync_requests, cancelled_after_the_answer_is_not_reflected_later) {
  const auto id = add_sent(call_kind::mutation);
  r.respond(success(id, nullptr, 10), 0);
  ASSERT_TRUE(r.cancel(calls, error{errc::cancelled, "cancelled", {}, {}}));
  EXPECT_TRUE(r.take_reflected(10).empty());
}

TEST_F(sync_requests, answers_of_the_wrong_kind_are_ignored) {
  const auto action = add_sent(call_kind::action);
  EXPECT_FALSE(r.respond(success(action, nullptr, 1), 5));
  const auto mutation = add_sent(call_kind::mutation);
  protocol::action_response wrong;
  wrong.id = mutation;
  wrong.outcome = value(1);
  EXPECT_FALSE(r.respond(std::move(wrong)));
  EXPECT_EQ(r.open_mutations() + r.open_actions(), 2u);
}

}  // namespace
}  // namespace hull::sync
