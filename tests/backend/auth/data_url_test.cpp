// Documents written into a URL.
#include "auth/data_url.hpp"

#include <gtest/gtest.h>

namespace hull::backend::auth {
namespace {

std::string content(const std::string& url) {
  const auto decoded = decode_data_url(url, 1000);
  return decoded ? *decoded : "refused: " + decoded.error().message;
}

TEST(data_url, holds_its_content_as_text_or_base64) {
  EXPECT_EQ(content("data:,a%20b"), "a b");
  EXPECT_EQ(content("data:application/json;charset=utf-8,%7B%22keys%22:[]%7D"), R"({"keys":[]})");
  EXPECT_EQ(content("data:application/json;base64,eyJrZXlzIjpbXX0="), R"({"keys":[]})");
  EXPECT_EQ(content("data:text/plain;charset=utf-8;BASE64,eyJrZXlzIjpbXX0%3D"), R"({"keys":[]})");
  EXPECT_EQ(content("DATA:;base64,eyJrZXlzIjpbXX0"), R"({"keys":[]})") << "unpadded";
  EXPECT_EQ(content("data:,"), "");
  EXPECT_TRUE(is_data_url("data:,"));
  EXPECT_FALSE(is_data_url("https://data:"));
}

TEST(data_url, says_what_is_wrong_with_it) {
  EXPECT_EQ(content("data:text/plain"), "refused: the data URL has no comma before its content");
  EXPECT_EQ(content("data:,%2"), "refused: the data URL is not properly percent-encoded");
  EXPECT_EQ(content("data:,%zz"), "refused: the data URL is not properly percent-encoded");
  EXPECT_EQ(content("data:;base64,a"), "refused: the data URL is no base64");
  EXPECT_EQ(content("data:;base64,===="), "refused: the data URL is no base64");
  EXPECT_EQ(content("data:," + std::string(4001, 'x')), "refused: the data URL is too large");
}

}  // namespace
}  // namespace hull::backend::auth
