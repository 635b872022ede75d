// The sync protocol's codecs: exact frames, the circle through both, and what is refused.
#include <hull/protocol/codec.hpp>

#include <gtest/gtest.h>

namespace p = hull::protocol;
using hull::value;

namespace {

struct client_case {
  p::client_message message;
  const char* frame;
};

const client_case client_cases[] = {
    {p::connect{"0c0e1d5e-0000-4000-8000-000000000000", 0, "InitialConnect", std::nullopt, 1795380272218},
     R"({"type":"Connect","sessionId":"0c0e1d5e-0000-4000-8000-000000000000","connectionCount":0,"lastCloseReason":"InitialConnect","clientTs":1795380272218})"},
    {p::connect{"s", 1, std::nullopt, 100, std::nullopt},
     R"({"type":"Connect","sessionId":"s","connectionCount":1,"lastCloseReason":null,"maxObservedTimestamp":"ZAAAAAAAAAA="})"},
    {p::modify_query_set{0, 1, {}}, R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[]})"},
    {p::modify_query_set{1,
                         2,
                         {p::add_query{0, "m:list", {value::make_object({{"z", value::int64(2)}, {"b", 1}})}, {}, {}},
                          p::remove_query{3}}},
     R"({"type":"ModifyQuerySet","baseVersion":1,"newVersion":2,"modifications":[{"type":"Add","queryId":0,"udfPath":"m:list","args":[{"b":1,"z":{"$integer":"AgAAAAAAAAA="}}]},{"type":"Remove","queryId":3}]})"},
    {p::modify_query_set{0, 1, {p::add_query{7, "m:l", {hull::object{}}, std::optional<std::string>{}, "comp"}}},
     R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[{"type":"Add","queryId":7,"udfPath":"m:l","args":[{}],"journal":null,"componentPath":"comp"}]})"},
    {p::modify_query_set{0, 1, {p::add_query{7, "m:l", {hull::object{}}, std::optional<std::string>{"jjj"}, {}}}},
     R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[{"type":"Add","queryId":7,"udfPath":"m:l","args":[{}],"journal":"jjj"}]})"},
    {p::mutation{0, "m:send", {value::make_object({{"t", "x"}})}, {}},
     R"({"type":"Mutation","requestId":0,"udfPath":"m:send","args":[{"t":"x"}]})"},
    {p::action{1, "m:act", {hull::object{}}, {}}, R"({"type":"Action","requestId":1,"udfPath":"m:act","args":[{}]})"},
    {p::authenticate{0, p::token_type::none, "", {}}, R"({"type":"Authenticate","baseVersion":0,"tokenType":"None"})"},
    {p::authenticate{1, p::token_type::user, "jwt", {}},
     R"({"type":"Authenticate","baseVersion":1,"tokenType":"User","value":"jwt"})"},
    {p::authenticate{1, p::token_type::admin, "k|1", value::make_object({{"subject", "u"}})},
     R"({"type":"Authenticate","baseVersion":1,"tokenType":"Admin","value":"k|1","impersonating":{"subject":"u"}})"},
    {p::event{"ClientConnect", value::make_array({})}, R"({"type":"Event","eventType":"ClientConnect","event":[]})"},
};

struct server_case {
  p::server_message message;
  const char* frame;
};

const server_case server_cases[] = {
    {p::transition{{0, 0, 0},
                   {2, 1, 100},
                   {p::query_updated{0, value::make_array({1}), {"[LOG] 'a'"}, std::nullopt},
                    p::query_failed{1, "boom", value(), {}, "j"},
                    p::query_failed{2, "boom", std::nullopt, {}, std::nullopt}, p::query_removed{3}},
                   -5,
                   1.5e18},
     R"({"type":"Transition","startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},"endVersion":{"querySet":2,"identity":1,"ts":"ZAAAAAAAAAA="},"modifications":[{"type":"QueryUpdated","queryId":0,"value":[1],"logLines":["[LOG] 'a'"],"journal":null},{"type":"QueryFailed","queryId":1,"errorMessage":"boom","logLines":[],"journal":"j","errorData":null},{"type":"QueryFailed","queryId":2,"errorMessage":"boom","logLines":[],"journal":null},{"type":"QueryRemoved","queryId":3}],"clientClockSkew":-5,"serverTs":1500000000000000000})"},
    {p::transition_chunk{"{\"ty", 0, 2, "4711"},
     R"({"type":"TransitionChunk","chunk":"{\"ty","partNumber":0,"totalParts":2,"transitionId":"4711"})"},
    {p::mutation_response{3, value("ok"), 150, {}},
     R"({"type":"MutationResponse","requestId":3,"success":true,"result":"ok","ts":"lgAAAAAAAAA=","logLines":[]})"},
    {p::mutation_response{3, p::call_failure{"bad", value(1)}, std::nullopt, {}},
     R"({"type":"MutationResponse","requestId":3,"success":false,"result":"bad","errorData":1,"ts":null,"logLines":[]})"},
    {p::action_response{4, value(), {}},
     R"({"type":"ActionResponse","requestId":4,"success":true,"result":null,"logLines":[]})"},
    {p::auth_error{"no", 1, false}, R"({"type":"AuthError","error":"no","baseVersion":1,"authUpdateAttempted":false})"},
    {p::fatal_error{"bye"}, R"({"type":"FatalError","error":"bye"})"},
    {p::ping{}, R"({"type":"Ping"})"},
};

}  // namespace

TEST(codec, client_messages_both_ways) {
  for (const auto& [message, frame] : client_cases) {
    EXPECT_EQ(p::encode(message), frame);
    const auto back = p::decode_client_message(frame);
    ASSERT_TRUE(back) << frame << ": " << back.error().message;
    EXPECT_TRUE(*back == message) << frame;
  }
}

TEST(codec, T16_server_messages_both_ways) {
  for (const auto& [message, frame] : server_cases) {
    EXPECT_EQ(p::encode(message), frame);
    const auto back = p::decode_server_message(frame);
    ASSERT_TRUE(back) << frame << ": " << back.error().message;
    EXPECT_TRUE(*back == message) << frame;
  }
}

TEST(codec, T3_timestamps) {
  EXPECT_EQ(p::encode_timestamp(0), "AAAAAAAAAAA=");
  EXPECT_EQ(p::encode_timestamp(100), "ZAAAAAAAAAA=");
  EXPECT_EQ(p::decode_timestamp(p::encode_timestamp(89234097497)), 89234097497u);
  EXPECT_EQ(p::decode_timestamp(p::encode_timestamp(~std::uint64_t{0})), ~std::uint64_t{0});
  EXPECT_FALSE(p::decode_timestamp("AAAA"));
  EXPECT_FALSE(p::decode_timestamp("nonsense"));
}

TEST(codec, refuses_with_the_place) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "Invalid JSON"},
      {"[]", "no \"type\""},
      {R"({"type":"Nope"})", "unknown message type \"Nope\""},
      {R"({"type":"Connect","connectionCount":0})", "Connect.sessionId is missing"},
      {R"({"type":"Connect","sessionId":"s","connectionCount":-1})",
       "Connect.connectionCount must be an integer in range"},
      {R"({"type":"Connect","sessionId":"s","connectionCount":1.5})",
       "Connect.connectionCount must be an integer in range"},
      {R"({"type":"Connect","sessionId":"s","connectionCount":4294967296})", "must be an integer in range"},
      {R"({"type":"Connect","sessionId":"s","connectionCount":0,"maxObservedTimestamp":"x"})",
       "Connect.maxObservedTimestamp must be a timestamp"},
      {R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[{"type":"Add","queryId":0}]})",
       "ModifyQuerySet.modifications[0].udfPath is missing"},
      {R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[1]})",
       "modifications[0] must be an object"},
      {R"({"type":"Authenticate","baseVersion":0,"tokenType":"X"})", "Authenticate.tokenType"},
      {R"({"type":"Mutation","requestId":0,"udfPath":"a:b"})", "Mutation.args is missing"},
  };
  for (const auto& [frame, reason] : cases) {
    const auto r = p::decode_client_message(frame);
    ASSERT_FALSE(r) << frame;
    EXPECT_EQ(r.error().code, hull::errc::bad_message);
    EXPECT_NE(r.error().message.find(reason), std::string::npos) << frame << " gave: " << r.error().message;
  }
  EXPECT_FALSE(p::decode_server_message(R"({"type":"MutationResponse","requestId":0,"success":true,"result":1})"));
  EXPECT_FALSE(p::decode_server_message(R"({"type":"Transition","startVersion":1,"endVersion":2,"modifications":[]})"));
}

TEST(codec, tolerates_what_servers_and_clients_really_send) {
  // Numbers as null, unknown fields, a missing value, the other name of impersonation, a bare argument object.
  EXPECT_TRUE(p::decode_server_message(
      R"({"type":"Transition","startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},"endVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},"modifications":[{"type":"QueryUpdated","queryId":0,"new":1}],"clientClockSkew":null,"serverTs":null,"extra":{}})"));
  const auto admin = p::decode_client_message(
      R"({"type":"Authenticate","baseVersion":0,"tokenType":"Admin","value":"k","acting_as":{"subject":"u"}})");
  ASSERT_TRUE(admin);
  EXPECT_TRUE(std::get<p::authenticate>(*admin).acting_as);
  const auto call = p::decode_client_message(R"({"type":"Mutation","requestId":0,"udfPath":"a:b","args":{"x":1}})");
  ASSERT_TRUE(call);
  EXPECT_EQ(std::get<p::mutation>(*call).args.size(), 1u);
}

TEST(codec, one_bad_value_does_not_spoil_the_message) {
  const auto call =
      p::decode_client_message(R"({"type":"Mutation","requestId":0,"udfPath":"a:b","args":[{"x":{"$integer":5}}]})");
  ASSERT_TRUE(call);
  EXPECT_EQ(hull::write_json(std::get<p::mutation>(*call).args[0]), R"({"x":{"$integer":5}})");
}

TEST(codec, N14_values_of_the_deepest_nesting_and_frames_of_40_megabytes) {
  value deep = value::int64(7);
  for (int i = 0; i < 64; ++i) deep = i % 2 == 0 ? value::make_array({deep}) : value::make_object({{"d", deep}});
  std::string long_text(40u << 20, 'x');
  long_text.append("\xc3\xa9\"\\");
  p::transition t;
  t.end.query_set = 1;
  t.modifications = {p::query_updated{0, deep, {}, {}}, p::query_updated{1, value(std::move(long_text)), {}, {}}};
  const std::string frame = p::encode(p::server_message(t));
  EXPECT_GT(frame.size(), 40u << 20);
  const auto back = p::decode_server_message(frame);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(std::get<p::transition>(*back) == t);
}

// The quick reader of transitions gives up or understands what the general one understands, never anything else.
TEST(codec, quick_transitions_are_the_same_transitions) {
  const auto options = p::detail::frame_options();
  const auto quick = [&](std::string_view frame) { return p::detail::transition_reader(frame, options).read(); };
  const auto general = [](std::string_view frame) {
    return p::detail::decode<p::server_message>(frame, p::detail::read_server_message);
  };
  const std::string versions =
      R"("startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},"endVersion":{"ts":"ZAAAAAAAAAA=","querySet":12,"identity":4294967295})";
  const auto with = [&](std::string_view changes, std::string_view more = "") {
    return std::string(R"({"type":"Transition",)") + versions + R"(,"modifications":)" + std::string(changes) +
           std::string(more) + "}";
  };
  const std::string understood[] = {
      with("[]"),
      with(
          R"( [ { "type" : "QueryUpdated" , "queryId" : 7 , "value" : {"a":[1,"\u00e9",{"$integer":"AgAAAAAAAAA="}]} } ] )"),
      with(
          R"([{"queryId":0,"value":null,"logLines":["[LOG] \"x\"","y"],"journal":"j","type":"QueryUpdated"},{"type":"QueryUpdated","queryId":1,"journal":null}])",
          R"(,"clientClockSkew":-5,"serverTs":1500000000000000000)"),
      with("[]", R"(,"clientClockSkew":null,"serverTs":null)"),
  };
  for (const auto& frame : understood) {
    const auto found = quick(frame);
    ASSERT_TRUE(found) << frame;
    EXPECT_EQ(p::server_message(*found), general(frame).value()) << frame;
  }
  const std::string left_alone[] = {
      with(R"([{"type":"QueryRemoved","queryId":3}])"),
      with(R"([{"type":"QueryUpdated","queryId":1.0,"value":1}])"),
      with(R"([{"type":"QueryUpdated","queryId":01,"value":1}])"),
      with(R"([{"type":"QueryUpdated","queryId":4294967296,"value":1}])"),
      with(R"([{"type":"QueryUpdated","queryId":1,"queryId":2,"value":1}])"),
      with(R"([{"type":"QueryUpdated","queryId":1,"value":1,"new":2}])"),
      with(R"([{"type":"QueryUpdated","value":1}])"),
      with(R"([{"type":"QueryUpdated","queryId":1,"value":nil}])"),
      with(R"([{"type":"QueryUpdated","queryId":1,"logLines":[1]}])"),
      with(R"([{"type":"QueryUpdated","queryId":1},])"),
      with("[]", R"(,"clientClockSkew":0.5)"),
      with("[]") + "x",
      R"({"type":"Ping"})",
      R"({"type":"Transition","modifications":[]})",
      "",
  };
  for (const auto& frame : left_alone) EXPECT_FALSE(quick(frame)) << frame;

  // Every cut and every single change of a byte of a frame.
  const std::string frame = understood[2];
  for (std::size_t i = 0; i < frame.size(); ++i) {
    EXPECT_FALSE(quick(std::string_view(frame).substr(0, i)));
    for (const char c : std::string_view("\"\\{}[],:0-. \x80n")) {
      std::string other = frame;
      other[i] = c;
      const auto found = quick(other);
      if (!found) continue;
      const auto whole = general(other);
      ASSERT_TRUE(whole) << other;
      EXPECT_EQ(p::server_message(*found), *whole) << other;
    }
  }
}
