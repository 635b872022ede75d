// What the npm client and a deployment say to each other, through our codecs both ways, and what our client says in
// the npm client's place.
#include "our_side.hpp"

#include <hull/protocol/codec.hpp>
#include <hull/value/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hull::golden {
namespace {

namespace fs = std::filesystem;

const fs::path folder = HULL_GOLDEN;

std::vector<line> recorded(const scenario& s) { return read_recording(folder / (std::string(s.name) + ".jsonl")); }

/// The JSON itself: {"$integer": ...} is an object here.
value json(std::string_view text) {
  json_options o;
  o.any_names = o.plain = true;
  o.limits.max_nesting = 128;
  auto v = read_json(text, o);
  if (v.has_error()) throw std::runtime_error("no JSON: " + v.error().message + " in " + std::string(text));
  return std::move(*v);
}

/// JavaScript writes names that are array indices before all others, whatever order they were set in.
bool has_index_name(const value& v) {
  if (const auto* items = v.if_array()) return std::any_of(items->begin(), items->end(), has_index_name);
  const auto* fields = v.if_object();
  return fields && std::any_of(fields->begin(), fields->end(), [](const auto& field) {
           const auto& [name, below] = field;
           const bool is_number = !name.empty() && name.size() <= 10 &&
                                  name.find_first_not_of("0123456789") == std::string::npos &&
                                  (name == "0" || name.front() != '0');
           return is_number || has_index_name(below);
         });
}

/// The rule: our text of a message is the npm client's, byte for byte, except where that client, or JavaScript, has an
/// order of names of its own: in Connect, in Event, in Authenticate for nobody and for an admin who acts as somebody,
/// and in objects with a name that is an array index. Those are equal as JSON.
bool is_same_text(const protocol::client_message& m, const value& frame) {
  if (std::holds_alternative<protocol::connect>(m) || std::holds_alternative<protocol::event>(m)) return false;
  if (const auto* a = std::get_if<protocol::authenticate>(&m))
    if (a->type == protocol::token_type::none || a->acting_as) return false;
  return !has_index_name(frame);
}

class golden : public ::testing::TestWithParam<scenario> {};

TEST_P(golden, client_frames_go_through_the_codec_both_ways) {
  int frames = 0, same_text = 0;
  for (const line& l : recorded(GetParam())) {
    if (l.what != line::kind::client_frame) continue;
    const auto m = protocol::decode_client_message(l.text);
    ASSERT_FALSE(m.has_error()) << m.error().message << " in " << l.text;
    const std::string again = protocol::encode(*m);
    EXPECT_EQ(json(again), json(l.text)) << again << "\n" << l.text;
    ++frames;
    if (!is_same_text(*m, json(l.text))) continue;
    EXPECT_EQ(again, l.text);
    ++same_text;
  }
  EXPECT_GE(frames, 2) << "every client says hello";
  EXPECT_GE(same_text, 1);
}

TEST_P(golden, server_frames_go_through_the_codec_both_ways) {
  int frames = 0;
  for (const line& l : recorded(GetParam())) {
    if (l.what != line::kind::server_frame) continue;
    const auto m = protocol::decode_server_message(l.text);
    ASSERT_FALSE(m.has_error()) << m.error().message << " in " << l.text;
    const std::string again = protocol::encode(*m);
    if (GetParam().name == "variations") {  // Says less, and in another way, than our servers would.
      const auto same = protocol::decode_server_message(again);
      EXPECT_TRUE(*same == *m) << l.text;
    } else {
      EXPECT_EQ(again, l.text);
    }
    ++frames;
  }
  EXPECT_GE(frames, 1);
}

TEST_P(golden, our_client_says_what_the_npm_client_says) {
  static const std::set<std::string_view> other{"components", "pages", "events"};
  const auto ours = play_our_side(GetParam());
  ASSERT_EQ(ours.has_value(), other.count(GetParam().name) == 0);
  if (!ours) return;
  const auto theirs = recorded(GetParam());
  for (std::size_t i = 0; i < std::min(ours->size(), theirs.size()); ++i) {
    ASSERT_EQ((*ours)[i].what, theirs[i].what) << "line " << i << ": " << to_text((*ours)[i]) << "\n"
                                               << to_text(theirs[i]);
    if (theirs[i].what == line::kind::server_frame) {
      ASSERT_EQ((*ours)[i].text, theirs[i].text) << "the deployment's part goes another way";
    } else if (theirs[i].what == line::kind::client_frame) {
      EXPECT_EQ(json((*ours)[i].text), json(theirs[i].text)) << (*ours)[i].text << "\n" << theirs[i].text;
    }
  }
  EXPECT_EQ(ours->size(), theirs.size());
}

INSTANTIATE_TEST_SUITE_P(scenarios, golden, ::testing::ValuesIn(scenarios().begin(), scenarios().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(golden_folder, has_a_recording_of_each_scenario_and_nothing_else) {
  std::set<std::string> files, names;
  for (const auto& entry : fs::directory_iterator(folder)) files.insert(entry.path().filename().string());
  for (const scenario& s : scenarios()) names.insert(std::string(s.name) + ".jsonl");
  EXPECT_EQ(files, names);
}

TEST(golden_folder, has_every_message_of_the_protocol) {
  std::set<std::string> client, server;
  for (const scenario& s : scenarios()) {
    for (const line& l : recorded(s)) {
      if (l.what == line::kind::client_frame) client.insert(json(l.text).find("type")->as_string());
      if (l.what == line::kind::server_frame) server.insert(json(l.text).find("type")->as_string());
    }
  }
  EXPECT_EQ(client,
            (std::set<std::string>{"Connect", "ModifyQuerySet", "Mutation", "Action", "Authenticate", "Event"}));
  EXPECT_EQ(server, (std::set<std::string>{"Transition", "TransitionChunk", "MutationResponse", "ActionResponse",
                                           "AuthError", "FatalError", "Ping"}));
}

TEST(golden_recording, settles_what_differs_each_time) {
  EXPECT_EQ(settled(R"({"sessionId":"6f0c5a3e-1234-4abc-8def-0123456789ab","clientTs":1795380272218.5})"),
            R"({"sessionId":"00000000-0000-4000-8000-000000000000","clientTs":1000})");
  EXPECT_EQ(settled(R"({"event":{"transitionTransitTime":-1.5e+3,"messageLength":292}})"),
            R"({"event":{"transitionTransitTime":1000,"messageLength":292}})");
}

TEST(golden_recording, names_the_line_that_is_none) {
  const fs::path file = fs::path(testing::TempDir()) / "broken.jsonl";
  for (const char* text : {"{\"socket\":0,\"target\":\"/\"}\nfrom nobody\n",
                           "{\"socket\":0,\"target\":\"/\"}\n{\"from\":\"client\",\"frame\":{\n"}) {
    std::FILE* out = std::fopen(file.c_str(), "w");
    std::fputs(text, out);
    std::fclose(out);
    try {
      read_recording(file);
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("broken.jsonl:2: "));
    }
  }
}

}  // namespace
}  // namespace hull::golden
