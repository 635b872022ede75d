// Which tokens are taken and which are not, and why.
#include "auth/token_verifier.hpp"

#include "common/encoding.hpp"
#include "common/virtual_clock.hpp"
#include "identity_provider.hpp"

#include <hull/value/json.hpp>

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace hull::backend::auth {
namespace {

using hull::object;
using test::make_token;
using test::signing_key;
using testing::HasSubstr;
using kind = signing_key::kind;

constexpr double now_s = 1'700'000'000;
const std::string issuer = "https://issuer.example";

object claims(const object& changes = {}) {
  object all{{"iss", issuer}, {"sub", "u1"}, {"aud", "app"}, {"iat", now_s}, {"exp", now_s + 3600}};
  for (const auto& [name, content] : changes) {
    if (content.is_null())
      all.erase(name);
    else
      all.set(name, content);
  }
  return all;
}

std::vector<provider> providers_of(const std::string& json) {
  return parse_providers(read_json(json).value().as_array());
}

const std::vector<provider> oidc = providers_of(R"([{"domain":"https://issuer.example","applicationID":"app"}])");
std::vector<provider> custom(const std::string& algorithm, const std::string& application = "null") {
  return providers_of(R"([{"type":"customJwt","issuer":"https://issuer.example","jwks":"https://keys.example/jwks",)"
                      R"("algorithm":")" +
                      algorithm + R"(","applicationID":)" + application + "}]");
}

class token_verifier_test : public testing::Test {
 protected:
  token_verifier_test() {
    web.publish(issuer, {rsa, ed25519});
    web.put("https://keys.example/jwks", test::key_set_text({rsa, p256}));
  }

  outcome<verified_user> verify(const std::string& token, const std::vector<provider>& by = oidc) {
    return verifier.verify(token, by);
  }
  /// "Code: message" of a refusal, or "accepted".
  std::string answer(const std::string& token, const std::vector<provider>& by = oidc) {
    const auto user = verify(token, by);
    return user ? "accepted" : user.error().code + ": " + user.error().message;
  }

  const signing_key rsa{kind::rsa, "rsa-1"};
  const signing_key p256{kind::p256, "ec-1"};
  const signing_key ed25519{kind::ed25519, "ed-1"};
  virtual_clock time;
  test::fake_web web;
  token_verifier verifier{web, time};
};

TEST_F(token_verifier_test, takes_what_its_provider_signed) {
  for (const signing_key* key : {&rsa, &ed25519}) EXPECT_EQ(answer(make_token(*key, claims())), "accepted");
  EXPECT_EQ(answer(make_token(rsa, claims()), custom("RS256")), "accepted");
  EXPECT_EQ(answer(make_token(p256, claims()), custom("ES256")), "accepted");
  const auto user = verify(make_token(rsa, claims())).value();
  EXPECT_EQ(*user.attributes.find("tokenIdentifier"), value("https://issuer.example|u1"));
  EXPECT_EQ(user.good_until_ns, static_cast<std::int64_t>(now_s + 3605) * 1'000'000'000);
}

TEST_F(token_verifier_test, takes_audiences_issuers_and_keys_as_providers_write_them) {
  EXPECT_EQ(answer(make_token(rsa, claims({{"aud", value::make_array({"other", "app"})}}))), "accepted");
  EXPECT_EQ(answer(make_token(rsa, claims({{"iss", issuer + "/"}}))), "accepted");
  EXPECT_EQ(answer(make_token(rsa, claims(), {{"kid", nullptr}, {"typ", nullptr}})), "accepted");
  EXPECT_EQ(answer(make_token(rsa, claims({{"aud", nullptr}, {"iat", nullptr}})), custom("RS256")), "accepted");
  EXPECT_EQ(answer(make_token(rsa, claims()), custom("RS256", "\"app\"")), "accepted");
}

TEST_F(token_verifier_test, allows_for_clocks_that_differ_a_little) {
  EXPECT_EQ(answer(make_token(rsa, claims({{"exp", now_s - 4}}))), "accepted");
  EXPECT_THAT(answer(make_token(rsa, claims({{"exp", now_s - 5}}))),
              HasSubstr("Unauthenticated: The token has expired."));
  EXPECT_EQ(answer(make_token(rsa, claims({{"nbf", now_s + 5}}))), "accepted");
  EXPECT_THAT(answer(make_token(rsa, claims({{"nbf", now_s + 6}}))), HasSubstr("not valid yet"));
  EXPECT_EQ(answer(make_token(rsa, claims({{"iat", now_s + 4.5}}))), "accepted");
  EXPECT_THAT(answer(make_token(rsa, claims({{"iat", now_s + 6}}))), HasSubstr("issued in the future"));
}

TEST_F(token_verifier_test, expiry_is_needed_and_far_ones_are_fine) {
  EXPECT_THAT(answer(make_token(rsa, claims({{"exp", nullptr}}))), HasSubstr("only tokens that expire"));
  EXPECT_EQ(answer(make_token(rsa, claims({{"exp", 1e300}}))), "accepted");
  EXPECT_THAT(answer(make_token(rsa, claims({{"exp", -1e300}}))), HasSubstr("expired"));
}

TEST_F(token_verifier_test, refuses_who_is_no_provider_of_the_app) {
  EXPECT_THAT(answer(make_token(rsa, claims()), {}), HasSubstr("NoAuthProvider: This deployment has no auth provider"));
  EXPECT_THAT(answer(make_token(rsa, claims({{"iss", "https://elsewhere.example"}}))),
              AllOf(HasSubstr("NoAuthProvider: "), HasSubstr("its issuer is \"https://elsewhere.example\""),
                    HasSubstr("domain https://issuer.example with applicationID app")));
  EXPECT_THAT(answer(make_token(rsa, claims({{"aud", "other"}}))), HasSubstr("its audience \"other\""));
  EXPECT_THAT(answer(make_token(rsa, claims({{"aud", nullptr}}))), HasSubstr("NoAuthProvider"));
  EXPECT_THAT(answer(make_token(rsa, claims()), custom("RS256", "\"other\"")), HasSubstr("NoAuthProvider"));
  EXPECT_EQ(web.requests(issuer + "/jwks"), 0) << "such tokens are not worth a request";
}

TEST_F(token_verifier_test, names_no_provider_where_clients_are_told_less) {
  token_verifier_options options;
  options.name_providers = false;
  token_verifier reticent(web, time, options);
  const auto said = [&](const object& changes, const std::vector<provider>& by) {
    const auto user = reticent.verify(make_token(rsa, claims(changes)), by);
    return user ? "accepted" : user.error().code + ": " + user.error().message;
  };
  const std::string nobody = "NoAuthProvider: No auth provider found matching the given token";
  EXPECT_EQ(said({{"iss", "https://elsewhere.example"}}, oidc), nobody);
  EXPECT_EQ(said({{"aud", "other"}}, oidc), nobody);
  EXPECT_EQ(said({}, {}), nobody);
  EXPECT_EQ(said({}, oidc), "accepted");
}

TEST_F(token_verifier_test, the_token_does_not_choose_its_algorithm) {
  EXPECT_THAT(answer(make_token(p256, claims())), HasSubstr("\"ES256\"; tokens of this auth provider are accepted with "
                                                            "RS256 and EdDSA"));
  EXPECT_THAT(answer(make_token(rsa, claims()), custom("ES256")), HasSubstr("Unauthenticated"));
  EXPECT_THAT(answer(make_token(ed25519, claims()), custom("RS256")), HasSubstr("Unauthenticated"));

  const std::string body = test::base64url(write_json(value(claims())));
  for (const std::string none : {"none", "None", "NONE", ""}) {
    const std::string header = test::base64url(R"({"alg":")" + none + R"(","kid":"rsa-1"})");
    EXPECT_THAT(answer(header + "." + body + "."), HasSubstr("Unauthenticated: ")) << none;
  }
  // A signature with the public key as the secret of HMAC, as a careless verifier would check it.
  for (const std::string& secret : {rsa.public_pem(), rsa.jwk().find("n")->as_string()}) {
    const std::string signed_part = test::base64url(R"({"alg":"HS256","kid":"rsa-1"})") + "." + body;
    std::array<std::uint8_t, 32> mac{};
    unsigned length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size(), mac.data(), &length);
    EXPECT_THAT(answer(signed_part + "." + encode_base64url(mac)), HasSubstr("Unauthenticated: "));
  }
  // A key of one kind under the name of another.
  EXPECT_THAT(answer(make_token(ed25519, claims(), {{"alg", "RS256"}, {"kid", "rsa-1"}})),
              HasSubstr("Unauthenticated"));
  EXPECT_THAT(answer(make_token(rsa, claims(), {{"alg", "EdDSA"}})), HasSubstr("Unauthenticated"));
}

TEST_F(token_verifier_test, refuses_signatures_that_are_not_the_providers) {
  const signing_key other(kind::rsa, "rsa-1", 1);
  EXPECT_THAT(answer(make_token(other, claims())),
              HasSubstr("The signature of the token is not that of its auth provider."));
  EXPECT_THAT(answer(make_token(signing_key(kind::ed25519, "ed-1", 1), claims())), HasSubstr("signature"));
  EXPECT_THAT(answer(make_token(signing_key(kind::p256, "ec-1", 1), claims()), custom("ES256")),
              HasSubstr("signature"));

  for (const auto& [key, by] : {std::pair{&rsa, oidc}, std::pair{&ed25519, oidc}, std::pair{&p256, custom("ES256")}}) {
    const std::string good = make_token(*key, claims());
    ASSERT_EQ(answer(good, by), "accepted");
    const auto last = good.rfind('.');
    const auto signature = decode_base64url(good.substr(last + 1)).value();
    for (const std::size_t at : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
      auto bent = signature;
      bent[at] ^= 1;
      EXPECT_NE(answer(good.substr(0, last + 1) + encode_base64url(bent), by), "accepted") << at;
    }
    for (const std::vector<std::uint8_t>& bent :
         {std::vector<std::uint8_t>{}, std::vector<std::uint8_t>(signature.begin(), signature.end() - 1),
          std::vector<std::uint8_t>(64, 0), std::vector<std::uint8_t>(1000, 0xff)})
      EXPECT_NE(answer(good.substr(0, last + 1) + encode_base64url(bent), by), "accepted");
    // The claims of one token with the signature of another.
    const std::string admin = make_token(*key, claims({{"sub", "admin"}}));
    EXPECT_NE(answer(admin.substr(0, admin.rfind('.')) + good.substr(last), by), "accepted");
  }
}

TEST_F(token_verifier_test, keys_that_the_provider_has_changed_are_fetched) {
  ASSERT_EQ(answer(make_token(rsa, claims())), "accepted");
  const signing_key next(kind::rsa, "rsa-2", 1);
  EXPECT_THAT(
      answer(make_token(next, claims())),
      HasSubstr("Unauthenticated: The auth provider has published no key that fits the token (key id \"rsa-2\")"));
  web.publish(issuer, {next});
  EXPECT_EQ(answer(make_token(next, claims())), "accepted");
  EXPECT_THAT(answer(make_token(rsa, claims())), HasSubstr("no key that fits")) << "the old key is gone";
}

TEST_F(token_verifier_test, a_key_on_the_way_does_not_count_for_another_use) {
  object encryption = rsa.jwk();
  encryption.set("use", "enc");
  web.put(issuer + "/jwks", write_json(value::make_object({{"keys", value::make_array({value(encryption)})}})));
  EXPECT_THAT(answer(make_token(rsa, claims())), HasSubstr("no key that fits"));
}

TEST_F(token_verifier_test, says_when_the_keys_cannot_be_fetched) {
  web.take_down(issuer + "/.well-known/openid-configuration");
  EXPECT_THAT(answer(make_token(rsa, claims())),
              HasSubstr("AuthProviderDiscoveryFailed: The keys of the auth provider could not be fetched from "
                        "https://issuer.example/.well-known/openid-configuration: it answered with status 404"));
}

TEST_F(token_verifier_test, tries_each_provider_that_may_have_issued_the_token) {
  auto both = custom("ES256");
  both.insert(both.end(), oidc.begin(), oidc.end());
  EXPECT_EQ(answer(make_token(rsa, claims()), both), "accepted");
  EXPECT_EQ(answer(make_token(p256, claims()), both), "accepted");
  EXPECT_NE(answer(make_token(signing_key(kind::rsa, "rsa-1", 1), claims()), both), "accepted");
}

TEST_F(token_verifier_test, refuses_what_is_no_token) {
  const std::string good = make_token(rsa, claims());
  const auto first = good.find('.');
  const auto last = good.rfind('.');
  const std::string header = good.substr(0, first);
  const std::string body = good.substr(first + 1, last - first - 1);
  const std::string signature = good.substr(last + 1);
  const auto with = [&](const std::string& h, const std::string& b) { return h + "." + b + "." + signature; };
  const auto header_of = [&](const std::string& json) { return with(test::base64url(json), body); };
  const auto body_of = [&](const std::string& json) { return with(header, test::base64url(json)); };
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  const std::pair<std::string, const char*> cases[] = {
      {"", "three parts"},
      {".", "three parts"},
      {"..", "its header is no JSON"},
      {header, "three parts"},
      {header + "." + body, "three parts"},
      {good + ".", "three parts"},
      {good + "." + signature, "three parts"},
      {with(header + "=", body), "its header is no base64url"},
      {with(header + "+", body), "its header is no base64url"},
      {with("A", body), "its header is no base64url"},
      {with(header, "!" + body), "its payload is no base64url"},
      {header + "." + body + ".%", "its signature is no base64url"},
      {header_of("{"), "its header is no JSON"},
      {header_of("[]"), "its header is no JSON object"},
      {header_of("{}"), "names no algorithm"},
      {header_of(R"({"alg":7})"), "\"alg\" must be a string"},
      {header_of(R"({"alg":"RS256","kid":7})"), "\"kid\" must be a string"},
      {header_of(R"({"alg":"RS256","crit":["b64"],"b64":false})"), "asks for extensions"},
      {body_of("\"text\""), "its payload is no JSON object"},
      {body_of(R"({"iss":"a)"
               "\xff"
               R"("})"),
       "its payload is no JSON"},
      {body_of(R"({"sub":"u","deep":)" + deep + "}"), "its payload is no JSON"},
      {body_of(R"({"sub":"u"})"), "no claim \"iss\""},
      {body_of(R"({"iss":"https://issuer.example"})"), "no claim \"sub\""},
      {body_of(R"({"iss":["https://issuer.example"],"sub":"u"})"), "\"iss\" must be a string"},
      {body_of(R"({"iss":"i","sub":"u","exp":"tomorrow"})"), "\"exp\" must be a number"},
      {body_of(R"({"iss":"i","sub":"u","aud":{"a":1}})"), "\"aud\" must be"},
      {body_of(R"({"iss":"i","sub":"u","aud":[1]})"), "\"aud\" must be"},
      {std::string(max_token_bytes + 1, 'a'), "larger than 64 KiB"},
      {with(header, std::string(max_token_bytes, 'a')), "larger than 64 KiB"},
  };
  for (const auto& [token, why] : cases) {
    const std::string said = answer(token);
    EXPECT_THAT(said, AllOf(HasSubstr("InvalidAuthHeader: The token is no JWT that can be read: "), HasSubstr(why)))
        << token.substr(0, 100);
  }
}

TEST_F(token_verifier_test, messages_hold_nothing_that_could_upset_a_terminal) {
  const std::string evil = "https://x\x1b[2J\n" + std::string(5000, 'x');
  const std::string said = answer(make_token(rsa, claims({{"iss", evil}})));
  EXPECT_EQ(said.find_first_of("\x1b\n"), std::string::npos);
  EXPECT_LT(said.size(), 1000u);
}

}  // namespace
}  // namespace hull::backend::auth
