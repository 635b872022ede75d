// Upload tokens: what they are good for, for how long, and what no longer is one.
#include "files/upload_token.hpp"

#include "common/encoding.hpp"

#include <gtest/gtest.h>

namespace hull::backend::files {
namespace {

constexpr std::uint64_t now = 1'700'000'000;

upload_key key_of(std::uint8_t fill) {
  std::array<std::uint8_t, 32> secret;
  secret.fill(fill);
  return make_upload_key(secret);
}

/// "" when the token is good, else the code of the refusal.
std::string refusal(const std::string& token, std::uint64_t at, std::uint8_t key = 1) {
  const auto checked = check_upload_token(key_of(key), token, at);
  if (checked) return "";
  EXPECT_EQ(checked.error().http_status(), 401);
  return checked.error().code;
}

struct time_case {
  std::int64_t seconds_later;
  const char* code;
};
class UploadTokenTime : public testing::TestWithParam<time_case> {};

TEST_P(UploadTokenTime, DecidesForAnHour) {
  const std::string token = make_upload_token(key_of(1), now);
  EXPECT_EQ(refusal(token, static_cast<std::uint64_t>(static_cast<std::int64_t>(now) + GetParam().seconds_later)),
            GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(Table, UploadTokenTime,
                         testing::Values(time_case{0, ""}, time_case{1, ""}, time_case{3600, ""},
                                         time_case{3601, "StorageTokenExpired"},
                                         time_case{1'000'000'000, "StorageTokenExpired"}, time_case{-300, ""},
                                         time_case{-301, "StorageTokenInvalid"}));

TEST(UploadToken, EveryBitCounts) {
  const std::string token = make_upload_token(key_of(1), now);
  const auto data = *decode_base64url(token);
  for (std::size_t bit = 0; bit < data.size() * 8; ++bit) {
    auto changed = data;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << bit % 8));
    EXPECT_EQ(refusal(encode_base64url(changed), now), "StorageTokenInvalid") << "bit " << bit;
  }
}

TEST(UploadToken, OtherTextsAreNone) {
  const std::string token = make_upload_token(key_of(1), now);
  for (const std::string& text : {std::string(), std::string("x"), token + "A", token.substr(1), token + token,
                                  std::string(1000, 'A'), std::string("\0", 1)})
    EXPECT_EQ(refusal(text, now), "StorageTokenInvalid") << text;
}

TEST(UploadToken, AnotherDeploymentsTokenIsRefused) {
  EXPECT_EQ(refusal(make_upload_token(key_of(2), now), now), "StorageTokenInvalid");
  EXPECT_EQ(refusal(make_upload_token(key_of(2), now), now, 2), "");
}

}  // namespace
}  // namespace hull::backend::files
