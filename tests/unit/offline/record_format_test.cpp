// Records among bytes of any kind.
#include <hull/offline/checksum.hpp>
#include <hull/offline/numbers.hpp>
#include <hull/offline/outbox_state.hpp>
#include <hull/offline/record_format.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace hull::test {
namespace {

using offline::scanned_file;

constexpr std::string_view test_kind("TESTFIL\1", offline::kind_length);

std::string file_of(const std::vector<std::string>& texts, std::size_t first = 0) {
  std::string file;
  std::uint64_t at = offline::header_length;
  std::uint64_t first_bytes = at;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    offline::append_record(file, 7, at, 0, texts[i]);
    at = offline::header_length + file.size();
    if (i < first) first_bytes = at;
  }
  return offline::make_header(test_kind, 7, first_bytes) + file;
}

TEST(record_format, checksum_is_the_known_one) {
  EXPECT_EQ(offline::crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(offline::crc32("6789", offline::crc32("12345")), 0xCBF43926u);
}

TEST(record_format, whole_files_are_read) {
  const std::string file = file_of({"a", "bcd", std::string(100'000, 'x')}, 1);
  const scanned_file found = offline::scan(file, test_kind);
  EXPECT_EQ(found.start, scanned_file::header::good);
  EXPECT_EQ(found.salt, 7u);
  ASSERT_EQ(found.texts.size(), 3u);
  EXPECT_EQ(found.texts[1], "bcd");
  EXPECT_FALSE(found.is_torn || found.is_damaged);
}

TEST(record_format, a_lost_record_in_the_middle_does_not_hide_the_next) {
  std::string file = file_of({"first", "second", "third"}, 1);
  const std::size_t second = file.find("second");
  for (const std::size_t at : {second, second - 1, second - offline::record_head_length}) {
    std::string bad = file;
    bad[at] ^= 4;
    const scanned_file found = offline::scan(bad, test_kind);
    ASSERT_EQ(found.texts.size(), 2u);
    EXPECT_EQ(found.texts[1], "third");
    EXPECT_TRUE(found.is_torn);
    EXPECT_FALSE(found.is_damaged) << "only the first was known to be safe";
  }
}

TEST(record_format, a_record_counts_in_its_own_place_and_file_only) {
  std::string record;
  offline::append_record(record, 7, offline::header_length, 0, "text");
  const std::string header = offline::make_header(test_kind, 7, offline::header_length);
  EXPECT_EQ(offline::scan(header + record, test_kind).texts.size(), 1u);
  EXPECT_EQ(offline::scan(header + "x" + record, test_kind).texts.size(), 0u) << "moved";
  const std::string other = offline::make_header(test_kind, 8, offline::header_length);
  EXPECT_EQ(offline::scan(other + record, test_kind).texts.size(), 0u) << "of another life of the file";
}

TEST(record_format, other_files_and_damaged_headers) {
  const std::string good = file_of({"a"});
  EXPECT_EQ(offline::scan("something else altogether", test_kind).start, scanned_file::header::foreign);
  EXPECT_EQ(offline::scan("TEST", test_kind).start, scanned_file::header::damaged);
  EXPECT_EQ(offline::scan("", test_kind).start, scanned_file::header::damaged);
  std::string bad = good;
  bad[offline::kind_length + 2] ^= 1;
  EXPECT_EQ(offline::scan(bad, test_kind).start, scanned_file::header::damaged);
}

TEST(record_format, random_bytes_are_no_records) {
  std::minstd_rand random(5);
  for (int round = 0; round < 200; ++round) {
    std::string file = offline::make_header(test_kind, 7, offline::header_length);
    for (int i = 0; i < 500; ++i) file += static_cast<char>(round % 3 == 0 ? 0 : random() >> 8);
    const scanned_file found = offline::scan(file, test_kind);
    EXPECT_TRUE(found.texts.empty());
    EXPECT_TRUE(found.is_torn);
  }
}

TEST(record_format, heads_that_promise_much_cost_no_more_than_their_bytes) {
  // A genuine head every few bytes, each with a text to the end of the file and a wrong sum: reading each of these
  // texts would take most of a minute.
  constexpr std::size_t size = 1u << 20;
  std::string file = offline::make_header(test_kind, 7, offline::header_length);
  while (file.size() + offline::record_head_length < size) {
    std::string place;
    offline::append_number(place, std::uint64_t{7});
    offline::append_number(place, static_cast<std::uint64_t>(file.size()));
    std::string head;
    offline::append_number(head, static_cast<std::uint32_t>(size - file.size() - offline::record_head_length));
    offline::append_number(head, std::uint32_t{1});
    offline::append_number(head, std::uint64_t{0});
    offline::append_number(head, offline::crc32(head, offline::crc32(place)));
    file += head;
  }
  file.resize(size);
  const scanned_file found = offline::scan(file, test_kind);
  EXPECT_TRUE(found.is_torn);
  EXPECT_TRUE(found.texts.empty());
}

TEST(outbox_state, texts_that_make_no_sense_are_refused) {
  using offline::outbox_state;
  outbox::entry e{3, "m:x", object{{"a", 1}}, 5};
  const std::string good = outbox_state::mutation_text(e);
  for (std::size_t length = 1; length < good.size(); ++length) {
    outbox_state state;
    EXPECT_TRUE(state.apply(good.substr(0, length)).has_error()) << length;
    EXPECT_EQ(state.size(), 0u);
  }
  outbox_state state;
  for (const std::string& bad : {std::string(), std::string("X"), std::string("R123"), std::string("F12345")})
    EXPECT_TRUE(state.apply(bad).has_error()) << bad;
  std::string long_path = good;
  long_path[13] = long_path[14] = long_path[15] = long_path[16] = '\xff';
  EXPECT_TRUE(state.apply(long_path).has_error());
  ASSERT_TRUE(state.apply(good).has_value());
  EXPECT_TRUE(state.apply(good).has_error()) << "one id, two mutations";
  EXPECT_EQ(state.size(), 1u);
  EXPECT_EQ(state.bytes(), good.size());
}

TEST(outbox_state, its_texts_lead_back_to_it) {
  using offline::outbox_state;
  outbox_state state;
  state.begin("session");
  ASSERT_TRUE(state.apply(outbox_state::reserved_text(77)).has_value());
  for (const protocol::request_id id : {4u, 2u, 9u})
    ASSERT_TRUE(
        state.apply(outbox_state::mutation_text({id, "m:x", object{{"i", static_cast<double>(id)}}, -1})).has_value());
  outbox_state again;
  for (const std::string& text : state.texts()) ASSERT_TRUE(again.apply(text).has_value());
  EXPECT_EQ(again.session_id(), "session");
  EXPECT_EQ(again.reserved(), 77u);
  EXPECT_EQ(again.bytes(), state.bytes());
  const auto entries = again.entries();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].request, 2u);
  EXPECT_EQ(entries[2].request, 9u);
  EXPECT_EQ(entries[0].recorded_at_ms, -1);
}

}  // namespace
}  // namespace hull::test
