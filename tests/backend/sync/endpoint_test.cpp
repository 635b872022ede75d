// Real sockets: a session from Connect to close, and clients that misbehave while another goes on unharmed.
#include "fake_deployment.hpp"
#include "server_rig.hpp"
#include "session_rig.hpp"

#include "sync/client_version.hpp"

#include <hull/protocol/codec.hpp>

#include <gmock/gmock.h>

#include <sys/resource.h>

#include <thread>

namespace hull::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

protocol::server_message next(socket_client& c) {
  for (;;) {
    auto m = protocol::decode_server_message(c.receive());
    if (!m) throw std::runtime_error(m.error().message);
    if (!std::holds_alternative<protocol::ping>(*m)) return *m;
  }
}
protocol::transition next_transition(socket_client& c) { return std::get<protocol::transition>(next(c)); }
std::string value_of(const protocol::transition& t, std::size_t i) {
  return write_json(std::get<protocol::query_updated>(t.modifications.at(i)).result);
}
const std::string upgrade_headers =
    "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
std::string push(unsigned id, const std::string& path = "m:push") {
  return R"({"type":"Mutation","requestId":)" + std::to_string(id) + R"(,"udfPath":")" + path + R"(","args":[{}]})";
}

/// Connects and subscribes to the list.
void subscribe(socket_client& c) {
  c.send(connect_frame());
  c.send(add_frame(0, 1, add(0, "m:list")));
}

TEST(Endpoint, ALiveQueryFollowsAMutation) {
  server_rig rig;
  socket_client c(rig.port());
  subscribe(c);
  const auto first = next_transition(c);
  EXPECT_EQ(first.start, protocol::state_version{});
  EXPECT_EQ(first.end.query_set, 1u);
  EXPECT_EQ(value_of(first, 0), "[]");

  c.send(push(0));
  const auto answer = std::get<protocol::mutation_response>(next(c));
  EXPECT_EQ(std::get<value>(answer.outcome), value(1));
  const auto change = next_transition(c);
  EXPECT_EQ(change.start, first.end);
  EXPECT_GE(change.end.ts, *answer.ts) << "a time that reaches the commit";
  EXPECT_EQ(value_of(change, 0), "[[{}]]");
}

// A client that saw the change first would show what it predicted on top of it.
TEST(Endpoint, TheAnswerOfAMutationComesBeforeItsChange) {
  server_rig rig;
  socket_client writer(rig.port()), other(rig.port());
  for (socket_client* c : {&writer, &other}) {
    subscribe(*c);
    next_transition(*c);
  }
  for (const char* expected : {"[[{}]]", "[[{}],[{}]]"}) {
    writer.send(push(0, "m:push_and_rest"));  // rests when everybody can see the change
    EXPECT_EQ(value_of(next_transition(other), 0), expected);
    const auto answer = next(writer);
    ASSERT_TRUE(std::holds_alternative<protocol::mutation_response>(answer));
    const auto change = next_transition(writer);
    EXPECT_EQ(value_of(change, 0), expected);
    EXPECT_GE(change.end.ts, *std::get<protocol::mutation_response>(answer).ts);
  }
}

TEST(Endpoint, MutationsThatFollowEachOtherDoNotHoldChangesBack) {
  server_rig rig;
  socket_client c(rig.port());
  subscribe(c);
  next_transition(c);
  constexpr unsigned count = 20;
  for (unsigned id = 0; id < count; ++id) c.send(push(id, "m:push_and_rest"));
  unsigned answers = 0, changes_in_between = 0;
  while (answers < count) {
    const auto m = next(c);
    if (std::holds_alternative<protocol::mutation_response>(m)) ++answers;
    if (std::holds_alternative<protocol::transition>(m) && answers < count) ++changes_in_between;
  }
  EXPECT_GE(changes_in_between, count / 2);
}

TEST(Endpoint, EveryoneWatchingSeesAChange) {
  server_rig rig;
  socket_client writer(rig.port());
  std::vector<std::unique_ptr<socket_client>> watchers;
  for (int i = 0; i < 20; ++i) {
    watchers.push_back(std::make_unique<socket_client>(rig.port(), i % 2 ? "/api/sync" : "/api/1.48.0/sync"));
    subscribe(*watchers.back());
    next_transition(*watchers.back());
  }
  writer.send(push(0));
  for (auto& w : watchers) EXPECT_EQ(value_of(next_transition(*w), 0), "[[{}]]");
}

TEST(Endpoint, ActionsOverlap) {
  server_rig rig;
  socket_client c(rig.port());
  const auto act = [](unsigned id, const std::string& path) {
    return R"({"type":"Action","requestId":)" + std::to_string(id) + R"(,"udfPath":")" + path + R"(","args":[{}]})";
  };
  c.send(act(0, "m:slow"));
  c.send(act(1, "m:echo"));
  EXPECT_EQ(std::get<protocol::action_response>(next(c)).id, 1u);
}

TEST(Endpoint, AdminKeysAreChecked) {
  server_rig rig;
  const auto authenticate = [](const std::string& key) {
    return R"({"type":"Authenticate","baseVersion":0,"tokenType":"Admin","value":")" + key + R"("})";
  };
  socket_client good(rig.port());
  good.send(authenticate(rig.admin_key()));
  EXPECT_EQ(next_transition(good).end.identity, 1u);

  socket_client bad(rig.port());
  bad.send(authenticate("test-instance|0123"));
  const auto end = bad.read_to_end();
  ASSERT_EQ(end.messages.size(), 1u);
  EXPECT_THAT(end.messages[0],
              AllOf(HasSubstr("AuthError"), HasSubstr("test-instance"), HasSubstr(R"("authUpdateAttempted":true)")));
  EXPECT_TRUE(end.clean);
  EXPECT_EQ(end.code, 0u);
}

TEST(Endpoint, UserTokensHaveNoProvider) {
  server_rig rig;
  socket_client c(rig.port());
  c.send(R"({"type":"Authenticate","baseVersion":0,"tokenType":"User","value":"a.b.c"})");
  const auto end = c.read_to_end();
  ASSERT_EQ(end.messages.size(), 1u);
  EXPECT_THAT(end.messages[0], HasSubstr("no auth provider"));
  EXPECT_TRUE(end.clean);
  EXPECT_EQ(end.code, 0u);
}

TEST(Endpoint, BadFramesEndOnlyTheirOwnConnection) {
  server_rig rig;
  socket_client bystander(rig.port());
  subscribe(bystander);
  next_transition(bystander);

  for (const std::string frame : {"{", "[]", R"({"type":"Dance"})"}) {
    socket_client c(rig.port());
    c.send(frame);
    const auto end = c.read_to_end();
    ASSERT_EQ(end.messages.size(), 1u) << frame;
    EXPECT_THAT(end.messages[0], HasSubstr("Received Invalid JSON on websocket: ")) << frame;
    EXPECT_TRUE(end.clean) << frame;
    EXPECT_EQ(end.code, 0u) << frame;
  }
  socket_client no_text(rig.port());
  no_text.send("\xff\xfe");
  EXPECT_EQ(no_text.read_to_end().code, 1007u);
  socket_client binary(rig.port());
  binary.send_binary("{}");
  EXPECT_THAT(binary.read_to_end().messages, testing::ElementsAre(HasSubstr("FatalError")));

  bystander.send(push(0));
  EXPECT_NO_THROW(next(bystander));
}

TEST(Endpoint, OversizedMessagesAreRefusedWithAReason) {
  backend::sync::endpoint_options options;
  options.max_message_bytes = 1u << 20;
  server_rig rig(options);
  socket_client c(rig.port());
  c.send(std::string(3u << 20, ' '));
  const auto end = c.read_to_end();
  EXPECT_EQ(end.code, 1009u);
  EXPECT_EQ(end.reason, "Message is larger than 1 MiB");
  socket_client fits(rig.port());
  fits.send(std::string((1u << 20) - 200, ' ') + connect_frame());
  fits.send(add_frame(0, 1, ""));
  EXPECT_NO_THROW(next_transition(fits));
}

TEST(Endpoint, SilentClientsAreDropped) {
  backend::sync::endpoint_options options;
  options.ping_every = std::chrono::milliseconds(20);
  options.drop_after_silence = std::chrono::milliseconds(1500);
  server_rig rig(options);
  raw_client c(rig.port());  // shakes hands, and never answers a ping
  c.write("GET /api/sync HTTP/1.1\r\n" + upgrade_headers);
  const std::string all = c.read_all();
  EXPECT_TRUE(c.closed_by_peer());
  EXPECT_THAT(all, HasSubstr("101 Switching Protocols"));
  EXPECT_THAT(all, HasSubstr(std::string("\x89\x00", 2)));  // pings
}

/// A client that knows how to shake hands, and nothing else.
void shake_hands(raw_client& c) {
  c.write("GET /api/sync HTTP/1.1\r\n" + upgrade_headers);
  EXPECT_THAT(c.read_until("\r\n\r\n"), HasSubstr("101 Switching Protocols"));
}

/// A frame of a client, with a mask of zeros; without the last `missing` bytes.
std::string raw_frame(const std::string& text, std::size_t missing = 0) {
  const std::size_t size = text.size();
  const int bits = size < 126 ? 0 : size < 65536 ? 16 : 64;
  std::string frame = "\x81";
  frame += static_cast<char>(0x80 | (bits == 0 ? size : bits == 16 ? 126 : 127));
  for (int shift = bits - 8; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
  return frame + std::string(4, '\0') + text.substr(0, size - missing);
}

TEST(Endpoint, ClientsThatAreGoneAreDroppedAlthoughTheSystemTakesWhatIsSent) {
  backend::sync::endpoint_options options;
  options.ping_every = std::chrono::milliseconds(200);
  options.drop_after_silence = std::chrono::milliseconds(1500);
  server_rig rig(options);
  raw_client gone(rig.port());
  shake_hands(gone);
  gone.write(raw_frame(connect_frame()) + raw_frame(add_frame(0, 1, add(0, "m:list"))));
  EXPECT_THAT(gone.read_until("QueryUpdated"), HasSubstr("QueryUpdated"));
  socket_client other(rig.port());
  other.send(connect_frame());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (unsigned i = 0; !gone.closed_by_peer() && std::chrono::steady_clock::now() < end; ++i) {
    other.send(push(i));
    gone.read_all(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(gone.closed_by_peer());
}

TEST(Endpoint, WhoTakesNothingIsDroppedBeforeItTakesAllMemory) {
  backend::sync::endpoint_options options;
  options.drop_unsent_above = 1u << 20;
  server_rig rig(options);
  raw_client c(rig.port());
  shake_hands(c);
  const std::string megabyte(1u << 20, 'x');
  c.write(raw_frame(connect_frame()));
  EXPECT_EQ(rig.sockets().open_connections(), 1u);
  std::string all;
  for (unsigned i = 0; i < 12; ++i)
    all += raw_frame(R"({"type":"Action","requestId":)" + std::to_string(i) + R"(,"udfPath":"m:echo","args":[")" +
                     megabyte + R"("]})");
  c.write(all);
  for (int i = 0; i < 1000 && rig.sockets().open_connections() > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(rig.sockets().open_connections(), 0u);
}

TEST(Endpoint, UnfinishedMessagesShareTheirRoom) {
  backend::sync::endpoint_options options;
  options.max_incoming_bytes = 5u << 20;
  server_rig rig(options);
  const std::string large = std::string(3u << 20, ' ') + connect_frame();
  {
    raw_client unfinished(rig.port());
    shake_hands(unfinished);
    unfinished.write(raw_frame(large, 1));
    unfinished.read_all(std::chrono::milliseconds(500));
    socket_client c(rig.port());
    c.send(large);
    const auto end = c.read_to_end();
    EXPECT_EQ(end.code, 1013u);
    EXPECT_EQ(end.reason, "TooManyBytesOnTheirWay");
  }
  for (int i = 0; i < 500 && rig.sockets().open_connections() > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  socket_client c(rig.port());
  for (int i = 0; i < 3; ++i) c.send(std::string(3u << 20, ' ') + R"({"type":"Event","eventType":"t","event":null})");
  c.send(large);
  c.send(add_frame(0, 1, ""));
  EXPECT_NO_THROW(next_transition(c)) << "what has been dealt with makes room";
}

TEST(Endpoint, CallsThatComeToAnUnexpectedEndAreAnswered) {
  server_rig rig;
  socket_client query(rig.port());
  query.send(connect_frame());
  query.send(add_frame(0, 1, add(0, "m:throw")));
  EXPECT_EQ(query.read_to_end().code, 1011u);
  for (const char* type : {"Mutation", "Action"}) {
    socket_client c(rig.port());
    c.send(connect_frame());
    c.send(std::string(R"({"type":")") + type + R"(","requestId":0,"udfPath":"m:throw","args":[{}]})");
    EXPECT_EQ(c.read_to_end().code, 1011u) << type;
  }
}

TEST(Endpoint, ClientsAreSentAwayWhenTheServerStops) {
  server_rig rig;
  socket_client c(rig.port());
  subscribe(c);
  next_transition(c);
  rig.sockets().close_all();
  EXPECT_EQ(c.read_to_end().code, 1001u);
}

TEST(Endpoint, AThousandIdleSocketsAreNoBurden) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2500) GTEST_SKIP() << "both ends of a thousand sockets need 2500 file descriptors";
  server_rig rig;
  std::vector<std::unique_ptr<raw_client>> crowd;
  for (int i = 0; i < 1000; ++i) {
    crowd.push_back(std::make_unique<raw_client>(rig.port()));
    crowd.back()->write("GET /api/sync HTTP/1.1\r\n" + upgrade_headers);
  }
  socket_client c(rig.port());
  subscribe(c);
  EXPECT_EQ(value_of(next_transition(c), 0), "[]");
  for (int i = 0; i < 500 && rig.sockets().open_connections() < 1001; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(rig.sockets().open_connections(), 1001u);
}

TEST(Endpoint, UnusableClientVersionsAreRefusedBeforeTheHandshake) {
  server_rig rig;
  const auto upgrade = [&](const std::string& path) {
    raw_client c(rig.port());
    c.write("GET " + path + " HTTP/1.1\r\n" + upgrade_headers);
    return c.read_all();
  };
  EXPECT_THAT(upgrade("/api/nonsense/sync"), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("InvalidClientVersion")));
  EXPECT_THAT(upgrade("/api/0.19.1/sync"), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("ClientVersionUnsupported")));
}

TEST(ClientVersion, ReadsHeaders) {
  const auto read = [](std::string_view text) { return backend::sync::parse_client_header(text); };
  EXPECT_EQ(read("npm-1.48.0").value(), (backend::sync::client_version{"npm", {1, 48, 0}}));
  EXPECT_EQ(read("npm-cli-1.48.0").value(), (backend::sync::client_version{"npm-cli", {1, 48, 0}}));
  EXPECT_EQ(read("python-convex-0.7.0-alpha.1").value().name, "python-convex");
  EXPECT_FALSE(read("npm"));
  EXPECT_FALSE(read("npm-1.48"));
  EXPECT_FALSE(read("-1.0.0"));
}

TEST(ClientVersion, OnlyNewEnoughNpmTakesChunks) {
  const auto takes = [](const std::string& path) {
    return backend::sync::takes_transition_chunks(backend::sync::socket_client(path, {}).value());
  };
  EXPECT_TRUE(takes("/api/1.28.0/sync"));
  EXPECT_FALSE(takes("/api/1.27.9/sync"));
  EXPECT_FALSE(takes("/api/sync"));
  EXPECT_FALSE(backend::sync::is_sync_path("/api/a/b/sync"));
  EXPECT_FALSE(backend::sync::is_sync_path("/api//sync"));
}

}  // namespace
}  // namespace hull::test
