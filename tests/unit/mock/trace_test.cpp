// Traces: recorded, written, read, and played to another client.
#include "rig.hpp"

#include <hull/mock/recorder.hpp>
#include <hull/mock/replay.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

namespace hull::mock::test {
namespace {

/// What a client does in the traces here.
struct visit {
  std::optional<seen> list;
  outcome sent;
  explicit visit(client& c, const std::string& body = "hello", const std::string& query = "messages:list") {
    list.emplace(c, query);
    c.mutation("messages:send", message(body), sent.token());
  }
};

trace record_a_visit(bool with_reconnect = false) {
  recorder rec;
  deployment_options o;
  rec.attach(o.server);
  rig r(o);
  client c = r.make_client();
  visit v(c);
  r.until([&] { return v.sent.ok() && v.list->rows() == 1; }, "the visit");
  if (with_reconnect) {
    r.deployment.close_connections(1001);
    r.until(
        [&] { return c.state().connection_count == 2 && c.state().is_connected && r.deployment.live_queries() == 1; },
        "the reconnect");
    r.until(
        [&] { return !rec.recorded().entries.empty() && rec.recorded().entries.back().way == direction::to_client; },
        "the transition");
  }
  return rec.recorded();
}

struct second_visit {
  boost::asio::io_context loop{1};
  mock_server server;
  client c{loop.get_executor(), server.url(), options()};
  static client_options options() {
    client_options o;
    o.backoff_initial = o.backoff_own_close = 10ms;
    return o;
  }
  replay_options play() {
    replay_options o;
    o.patience = 2s;
    o.while_waiting = [this] {
      loop.restart();
      loop.poll();
    };
    return o;
  }
  void turn(const std::function<bool()>& until) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    loop.restart();
    while (!until() && std::chrono::steady_clock::now() < end) loop.run_one_for(5ms);
  }
};

TEST(trace, goes_through_a_file_and_back) {
  const trace t = record_a_visit();
  ASSERT_GE(t.entries.size(), 5u);
  EXPECT_EQ(t.entries.front().what, trace_entry::kind::opened);
  EXPECT_FALSE(t.truncated);
  const std::string file = (std::filesystem::path(testing::TempDir()) / "hull_visit.trace").string();
  ASSERT_TRUE(save_trace(t, file));
  const auto back = load_trace(file);
  std::remove(file.c_str());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(write_trace(*back).size(), write_trace(t).size());
  ASSERT_EQ(back->entries.size(), t.entries.size());
  EXPECT_EQ(back->entries[2].line, 4u) << "one line is the header";
  EXPECT_FALSE(load_trace("/no/such/file"));
}

TEST(trace, plays_to_another_client) {
  const trace t = record_a_visit();
  second_visit again;
  visit v(again.c);
  const auto played = replay(again.server, t, again.play());
  ASSERT_TRUE(played) << played.error().message;
  again.turn([&] { return v.sent.got.has_value(); });
  EXPECT_TRUE(v.sent.ok());
  EXPECT_EQ(v.list->rows(), 1u) << "it saw what the first client saw";
}

TEST(trace, plays_a_reconnect) {
  const trace t = record_a_visit(true);
  second_visit again;
  visit v(again.c);
  const auto played = replay(again.server, t, again.play());
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_EQ(again.c.state().connection_count, 2u);
}

TEST(trace, ids_may_differ_when_they_are_used_alike) {
  trace t = record_a_visit();
  second_visit again;
  std::optional<seen> before(std::in_place, again.c, "messages:other");
  before.reset();  // took query id 0
  outcome unheard;
  again.c.query("messages:third", object(), unheard.token());
  visit v(again.c);
  // The recorded client did the same, with ids of its own.
  for (auto& e : t.entries) {
    const std::string two = R"("modifications":[{"type":"Add","queryId":0)";
    if (const auto at = e.text.find(two); e.way == direction::to_server && at != std::string::npos)
      e.text.insert(at + 17, R"({"type":"Add","queryId":41,"udfPath":"messages:third","args":[{}]},)");
  }
  const auto played = replay(again.server, t, again.play());
  ASSERT_TRUE(played) << played.error().message;
  again.turn([&] { return v.sent.got.has_value(); });
  EXPECT_EQ(v.list->rows(), 1u);
}

TEST(trace, names_the_first_difference) {
  const trace recorded = record_a_visit();
  const auto parsed = parse_trace(write_trace(recorded));
  ASSERT_TRUE(parsed);
  {
    second_visit again;
    visit v(again.c, "something else");
    const auto played = replay(again.server, *parsed, again.play());
    ASSERT_FALSE(played);
    EXPECT_EQ(played.error().code, errc::bad_value);
    const std::string& text = played.error().message;
    EXPECT_NE(text.find(".args[0].body: \"hello\" was recorded, \"something else\" came"), std::string::npos) << text;
    EXPECT_EQ(text.find("trace line "), 0u) << text;
  }
  {
    second_visit again;
    visit v(again.c, "hello", "messages:others");
    const auto played = replay(again.server, *parsed, again.play());
    ASSERT_FALSE(played);
    EXPECT_NE(played.error().message.find("udfPath"), std::string::npos) << played.error().message;
  }
  {
    second_visit again;
    const seen only(again.c, "messages:list");
    replay_options o = again.play();
    o.patience = 300ms;
    const auto played = replay(again.server, *parsed, o);
    ASSERT_FALSE(played);
    EXPECT_NE(played.error().message.find("and sent nothing"), std::string::npos) << played.error().message;
  }
  {
    mock_server nobody;
    replay_options o;
    o.patience = 10ms;
    const auto played = replay(nobody, *parsed, o);
    ASSERT_FALSE(played);
    EXPECT_NE(played.error().message.find("none came"), std::string::npos) << played.error().message;
  }
}

TEST(trace, what_is_no_trace_is_told_by_line) {
  const std::string head = "{\"hull_trace\":1}\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "trace line 1: a trace begins"},
      {"{}", "trace line 1: a trace begins"},
      {head + "nonsense", "trace line 2: no JSON"},
      {head + "\n{\"at_us\":1}", "trace line 3: needs \"event\""},
      {head + R"({"from":"me","frame":{}})", "trace line 2: needs \"event\""},
      {head + R"({"from":"client"})", "trace line 2: a frame needs"},
      {head + R"({"event":"party"})", "trace line 2: \"event\" must be"},
      {head + R"({"event":"close","code":7})", "trace line 2: \"code\" must be"},
      {head + R"({"at_us":-1,"event":"open"})", "trace line 2: \"at_us\" must be"},
  };
  for (const auto& [text, expected] : cases) {
    const auto t = parse_trace(text);
    ASSERT_FALSE(t) << text;
    EXPECT_EQ(t.error().message.substr(0, expected.size()), expected);
  }
  const auto odd = parse_trace(head + R"({"at_us":1,"from":"server","text":"no \"JSON\"\n"})");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->entries[0].text, "no \"JSON\"\n");
  EXPECT_EQ(write_trace(*odd), head + "{\"at_us\":1,\"from\":\"server\",\"text\":\"no \\\"JSON\\\"\\n\"}\n");
}

TEST(trace, stays_within_its_limits) {
  trace_limits few;
  few.max_entries = 3;
  recorder rec(few);
  server_options o;
  rec.attach(o);
  for (int i = 0; i < 5; ++i) o.on_frame(direction::to_server, "{}");
  EXPECT_EQ(rec.recorded().entries.size(), 3u);
  EXPECT_TRUE(rec.recorded().truncated);
  EXPECT_TRUE(parse_trace(write_trace(rec.recorded()))->truncated);
  trace_limits small;
  small.max_bytes = 3;
  recorder by_bytes(small);
  server_options p;
  by_bytes.attach(p);
  p.on_frame(direction::to_server, "{}");
  p.on_frame(direction::to_server, "{}");
  EXPECT_EQ(by_bytes.recorded().entries.size(), 1u);
  const std::string text = write_trace({{{trace_entry::kind::opened}, {trace_entry::kind::opened}}, false});
  trace_limits one;
  one.max_entries = 1;
  EXPECT_FALSE(parse_trace(text, one));
}

}  // namespace
}  // namespace hull::mock::test
