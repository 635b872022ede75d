// The HTTP API of a fake deployment, byte by byte.
#include "rig.hpp"

#include "http_call.hpp"

#include <gtest/gtest.h>

namespace hull::mock::test {
namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

struct answered {
  unsigned status = 0;
  std::string text;
  value body;
};

struct fake_http : ::testing::Test {
  rig r;
  answered post(const std::string& target, const std::string& body, const headers& h = {}) {
    return send("POST", target, body, h);
  }
  answered get(const std::string& target, const headers& h = {}) { return send("GET", target, "", h); }
  answered send(const std::string& method, const std::string& target, const std::string& body, const headers& h) {
    const auto a = hull::test::http_call(r.deployment.url(), method, target, h, body);
    if (!a) return {};
    auto parsed = read_json(a->body);
    return {a->status, a->body, parsed ? *parsed : value()};
  }
};

TEST_F(fake_http, queries_and_mutations) {
  auto a = post("/api/mutation", R"({"path":"messages:send","args":{"body":"hi"},"format":"convex_encoded_json"})");
  EXPECT_EQ(a.status, 200u);
  EXPECT_EQ(a.text, R"({"status":"success","value":"messages-1"})");
  a = post("/api/query", R"({"path":"messages:list","args":[{}]})");
  ASSERT_EQ(a.body.find("value")->as_array().size(), 1u);
  a = get("/api/query?path=messages%3Alist&args=%7B%7D");
  EXPECT_EQ(a.body.find("value")->as_array().size(), 1u);
  EXPECT_TRUE(r.deployment.expect(a_mutation("messages:send").with_fields({{"body", "hi"}})).over_http);
}

TEST_F(fake_http, what_a_function_throws_is_an_answer_of_200) {
  r.deployment.mutation("m:data", [](mutation_context& db, const value&) -> value {
    db.log("before");
    throw convex_error(object{{"why", "because"}});
  });
  const auto a = post("/api/mutation", R"({"path":"m:data","args":{}})");
  EXPECT_EQ(a.status, 200u);
  EXPECT_EQ(*a.body.find("status"), value("error"));
  EXPECT_EQ(*a.body.find("errorData")->find("why"), value("because"));
  EXPECT_EQ(a.body.find("logLines")->as_array().front(), value("[LOG] before"));
  const auto plain = post("/api/mutation", R"({"path":"messages:send","args":{}})");
  EXPECT_EQ(plain.body.find("errorData"), nullptr);
  EXPECT_NE(plain.text.find("A message needs a body."), std::string::npos);
}

TEST_F(fake_http, formats) {
  r.deployment.query_result("q:int", value::int64(5));
  EXPECT_NE(post("/api/query", R"({"path":"q:int","args":{},"format":"json"})").text.find(R"("value":"5")"),
            std::string::npos);
  EXPECT_NE(post("/api/query", R"({"path":"q:int","args":{},"format":"convex_encoded_json"})").text.find("$integer"),
            std::string::npos);
}

TEST_F(fake_http, what_is_no_call_gets_a_code_and_a_text) {
  const std::vector<std::tuple<const char*, const char*, unsigned, const char*>> cases = {
      {"/api/query", "no json", 400, "BadJsonBody"},
      {"/api/query", R"({"args":{}})", 400, "BadRequest"},
      {"/api/query", R"({"path":"no path","args":{}})", 400, "BadConvexFunctionIdentifier"},
      {"/api/query", R"({"path":"messages:list","args":5})", 400, "BadRequest"},
      {"/api/query", R"({"path":"messages:list","args":{},"format":"xml"})", 400, "BadFormat"},
      {"/api/query_at_ts", R"({"path":"messages:list","args":{},"ts":"now"})", 400, "BadRequest"},
      {"/api/query_at_ts", R"({"path":"messages:list","args":{},"ts":"AAAAAAAAAAA="})", 503, "OutOfRetention"},
      {"/api/function", R"({"path":"messages:list","args":{}})", 403, "BadDeployKey"},
      {"/api/storage/upload?token=stolen", "x", 401, "Unauthenticated"},
      {"/api/nothing", "{}", 404, "NotFound"},
  };
  for (const auto& [target, body, status, code] : cases) {
    const auto a = post(target, body);
    EXPECT_EQ(a.status, status) << target << " " << body;
    ASSERT_NE(a.body.find("code"), nullptr) << a.text;
    EXPECT_EQ(*a.body.find("code"), value(code)) << target << " " << body;
    EXPECT_FALSE(a.body.find("message")->as_string().empty());
  }
}

TEST_F(fake_http, tokens_and_keys) {
  r.deployment.authenticate([](const std::string& token) -> std::optional<value> {
    if (token != "good") throw std::runtime_error("That token is bad.");
    return object{{"name", "Ada"}};
  });
  r.deployment.query("users:me", [](query_context& db, const value&) { return db.user().value_or(value()); });
  const std::string me = R"({"path":"users:me","args":{}})";
  EXPECT_EQ(*post("/api/query", me, {{"Authorization", "bearer good"}}).body.find("value")->find("name"), value("Ada"));
  const auto bad = post("/api/query", me, {{"Authorization", "Bearer bad"}});
  EXPECT_EQ(bad.status, 401u);
  EXPECT_EQ(*bad.body.find("message"), value("That token is bad."));
  EXPECT_EQ(post("/api/query", me, {{"Authorization", "Basic x"}}).status, 401u);
  EXPECT_EQ(post("/api/query", me, {{"Authorization", "Convex wrong"}}).status, 401u);
  // {"name":"Eva"}
  const auto acting = post("/api/function", me, {{"Authorization", "Convex admin-key:eyJuYW1lIjoiRXZhIn0="}});
  EXPECT_EQ(*acting.body.find("value")->find("name"), value("Eva"));
  EXPECT_EQ(
      *post("/api/function", R"({"path":"messages:send","args":{"body":"x"}})", {{"Authorization", "Convex admin-key"}})
           .body.find("status"),
      value("success"));
}

TEST_F(fake_http, a_look_back) {
  const auto ts = post("/api/query_ts", "").body;
  ASSERT_NE(ts.find("ts"), nullptr);
  post("/api/mutation", R"({"path":"messages:send","args":{"body":"later"}})");
  const auto then =
      post("/api/query_at_ts", R"({"path":"messages:list","args":{},"ts":")" + ts.find("ts")->as_string() + "\"}");
  EXPECT_TRUE(then.body.find("value")->as_array().empty());
}

TEST_F(fake_http, actions_answer_when_they_are_done) {
  r.deployment.action("a:echo", [](action_context&, const value& args) { return args; });
  const auto a = post("/api/action", R"({"path":"a:echo","args":{"x":1}})");
  EXPECT_EQ(*a.body.find("value")->find("x"), value(1));
}

TEST_F(fake_http, files_go_up_and_come_down) {
  r.deployment.mutation("files:url",
                        [](mutation_context& db, const value&) { return value(db.generate_upload_url()); });
  r.deployment.query("files:where", [](query_context& db, const value& args) {
    const auto url = db.storage_url(args.find("id")->as_string());
    return url ? value(*url) : value();
  });
  client c = r.make_client();
  const auto url = r.call(c, "files:url", object());
  ASSERT_TRUE(url);
  const std::string target = url->as_string().substr(r.deployment.url().size());
  const std::string bytes("a\0b", 3);
  const auto stored = post(target, bytes, {{"Content-Type", "image/png"}});
  ASSERT_EQ(stored.status, 200u) << stored.text;
  EXPECT_EQ(post(target, bytes).status, 401u) << "an upload URL is good for one file";
  const std::string id = stored.body.find("storageId")->as_string();
  ASSERT_TRUE(r.deployment.file(id));
  EXPECT_EQ(r.deployment.file(id)->bytes, bytes);
  EXPECT_EQ(r.deployment.file(id)->content_type, "image/png");
  const auto where = r.ask(c, "files:where", object{{"id", id}});
  ASSERT_TRUE(where);
  EXPECT_EQ(get(where->as_string().substr(r.deployment.url().size())).text, bytes);
  EXPECT_EQ(get("/api/storage/_storage-9").status, 404u);
  EXPECT_EQ(*r.deployment.documents("_storage").front().find("size"), value(3));
}

TEST_F(fake_http, says_its_version_and_serves_sockets_at_their_path_only) {
  EXPECT_EQ(get("/version").text, "hull-mock");
  const headers upgrade = {{"Upgrade", "websocket"},
                           {"Connection", "Upgrade"},
                           {"Sec-WebSocket-Version", "13"},
                           {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  EXPECT_EQ(get("//api/sync", upgrade).status, 404u);
  EXPECT_EQ(get("/api/1.45.0/sync", upgrade).status, 101u);
}

}  // namespace
}  // namespace hull::mock::test
