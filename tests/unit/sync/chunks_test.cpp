// Slices of a transition: order, identity, bounds; and the decoder around them.
#include <hull/sync/inbound.hpp>

#include <gtest/gtest.h>

namespace hull::sync {
namespace {

protocol::transition_chunk chunk(std::uint32_t part, std::uint32_t total, std::string text, std::string id = "9") {
  protocol::transition_chunk c;
  c.chunk = std::move(text);
  c.part_number = part;
  c.total_parts = total;
  c.transition_id = std::move(id);
  return c;
}

TEST(sync_chunks, parts_in_order_make_the_text) {
  chunk_assembler a(100);
  EXPECT_FALSE(a.add(chunk(0, 3, "ab")).value());
  EXPECT_FALSE(a.add(chunk(1, 3, "")).value());
  EXPECT_EQ(a.add(chunk(2, 3, "c")).value(), "abc");
  EXPECT_TRUE(a.empty());
}

TEST(sync_chunks, refusals_clear_the_buffer) {
  struct { const char* what; protocol::transition_chunk second; } const cases[] = {
      {"same part again", chunk(0, 3, "x")},
      {"a part left out", chunk(2, 3, "x")},
      {"another total", chunk(1, 4, "x")},
      {"another transition", chunk(1, 3, "x", "other")},
      {"beyond the total", chunk(3, 3, "x")},
      {"no parts at all", chunk(0, 0, "x")},
      {"too large", chunk(1, 3, std::string(200, 'x'))},
  };
  for (const auto& c : cases) {
    chunk_assembler a(100);
    ASSERT_FALSE(a.add(chunk(0, 3, "ab")).has_error());
    const auto refused = a.add(c.second);
    ASSERT_TRUE(refused.has_error()) << c.what;
    EXPECT_EQ(refused.error().code, errc::bad_message) << c.what;
    EXPECT_TRUE(a.empty()) << c.what;
  }
}

TEST(sync_inbound, a_message_between_chunks_drops_them_with_a_warning) {
  inbound in(1000);
  EXPECT_FALSE(in.push(protocol::encode(protocol::server_message(chunk(0, 2, "{")))).value().message);
  EXPECT_TRUE(in.push(R"({"type":"Ping"})").value().warning.empty()) << "a Ping is harmless";
  const auto out = in.push(protocol::encode(protocol::server_message(protocol::transition{}))).value();
  EXPECT_TRUE(out.message);
  EXPECT_FALSE(out.warning.empty());
}

TEST(sync_inbound, chunks_must_hold_a_transition) {
  inbound in(1000);
  const auto out = in.push(protocol::encode(protocol::server_message(chunk(0, 1, R"({"type":"Ping"})"))));
  ASSERT_TRUE(out.has_error());
  EXPECT_EQ(out.error().code, errc::bad_message);
}

TEST(sync_inbound, garbage_is_an_error) {
  inbound in(1000);
  for (const char* text : {"", "{", "[]", R"({"type":"Surprise"})"}) EXPECT_TRUE(in.push(text).has_error()) << text;
}

}  // namespace
}  // namespace hull::sync
