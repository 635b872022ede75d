// Ids and their text, against vectors that were computed independently.
#include "common/ids.hpp"
#include "common/encoding.hpp"
#include "common/seeded_random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace hull::backend {
namespace {

internal_id from_hex(std::string_view hex) {
  internal_id out{};
  const auto data = decode_hex(hex);
  std::copy(data->begin(), data->end(), out.begin());
  return out;
}

struct id_case {
  std::uint32_t table;
  const char* internal;
  const char* text;
};

constexpr id_case id_cases[] = {
    {1, "00000000000000000000000000000000", "0400000000000000000000000000248"},
    {10001, "000102030405060708090a0b0c0d0e0f", "j57000820c20a1g7104gm2rc1m70ynr8"},
    {513, "ffffffffffffffffffffffffffffffff", "g42fzzzzzzzzzzzzzzzzzzzzzzzzyxee"},
    {540, "00112233445566778899aabbccddeeff", "kg2004926d25askqh2ctneycvqqfz634"},
    {2097152, "deadbeefdeadbeefdeadbeefdeadbeef", "g20800eynpzezqndqvqxxbdyxzfavfqfc5wg"},
    {4294967295u, "ffffffffffffffffffffffffffffffff", "zzzzzzrfzzzzzzzzzzzzzzzzzzzzzzzzzzxjj"},
    {127, "0123456789abcdef0123456789ab50ea", "fw0j6hb7h6nwvvr14d2pf2dba3n7t20"},
    {128, "0123456789abcdef0123456789ab50ea", "g00g28t5cy4tqkff04hmasw9nd8emzxa"},
};

TEST(DocumentId, VectorsInBothDirections) {
  for (const id_case& c : id_cases) {
    const document_id id{c.table, from_hex(c.internal)};
    EXPECT_EQ(id.to_string(), c.text);
    const auto parsed = document_id::parse(c.text);
    ASSERT_TRUE(parsed) << c.text;
    EXPECT_EQ(*parsed, id);
  }
}

TEST(DocumentId, RefusesWhatItWouldNotWrite) {
  const std::string good = id_cases[1].text;
  std::string flipped = good;
  flipped.back() = '9';
  std::string upper = good;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string foreign = good;
  foreign[5] = 'i';
  const std::vector<std::uint8_t> table_zero(19, 0);
  std::vector<std::uint8_t> overlong = {0x81, 0x00};
  overlong.resize(20, 0);
  // Checksum of 81 00 and sixteen zeros: the sum is 0x81, the sum of sums 18 * 0x81.
  overlong[18] = 0x81;
  overlong[19] = static_cast<std::uint8_t>(18 * 0x81);
  for (const std::string& bad :
       {std::string(), flipped, upper, foreign, good.substr(0, 30), good + good.substr(0, 6), good + "0",
        encode_base32(table_zero), encode_base32(overlong), std::string(32, 'z'), std::string(5000, '0')})
    EXPECT_FALSE(document_id::parse(bad)) << bad;
}

TEST(DocumentId, RoundTripsAnyNumberAndBytes) {
  seeded_random random(7);
  for (int i = 0; i < 2000; ++i) {
    std::array<std::uint8_t, 5> bits{};
    random.fill(bits);
    document_id id;
    id.table = (bits[0] | bits[1] << 8 | bits[2] << 16 | static_cast<std::uint32_t>(bits[3]) << 24) >> (bits[4] % 32);
    if (id.table == 0) continue;
    id.internal = make_internal_id(random, 1'700'000'000'000'000'000);
    const std::string text = id.to_string();
    ASSERT_GE(text.size(), 31u);
    ASSERT_LE(text.size(), 37u);
    ASSERT_EQ(document_id::parse(text), id);
  }
}

TEST(InternalId, EndsWithTheDay) {
  seeded_random random(1);
  const internal_id id = make_internal_id(random, std::int64_t{86'400'000'000'000} * 19'675 + 5);
  EXPECT_EQ(id[14] << 8 | id[15], 19'675);
  EXPECT_EQ(to_base64url(id).size(), 22u);
  EXPECT_EQ(internal_id_from_base64url(to_base64url(id)), id);
  EXPECT_FALSE(internal_id_from_base64url("AAAA"));
}

TEST(Encoding, HexAndBase32) {
  EXPECT_EQ(encode_hex(std::vector<std::uint8_t>{0, 0xab, 0xff}), "00abff");
  EXPECT_EQ(decode_hex("00ABff"), (std::vector<std::uint8_t>{0, 0xab, 0xff}));
  EXPECT_FALSE(decode_hex("abc"));
  EXPECT_FALSE(decode_hex("zz"));
  EXPECT_EQ(encode_base32(std::vector<std::uint8_t>{0xff}), "zw");
  EXPECT_FALSE(decode_base32("ZW"));
}

}  // namespace
}  // namespace hull::backend
