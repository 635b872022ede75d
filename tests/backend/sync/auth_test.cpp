// Tokens at the edges: over the socket, over HTTP, and for HTTP actions.
#include "fake_deployment.hpp"
#include "http/routes.hpp"
#include "server_rig.hpp"
#include "session_rig.hpp"

#include <hull/protocol/codec.hpp>
#include <hull/value/json.hpp>

#include <gmock/gmock.h>

#include <chrono>

namespace hull::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string issuer = "https://issuer.example";

std::string token_for(const std::string& subject, double lives_s = 3600) {
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return make_token(signing_key(signing_key::kind::ed25519),
                    {{"iss", issuer}, {"sub", subject}, {"aud", "app"}, {"iat", now}, {"exp", now + lives_s}});
}

class EdgeAuth : public testing::Test {
 protected:
  EdgeAuth() {
    rig.web().publish(issuer, {signing_key(signing_key::kind::ed25519)});
    set_auth_providers({value::make_object({{"domain", issuer}, {"applicationID", "app"}})});
  }

  static std::string authenticate(unsigned base, const std::string& type, const std::string& token,
                                  const std::string& more = "") {
    return R"({"type":"Authenticate","baseVersion":)" + std::to_string(base) + R"(,"tokenType":")" + type +
           R"(","value":")" + token + "\"" + more + "}";
  }
  static protocol::transition next_transition(socket_client& c) {
    for (;;) {
      const auto m = protocol::decode_server_message(c.receive()).value();
      if (const auto* t = std::get_if<protocol::transition>(&m)) return *t;
    }
  }
  /// Reads on until the client knows these versions; the results on the way.
  static std::vector<std::string> results_until(socket_client& c, unsigned identity, unsigned query_set = 0) {
    std::vector<std::string> seen;
    for (;;) {
      const auto t = next_transition(c);
      for (const auto& change : t.modifications)
        seen.push_back(write_json(std::get<protocol::query_updated>(change).result));
      if (t.end.identity >= identity && t.end.query_set >= query_set) return seen;
    }
  }
  http_reply ask(const std::string& authorization, const std::string& path = "/api/query") {
    return http_request(rig.port(), "POST", path, R"({"path":"m:who","args":{}})", {{"Authorization", authorization}});
  }

  server_rig rig;
};

TEST_F(EdgeAuth, ASessionSignsInRefreshesAndSignsOut) {
  socket_client c(rig.port());
  c.send(connect_frame());
  c.send(authenticate(0, "User", token_for("ada")));
  c.send(add_frame(0, 1, add(0, "m:who")));
  EXPECT_THAT(results_until(c, 1, 1), ElementsAre("\"https://issuer.example|ada\""));
  c.send(authenticate(1, "User", token_for("ada", 7200)));
  EXPECT_THAT(results_until(c, 2), ElementsAre()) << "another token of the same user changes nothing";
  c.send(authenticate(2, "User", token_for("bob")));
  EXPECT_THAT(results_until(c, 3), ElementsAre("\"https://issuer.example|bob\""));
  c.send(R"({"type":"Authenticate","baseVersion":3,"tokenType":"None"})");
  EXPECT_THAT(results_until(c, 4), ElementsAre("\"nobody\""));
}

TEST_F(EdgeAuth, AMutationThatWaitsKeepsTheTokenOfItsUser) {
  socket_client c(rig.port());
  const std::string token = token_for("ada");
  c.send(connect_frame());
  c.send(authenticate(0, "User", token));
  results_until(c, 1);
  c.send(R"({"type":"Mutation","requestId":0,"udfPath":"m:push_and_rest","args":[{}]})");
  c.send(R"({"type":"Mutation","requestId":1,"udfPath":"m:token","args":[{}]})");
  c.send(R"({"type":"Authenticate","baseVersion":1,"tokenType":"None"})");
  c.send(R"({"type":"Mutation","requestId":2,"udfPath":"m:token","args":[{}]})");
  std::vector<std::string> answers;
  while (answers.size() < 3) {
    const auto m = protocol::decode_server_message(c.receive()).value();
    if (const auto* r = std::get_if<protocol::mutation_response>(&m))
      answers.push_back(write_json(std::get<value>(r->outcome)));
  }
  EXPECT_EQ(answers[1], "\"" + token + "\"");
  EXPECT_EQ(answers[2], "null");
}

TEST_F(EdgeAuth, MutationsAndActionsCarryTheUser) {
  socket_client c(rig.port());
  c.send(connect_frame());
  c.send(authenticate(0, "User", token_for("ada")));
  c.send(R"({"type":"Mutation","requestId":0,"udfPath":"m:who","args":[{}]})");
  c.send(R"({"type":"Action","requestId":1,"udfPath":"m:who","args":[{}]})");
  int answers = 0;
  while (answers < 2) {
    const std::string text = c.receive();
    if (text.find("Response") == std::string::npos) continue;
    EXPECT_THAT(text, HasSubstr(R"("https://issuer.example|ada")"));
    ++answers;
  }
}

TEST_F(EdgeAuth, ARefusedTokenEndsTheConnectionWithItsReason) {
  const std::pair<std::string, const char*> cases[] = {
      {token_for("ada", -60), "The token has expired."},
      {"a.b.c", "no JWT"},
      {token_for("ada") + "x", "The signature of the token"},
  };
  for (const auto& [token, why] : cases) {
    socket_client c(rig.port());
    c.send(connect_frame());
    c.send(authenticate(0, "User", token));
    const auto end = c.read_to_end();
    ASSERT_EQ(end.messages.size(), 1u);
    EXPECT_THAT(end.messages[0], AllOf(HasSubstr(R"("type":"AuthError")"), HasSubstr(why),
                                       HasSubstr(R"("baseVersion":0)"), HasSubstr(R"("authUpdateAttempted":true)")));
    EXPECT_TRUE(end.clean);
    EXPECT_EQ(end.code, 0u);
  }
}

TEST_F(EdgeAuth, ARefusedTokenNamesTheLastIdentityThatWasSent) {
  socket_client c(rig.port());
  c.send(connect_frame());
  c.send(authenticate(0, "User", token_for("ada")));
  results_until(c, 1);
  c.send(authenticate(1, "User", "bad"));
  EXPECT_THAT(c.read_to_end().messages.back(), HasSubstr(R"("baseVersion":1)"));
}

TEST_F(EdgeAuth, AnAdminMayActAsAUser) {
  socket_client c(rig.port());
  c.send(connect_frame());
  c.send(authenticate(0, "Admin", rig.admin_key(), R"(,"impersonating":{"issuer":"https://x","subject":"eve"})"));
  c.send(add_frame(0, 1, add(0, "m:who")));
  EXPECT_THAT(results_until(c, 1, 1), ElementsAre("\"admin https://x|eve\""));

  socket_client bad(rig.port());
  bad.send(authenticate(0, "Admin", rig.admin_key(), R"(,"impersonating":{"name":"nobody in particular"})"));
  EXPECT_THAT(bad.read_to_end().messages.at(0), HasSubstr("AuthError"));
}

TEST_F(EdgeAuth, KeysThatChangedAreFoundWhileASessionGoesOn) {
  socket_client c(rig.port());
  c.send(connect_frame());
  c.send(authenticate(0, "User", token_for("ada")));
  c.send(add_frame(0, 1, add(0, "m:who")));
  results_until(c, 1, 1);
  const signing_key next(signing_key::kind::ed25519, "key-2", 1);
  rig.web().publish(issuer, {next});
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  c.send(
      authenticate(1, "User", make_token(next, {{"iss", issuer}, {"sub", "bob"}, {"aud", "app"}, {"exp", now + 60}})));
  EXPECT_THAT(results_until(c, 2), ElementsAre("\"https://issuer.example|bob\""));
}

TEST_F(EdgeAuth, HttpTakesBearerTokensAndAdminKeys) {
  for (const char* path : {"/api/query", "/api/mutation", "/api/action"}) {
    const auto reply = ask("Bearer " + token_for("ada"), path);
    EXPECT_EQ(reply.status, 200u) << path;
    EXPECT_THAT(reply.body, HasSubstr(R"("value":"https://issuer.example|ada")")) << path;
  }
  EXPECT_THAT(ask("bearer " + token_for("ada")).body, HasSubstr("|ada"));
  EXPECT_THAT(ask("Convex " + rig.admin_key()).body, HasSubstr(R"("value":"admin nobody")"));
  EXPECT_THAT(ask("Convex " + rig.admin_key() + ":" + base64url(R"({"issuer":"https://x","subject":"eve!"})")).body,
              HasSubstr(R"("value":"admin https://x|eve!")"));
}

TEST_F(EdgeAuth, HttpRefusesOtherTokensWithTheirReason) {
  const auto expired = ask("Bearer " + token_for("ada", -60));
  EXPECT_EQ(expired.status, 401u);
  EXPECT_EQ(expired.body, R"({"code":"Unauthenticated","message":"The token has expired."})");
  EXPECT_THAT(ask("Bearer x").body, HasSubstr(R"("code":"InvalidAuthHeader")"));
  EXPECT_EQ(ask("Bearer x").status, 401u);
  EXPECT_EQ(ask("Basic eA==").status, 400u);
}

TEST_F(EdgeAuth, AUserIsNoAdmin) {
  for (const char* path : {"/api/list_environment_variables", "/api/v1/get_canonical_urls"})
    EXPECT_EQ(http_request(rig.port(), "GET", path, "", {{"Authorization", "Bearer " + token_for("ada")}}).status,
              403u);
  EXPECT_THAT(http_request(rig.port(), "POST", "/api/function", R"({"path":"m:internal","args":{}})",
                           {{"Authorization", "Bearer " + token_for("ada")}})
                  .body,
              HasSubstr("Could not find public function"));
}

TEST_F(EdgeAuth, AnHttpActionRunsWhateverTheHeaderSays) {
  const auto who = [&](const std::string& authorization) {
    backend::http::request r;
    if (!authorization.empty()) r.headers = {{"authorization", authorization}};
    return backend::http::identity_for_http_action(r, rig.services());
  };
  EXPECT_FALSE(who("").attributes || who("").refusal);
  EXPECT_EQ(*who("Bearer " + token_for("ada")).attributes->find("subject"), value("ada"));
  EXPECT_TRUE(who("Convex " + rig.admin_key()).admin);
  EXPECT_EQ(who("Bearer " + token_for("ada", -60)).refusal->message, "The token has expired.");
  EXPECT_EQ(who("Bearer my-own-secret").refusal->code, "InvalidAuthHeader");
  EXPECT_EQ(who("Basic eA==").refusal->code, "InvalidAuthHeader");
  EXPECT_EQ(who("Convex test-instance|00").refusal->code, "BadDeployKey");
  EXPECT_FALSE(who("Bearer my-own-secret").attributes || who("Bearer my-own-secret").admin);
}

}  // namespace
}  // namespace hull::test
