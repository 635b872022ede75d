// What functions learn of the user that a token speaks of.
#include "auth/identity.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::auth {
namespace {

std::string shown(const std::string& claims, custom_claims style = custom_claims::as_they_are) {
  json_options options;
  options.plain = options.any_names = true;
  jwt token;
  token.claims = read_json(claims, options).value();
  token.issuer = "https://i";
  token.subject = "s";
  return write_json(user_attributes(token, style));
}

const std::string core = R"("issuer":"https://i",)";
const std::string end = R"("subject":"s","tokenIdentifier":"https://i|s"})";

TEST(identity, has_the_standard_claims_under_their_names_in_convex) {
  EXPECT_EQ(shown(R"({"iss":"https://i","sub":"s","aud":"a","exp":1,"iat":1,"nonce":"n","azp":"a","auth_time":1,
                "name":"A B","given_name":"A","family_name":"B","nickname":"ab","preferred_username":"a.b",
                "profile":"https://p","picture":"https://pic","website":"https://w","email":"a@b","email_verified":true,
                "gender":"x","birthdate":"2000-01-01","zoneinfo":"Europe/Berlin","locale":"de-DE",
                "phone_number":"+49","phone_number_verified":false,"address":{"formatted":"Street 1","country":"DE"},
                "updated_at":1700000000})"),
            R"({"address":"Street 1","birthday":"2000-01-01","email":"a@b","emailVerified":true,"familyName":"B",)"
            R"("gender":"x","givenName":"A","issuer":"https://i","language":"de-DE","name":"A B","nickname":"ab",)"
            R"("phoneNumber":"+49","phoneNumberVerified":false,"pictureUrl":"https://pic","preferredUsername":"a.b",)"
            R"("profileUrl":"https://p","subject":"s","timezone":"Europe/Berlin","tokenIdentifier":"https://i|s",)"
            R"("updatedAt":"2023-11-14T22:13:20+00:00","websiteUrl":"https://w"})");
}

TEST(identity, has_the_other_claims_beside_them) {
  EXPECT_EQ(shown(R"({"zz":["x",1],"https://x/role":"admin","org":{"id":1,"deep":{"a":null}},"$odd":true})"),
            R"({"$odd":true,"https://x/role":"admin",)" + core + R"("org":{"deep":{"a":null},"id":1},)" +
                R"("subject":"s","tokenIdentifier":"https://i|s","zz":["x",1]})");
}

TEST(identity, of_custom_tokens_has_a_field_for_each_path) {
  EXPECT_EQ(shown(R"({"org":{"id":1,"deep":{"a":"x"},"list":[{"b":1}]},"plain":"y"})", custom_claims::by_path),
            "{" + core + R"("org.deep.a":"x","org.id":1,"org.list":[{"b":1}],"plain":"y",)" + end);
}

TEST(identity, is_what_was_verified_whatever_else_the_token_says) {
  EXPECT_EQ(shown(R"({"tokenIdentifier":"https://i|admin","issuer":"https://other","subject":"admin","sub":"s"})"),
            "{" + core + end);
  EXPECT_EQ(shown(R"({"emailVerified":true,"email_verified":false})"), R"({"emailVerified":false,)" + core + end);
}

TEST(identity, leaves_out_claims_of_another_shape) {
  EXPECT_EQ(shown(R"({"name":7,"email":null,"email_verified":1,"phone_number_verified":"maybe","address":{"city":"x"},
                      "updated_at":1e300,"picture":["a"]})"),
            "{" + core + end);
  EXPECT_EQ(shown(R"({"email_verified":"true","phone_number_verified":"false","address":"A 1","updated_at":"2020"})"),
            R"({"address":"A 1","emailVerified":true,)" + core + R"("phoneNumberVerified":false,)" +
                R"("subject":"s","tokenIdentifier":"https://i|s","updatedAt":"2020"})");
}

TEST(identity, paths_cannot_grow_without_bound) {
  std::string inner;
  for (int i = 0; i < 900; ++i) inner += (i ? ",\"" : "\"") + std::to_string(i) + "\":1";
  const std::string text = shown("{\"" + std::string(30'000, 'x') + "\":{" + inner + "}}", custom_claims::by_path);
  EXPECT_LT(text.size(), 1u << 20);
}

}  // namespace
}  // namespace hull::backend::auth
