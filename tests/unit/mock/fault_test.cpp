// Faults: the machine alone, then under real clients.
#include "rig.hpp"

#include <hull/mock/script.hpp>
#include <hull/protocol/codec.hpp>

#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace hull::mock::test {
namespace {

using step = fault_line::step;

/// "send a, send b, drop" of sending these frames.
std::string told(fault_line& line, const std::vector<std::string>& frames) {
  std::string out;
  for (const auto& frame : frames) {
    for (const auto& s : line.sending(frame)) {
      if (!out.empty()) out += ", ";
      if (s.delay > 0ms) out += "after " + std::to_string(s.delay.count()) + " ";
      switch (s.what) {
        case step::kind::send:
          out += "send " + s.text;
          break;
        case step::kind::begin:
          out += "begin " + s.text;
          break;
        case step::kind::close:
          out += (s.overtakes ? "overtaking close " : "close ") + std::to_string(s.code) + s.reason;
          break;
        case step::kind::drop:
          out += "drop";
          break;
      }
    }
  }
  return out;
}

TEST(fault_line, does_what_the_plan_says) {
  const std::vector<std::string> frames{"aaa", "bbb", "ccc"};
  const std::vector<std::pair<fault_plan, const char*>> cases = {
      {fault_plan(), "send aaa, send bbb, send ccc"},
      {fault_plan().delay(5ms), "after 5 send aaa, after 5 send bbb, after 5 send ccc"},
      {fault_plan().delay_frame(2, 7ms), "send aaa, after 7 send bbb, send ccc"},
      {fault_plan().drop_after_sent(2), "send aaa, send bbb, drop"},
      {fault_plan().drop_after_bytes(4), "send aaa, begin b, drop"},
      {fault_plan().drop_after_bytes(3), "send aaa, begin , drop"},
      {fault_plan().truncate(2, 1), "send aaa, send b, send ccc"},
      {fault_plan().truncate(2, 9), "send aaa, send bbb, send ccc"},
      {fault_plan().duplicate(2), "send aaa, send bbb, send bbb, send ccc"},
      {fault_plan().close_after_sent(1, 1013, " busy"), "send aaa, close 1013 busy"},
      {fault_plan().close_before(2, 1001), "send aaa, overtaking close 1001"},
      {fault_plan().drop_at_random(1), "drop"},
      {fault_plan().duplicate(1).truncate(1, 1).delay(1ms).drop_after_sent(1), "after 1 send a, send a, drop"},
  };
  for (const auto& [plan, expected] : cases) {
    fault_line line(plan);
    EXPECT_EQ(told(line, frames), expected);
  }
}

TEST(fault_line, counts_what_it_receives) {
  fault_line line(fault_plan().close_after_received(2, 1011));
  EXPECT_TRUE(line.receiving().empty());
  ASSERT_EQ(line.receiving().size(), 1u);
  EXPECT_TRUE(line.receiving().empty()) << "it is over";
  EXPECT_TRUE(line.sending("x").empty());
}

TEST(fault_line, chance_comes_from_the_seed) {
  const auto delays = [](std::uint64_t seed) {
    fault_line line(fault_plan().delay_between(1ms, 100ms).seed(seed));
    std::vector<std::int64_t> out;
    for (int i = 0; i < 20; ++i) out.push_back(line.sending("x").front().delay.count());
    return out;
  };
  EXPECT_EQ(delays(1), delays(1));
  EXPECT_NE(delays(1), delays(2));
  for (const auto d : delays(3)) EXPECT_TRUE(d >= 1 && d <= 100) << d;
  const auto schedule = every_connection(fault_plan().delay_between(1ms, 100ms));
  fault_line first(schedule(1));
  fault_line second(schedule(2));
  bool differs = false;
  for (int i = 0; i < 20; ++i) differs |= first.sending("x").front().delay != second.sending("x").front().delay;
  EXPECT_TRUE(differs) << "connections have chances of their own";
}

TEST(fault_line, makes_a_transition_start_elsewhere) {
  fault_line line(fault_plan().wrong_start_version(2));
  const protocol::server_message whole = protocol::transition{{0, 0, 1}, {1, 0, 2}, {}, {}, {}};
  const std::string frame = protocol::encode(whole);
  EXPECT_EQ(line.sending(frame).front().text, frame);
  EXPECT_EQ(line.sending("not even JSON").front().text, "not even JSON");
  const auto wrong = protocol::decode_server_message(line.sending(frame).front().text);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(std::get<protocol::transition>(*wrong).start.query_set, 1u);
}

/// A client lives through the fault of its first connections and shows the truth in the end.
void survives(const fault_plan& plan, std::size_t connections = 1) {
  deployment_options o;
  o.ping_after = 50ms;
  rig r(o);
  r.deployment.change([](tables& all) { all.table("messages").insert({{"body", "old"}}); });
  r.deployment.set_faults(first_connections(connections, plan));
  client c = r.make_client([](client_options& o) { o.inactivity_timeout = 400ms; });
  seen list(c, "messages:list");
  const auto sent = r.call(c, "messages:send", message("new"));
  ASSERT_TRUE(sent) << sent.error().message;
  r.until([&] { return list.rows() == 2; }, "both rows");
  EXPECT_EQ(r.deployment.documents("messages").size(), 2u);
}

TEST(faults, a_client_lives_through_a_drop) { survives(fault_plan().drop_after_sent(1)); }
TEST(faults, a_client_lives_through_a_drop_by_received_frames) { survives(fault_plan().drop_after_received(2)); }
TEST(faults, a_client_lives_through_a_message_that_never_ends) { survives(fault_plan().drop_after_bytes(100)); }
TEST(faults, a_client_lives_through_a_truncated_message) { survives(fault_plan().truncate(1, 50)); }
TEST(faults, a_client_lives_through_a_doubled_transition) { survives(fault_plan().duplicate(1)); }
TEST(faults, a_client_lives_through_a_wrong_start) { survives(fault_plan().wrong_start_version()); }
TEST(faults, a_client_lives_through_an_early_close) { survives(fault_plan().close_before(1, 1001, "bye")); }
TEST(faults, a_client_lives_through_a_close) {
  survives(fault_plan().close_after_sent(1, 1011, "InternalServerError"));
}
TEST(faults, a_client_lives_through_refusals) { survives(fault_plan().refuse(), 2); }
TEST(faults, a_client_lives_through_declined_upgrades) { survives(fault_plan().decline_upgrade(503, "later"), 2); }
TEST(faults, a_client_lives_through_silence) { survives(fault_plan().clog()); }
TEST(faults, a_client_lives_through_delays) { survives(fault_plan().delay_between(1ms, 3ms), 100); }
TEST(faults, a_client_lives_through_chance) { survives(fault_plan().drop_at_random(0.3).seed(7), 10); }

TEST(faults, clogged_frames_are_held_and_none_is_lost) {
  rig r;
  client c = r.make_client();
  seen list(c, "messages:list");
  r.until([&] { return list.ready(); }, "the list");
  r.deployment.clog(true);
  outcome out;
  c.mutation("messages:send", message("held"), out.token());
  r.deployment.expect_none(a_mutation("messages:send"), 20ms);
  r.deployment.clog(false);
  r.until([&] { return out.ok() && list.rows() == 1; }, "the mutation");
  EXPECT_EQ(c.state().connection_count, 1u);
}

TEST(faults, serve_scripts_as_well) {
  boost::asio::io_context loop;
  server_options o;
  o.faults = first_connections(1, fault_plan().close_before(2, 1013, "busy"));
  mock_server server(o);
  client_options co;
  co.backoff_overloaded = 10ms;
  std::optional<client> c;
  boost::asio::post(loop, [&] { c.emplace(loop.get_executor(), server.url(), co); });
  std::thread home([&] { loop.run(); });  // until the client goes
  std::string reason;
  try {
    const auto first = server.accept();
    script s(*first);
    s.expect_hello();
    s.transition();
    s.transition();
    EXPECT_TRUE(first->wait_for_close());
    const auto second = server.accept();
    script again(*second);
    reason = again.expect_hello().last_close_reason.value_or("");
  } catch (const unexpected& e) {
    ADD_FAILURE() << e.what();
  }
  boost::asio::post(loop, [&] { c.reset(); });
  home.join();
  EXPECT_EQ(reason, "busy");
}

}  // namespace
}  // namespace hull::mock::test
