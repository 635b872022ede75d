// Key sets: which keys are taken, and which cannot be used for what.
#include "auth/jwks.hpp"

#include "auth/providers.hpp"
#include "identity_provider.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::auth {
namespace {

using hull::object;
using test::signing_key;
using kind = signing_key::kind;

std::size_t usable(const object& jwk) {
  return parse_jwks(write_json(value::make_object({{"keys", value::make_array({value(jwk)})}}))).value().size();
}
object changed(object jwk, const char* name, value content) {
  if (content.is_null())
    jwk.erase(name);
  else
    jwk.set(name, std::move(content));
  return jwk;
}

TEST(jwks, takes_the_three_kinds_of_keys) {
  const auto keys = parse_jwks(test::key_set_text({signing_key(kind::rsa, "a"), signing_key(kind::p256, "b"),
                                                   signing_key(kind::ed25519, "c")}))
                        .value();
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0].id, "a");
  EXPECT_EQ(keys[0].algorithm, signature_algorithm::rs256);
  EXPECT_EQ(keys[1].algorithm, signature_algorithm::es256);
  EXPECT_EQ(keys[2].algorithm, signature_algorithm::eddsa);
}

TEST(jwks, a_key_needs_neither_id_nor_algorithm_nor_use) {
  object jwk = signing_key(kind::rsa).jwk();
  for (const char* name : {"kid", "alg", "use"}) jwk.erase(name);
  EXPECT_EQ(usable(jwk), 1u);
  EXPECT_EQ(usable(changed(jwk, "key_ops", value::make_array({"verify"}))), 1u);
}

TEST(jwks, leaves_out_keys_for_something_else) {
  const object jwk = signing_key(kind::rsa).jwk();
  EXPECT_EQ(usable(jwk), 1u);
  EXPECT_EQ(usable(changed(jwk, "use", "enc")), 0u);
  EXPECT_EQ(usable(changed(jwk, "alg", "RS512")), 0u);
  EXPECT_EQ(usable(changed(jwk, "alg", 5)), 0u);
  EXPECT_EQ(usable(changed(jwk, "key_ops", value::make_array({"encrypt"}))), 0u);
  EXPECT_EQ(usable(changed(jwk, "kty", "oct")), 0u);
  EXPECT_EQ(usable(changed(jwk, "kid", 5)), 0u);
  EXPECT_EQ(usable(changed(signing_key(kind::p256).jwk(), "crv", "P-384")), 0u);
  EXPECT_EQ(usable(changed(signing_key(kind::ed25519).jwk(), "crv", "X25519")), 0u);
}

TEST(jwks, leaves_out_keys_that_are_weak_or_malformed) {
  EXPECT_EQ(usable(signing_key(kind::rsa_1024).jwk()), 0u);
  const object rsa = signing_key(kind::rsa).jwk();
  for (const char* n : {"", "!", "AQAB", "AAAA"}) EXPECT_EQ(usable(changed(rsa, "n", n)), 0u) << n;
  EXPECT_EQ(usable(changed(rsa, "n", test::base64url(std::string(4096, 'x')))), 0u)
      << "too large to be checked quickly";
  EXPECT_EQ(usable(changed(rsa, "e", "AQ")), 0u) << "one";
  EXPECT_EQ(usable(changed(rsa, "e", "BA")), 0u) << "even";
  EXPECT_EQ(usable(changed(rsa, "e", test::base64url(std::string(100, 'x')))), 0u);
  EXPECT_EQ(usable(changed(rsa, "e", nullptr)), 0u);
  const object p256 = signing_key(kind::p256).jwk();
  EXPECT_EQ(usable(changed(p256, "y", *p256.find("x"))), 0u) << "no point of the curve";
  EXPECT_EQ(usable(changed(p256, "y", "AQ")), 0u);
  EXPECT_EQ(usable(changed(signing_key(kind::ed25519).jwk(), "x", "AQ")), 0u);
  EXPECT_EQ(usable(object{}), 0u);
}

TEST(jwks, refuses_what_is_no_key_set) {
  for (const std::string text : {"", "{", "[]", "{}", R"({"keys":{}})", "null"}) EXPECT_FALSE(parse_jwks(text)) << text;
  EXPECT_TRUE(parse_jwks(R"({"keys":[1,null,"x",{"kty":"new"}],"more":1})").value().empty());
  EXPECT_FALSE(parse_jwks("{\"keys\":[]}" + std::string(max_jwks_bytes, ' ')));
  array many(max_jwks_keys + 1, value(object{}));
  EXPECT_FALSE(parse_jwks(write_json(value::make_object({{"keys", many}}))));
}

TEST(providers, are_read_from_what_the_push_stored) {
  const auto all = parse_providers(read_json(R"([{"domain":"https://a","applicationID":"x"},
                    {"type":"customJwt","issuer":"https://b/","jwks":"data:,{}","algorithm":"ES256","applicationID":null},
                    {"type":"customJwt","issuer":"https://c","jwks":"https://c/j","algorithm":"RS256","applicationID":"y"},
                    {"type":"customJwt","issuer":"https://c","jwks":"https://c/j","algorithm":"HS256"},{}])")
                                       .value()
                                       .as_array());
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].keys, (key_location{"https://a", true}));
  EXPECT_TRUE(all[0].accepts("RS256") && all[0].accepts("EdDSA"));
  EXPECT_FALSE(all[0].accepts("ES256") || all[0].accepts("HS256") || all[0].accepts("none"));
  EXPECT_EQ(all[1].keys, (key_location{"data:,{}", false}));
  EXPECT_FALSE(all[1].application);
  EXPECT_TRUE(all[1].accepts("ES256") && !all[1].accepts("RS256"));
  EXPECT_EQ(all[2].application, "y");
  EXPECT_TRUE(is_same_issuer("https://b/", "https://b"));
  EXPECT_FALSE(is_same_issuer("https://b//", "https://b"));
  EXPECT_FALSE(is_same_issuer("https://b", "http://b"));
}

}  // namespace
}  // namespace hull::backend::auth
