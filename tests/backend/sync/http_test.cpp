// The HTTP API over real connections: routes, forms of values, keys, limits and what broken requests get.
#include "fake_deployment.hpp"
#include "http/decompress.hpp"
#include "http/message.hpp"
#include "http/value_format.hpp"
#include "server_rig.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <gmock/gmock.h>
#include <zlib.h>

namespace hull::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace backend;

const std::string list_args = R"({"path":"m:list","args":{}})";

TEST(Http, PlainRoutesAnswer) {
  server_rig rig;
  EXPECT_EQ(http_request(rig.port(), "GET", "/version").body, "0.1.0");
  EXPECT_EQ(http_request(rig.port(), "GET", "/instance_name").body, "test-instance");
  EXPECT_THAT(http_request(rig.port(), "GET", "/").body, StartsWith("This Convex deployment is running."));
  EXPECT_EQ(http_request(rig.port(), "POST", "/echo", "abc").body, "abc");
  EXPECT_EQ(http_request(rig.port(), "HEAD", "/version").body, "");
  EXPECT_EQ(http_request(rig.port(), "DELETE", "/version").status, 405u);
}

TEST(Http, UnknownApiRoutesAreNamedAndNever404) {
  server_rig rig;
  const auto reply = http_request(rig.port(), "GET", "/api/list_snapshot?cursor=0");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(reply.body, R"({"code":"NotSupported","message":"hull-backend does not support GET /api/list_snapshot."})");
  EXPECT_EQ(http_request(rig.port(), "GET", "/favicon.ico").status, 404u);
  EXPECT_EQ(http_request(rig.port(), "GET", "/http/hook").body,
            "This Convex deployment does not have HTTP actions enabled.");
  EXPECT_EQ(http_request(rig.site_port(), "POST", "/hook").status, 404u);
}

TEST(Http, MethodsThatNoRouterKnowsReachNoHttpAction) {
  server_rig rig;
  for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"})
    EXPECT_EQ(http_request(rig.site_port(), method, "/echo").status, 200u) << method;
  for (const char* method : {"TRACE", "PROPFIND", "REPORT"}) {
    const auto reply = http_request(rig.site_port(), method, "/echo");
    EXPECT_EQ(reply.status, 404u) << method;
    EXPECT_EQ(reply.body, "No matching routes found") << method;
    EXPECT_EQ(http_request(rig.port(), method, "/http/echo").body, "No matching routes found") << method;
  }
}

TEST(Http, AFailureMayHaveAStatusOfItsOwn) {
  failure f = bad_request("MissingExistingModule", "gone");
  EXPECT_EQ(http::error_response(f, {}).status, 400u);
  f.status = 409;
  EXPECT_EQ(http::error_response(f, {}).status, 409u);
}

TEST(Http, PathsNeedNotBeUtf8) {
  server_rig rig;
  const auto reply = http_request(rig.port(), "GET", "/api/\xff\xc3\xa4");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(reply.body, R"({"code":"NotSupported","message":"hull-backend does not support GET /api/???."})");
}

struct call_case {
  const char* name;
  const char* method;
  const char* target;
  const char* body;
  header_pairs headers;
  unsigned status;
  const char* reply;  ///< Part of it.
};

class HttpCall : public testing::TestWithParam<call_case> {};

TEST_P(HttpCall, Answers) {
  server_rig rig;
  const auto& c = GetParam();
  const auto reply = http_request(rig.port(), c.method, c.target, c.body, c.headers);
  EXPECT_EQ(reply.status, c.status) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(c.reply));
}

INSTANTIATE_TEST_SUITE_P(
    Table, HttpCall,
    testing::Values(
        call_case{"Query",
                  "POST",
                  "/api/query",
                  R"({"path":"m:list","args":{}})",
                  {},
                  200,
                  R"({"status":"success","value":[]})"},
        call_case{"QueryByUrl",
                  "GET",
                  "/api/query?path=m%3Alist&args=%7B%7D",
                  "",
                  {},
                  200,
                  R"({"status":"success","value":[]})"},
        call_case{"CleanByDefault",
                  "POST",
                  "/api/query",
                  R"({"path":"m:int","args":[{}]})",
                  {{"Convex-Client", "npm-1.48.0"}},
                  200,
                  R"({"status":"success","value":"1","logLines":["[LOG] 'one'"]})"},
        call_case{"EncodedForOldClients",
                  "POST",
                  "/api/query",
                  R"({"path":"m:int","args":[{}]})",
                  {{"Convex-Client", "npm-1.4.0"}},
                  200,
                  R"("value":{"$integer":"AQAAAAAAAAA="})"},
        call_case{"EncodedOnRequest",
                  "POST",
                  "/api/query",
                  R"({"path":"m:int","args":{},"format":"convex_encoded_json"})",
                  {},
                  200,
                  R"("value":{"$integer":"AQAAAAAAAAA="})"},
        call_case{
            "BadFormat", "POST", "/api/query", R"({"path":"m:int","args":{},"format":"xml"})", {}, 400, "BadFormat"},
        call_case{"ThrownIs200",
                  "POST",
                  "/api/query",
                  R"({"path":"m:fail","args":{}})",
                  {{"Convex-Request-Id", "0123456789abcdef"}},
                  200,
                  R"({"status":"error","errorMessage":"[Request ID: 0123456789abcdef] Server Error)"},
        call_case{
            "ThrownHasData", "POST", "/api/query", R"({"path":"m:fail","args":{}})", {}, 200, R"("errorData":"x")"},
        call_case{"Mutation", "POST", "/api/mutation", R"({"path":"m:push","args":{}})", {}, 200, R"("value":1)"},
        call_case{
            "Action", "POST", "/api/action", R"({"path":"m:echo","args":{"a":1}})", {}, 200, R"("value":[{"a":1}])"},
        call_case{"RunByPath", "POST", "/api/run/m/echo", R"({"args":{}})", {}, 200, R"("value":[{}])"},
        call_case{"RunNeedsAModule", "POST", "/api/run/m", R"({"args":{}})", {}, 400, "MissingIdentifier"},
        call_case{"BadPath",
                  "POST",
                  "/api/query",
                  R"({"path":"m.list","args":{}})",
                  {},
                  400,
                  "m.list is not a valid path to a Convex function."},
        call_case{"NoArgs", "POST", "/api/query", R"({"path":"m:list"})", {}, 400, "BadJsonBody"},
        call_case{"NoJson", "POST", "/api/query", "{", {}, 400, "BadJsonBody"},
        call_case{"NoContentType", "POST", "/api/query", "{}", {{"Content-Type", "text/plain"}}, 400, "BadJsonBody"},
        call_case{"Overloaded", "POST", "/api/query", R"({"path":"m:busy","args":{}})", {}, 503, "Overloaded"},
        call_case{"OurFaultHasNoDetail",
                  "POST",
                  "/api/action",
                  R"({"path":"m:crash","args":{}})",
                  {},
                  500,
                  R"({"code":"InternalServerError","message":"Your request couldn't be completed. Try again later."})"},
        call_case{"InternalNeedsAdmin",
                  "POST",
                  "/api/function",
                  R"({"path":"m:internal","args":{}})",
                  {},
                  200,
                  "Could not find public function"},
        call_case{"ComponentsNeedAdmin",
                  "POST",
                  "/api/function",
                  R"({"path":"m:echo","args":{},"componentPath":"c"})",
                  {},
                  403,
                  "BadDeployKey"},
        call_case{"UserToken",
                  "POST",
                  "/api/query",
                  R"({"path":"m:list","args":{}})",
                  {{"Authorization", "Bearer a.b.c"}},
                  401,
                  "NoAuthProvider"},
        call_case{"BadAuthorization",
                  "POST",
                  "/api/query",
                  R"({"path":"m:list","args":{}})",
                  {{"Authorization", "Basic eA=="}},
                  400,
                  "InvalidAuthHeader"},
        call_case{"WrongKey",
                  "GET",
                  "/api/list_environment_variables",
                  "",
                  {{"Authorization", "Convex test-instance|00"}},
                  403,
                  "for deployment 'test-instance'"},
        call_case{"NoKey", "GET", "/api/v1/get_canonical_urls", "", {}, 403, "BadDeployKey"},
        call_case{"PushWithoutKey", "POST", "/api/get_config_hashes", "{}", {}, 403, "BadDeployKey"},
        call_case{"NoEvaluateSchema", "POST", "/api/deploy2/evaluate_schema", "{}", {}, 404, "evaluate_push"},
        call_case{"UnknownEncoding",
                  "POST",
                  "/api/query",
                  "{}",
                  {{"Content-Encoding", "snappy"}},
                  400,
                  "UnsupportedEncoding"},
        call_case{"BrokenBrotli", "POST", "/api/query", "{}", {{"Content-Encoding", "br"}}, 400, "BadEncoding"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Http, AdminKeysOpenAdminRoutes) {
  server_rig rig;
  const header_pairs admin{{"Authorization", "convex prod:" + rig.admin_key()}};
  EXPECT_EQ(http_request(rig.port(), "GET", "/api/v1/get_canonical_urls", "", admin).body,
            R"({"convexCloudUrl":"http://127.0.0.1:1","convexSiteUrl":"http://127.0.0.1:2"})");
  EXPECT_EQ(http_request(rig.port(), "POST", "/api/v1/update_environment_variables",
                         R"({"changes":[{"name":"A","value":"x"},{"name":"B","value":null}]})", admin)
                .status,
            200u);
  EXPECT_EQ(http_request(rig.port(), "GET", "/api/list_environment_variables", "", admin).body,
            R"({"environmentVariables":{"A":"x"}})");
  EXPECT_THAT(http_request(rig.port(), "GET", "/api/check_admin_key", "", admin).body, HasSubstr(R"("success":true)"));
  EXPECT_THAT(http_request(rig.port(), "POST", "/api/function", R"({"path":"m:internal","args":{}})", admin).body,
              HasSubstr("success"));
  const std::string body = R"({"adminKey":")" + rig.admin_key() + R"("})";
  EXPECT_EQ(http_request(rig.port(), "POST", "/api/get_config_hashes", body).body, R"({"moduleHashes":[]})");
  EXPECT_EQ(http_request(rig.port(), "POST", "/api/deploy2/report_push_completed", body).body, "null");
  EXPECT_EQ(http_request(rig.port(), "POST", "/api/deploy2/finish_push", body).status, 400u);
}

TEST(Http, QueriesAtATimestamp) {
  server_rig rig;
  const std::string ts = http_request(rig.port(), "POST", "/api/query_ts").body;
  ASSERT_THAT(ts, StartsWith(R"({"ts":")"));
  const std::string now = ts.substr(6, ts.size() - 7);
  EXPECT_EQ(
      http_request(rig.port(), "POST", "/api/query_at_ts", R"({"path":"m:list","args":{},"ts":)" + now + "}").status,
      200u);
  EXPECT_THAT(
      http_request(rig.port(), "POST", "/api/query_at_ts", R"({"path":"m:list","args":{},"ts":"/////////38="})").body,
      HasSubstr("BadTimestamp"));
  EXPECT_EQ(http_request(rig.port(), "POST", "/api/query_batch",
                         R"({"queries":[{"path":"m:list","args":{}},{"path":"m:list","args":[{}]}]})")
                .body,
            R"({"results":[{"status":"success","value":[]},{"status":"success","value":[]}]})");
}

TEST(Http, BrowsersOfAnyOriginMayCall) {
  server_rig rig;
  const auto preflight = http_request(rig.port(), "OPTIONS", "/api/query", "",
                                      {{"Origin", "http://app.test"},
                                       {"Access-Control-Request-Method", "POST"},
                                       {"Access-Control-Request-Headers", "content-type,x-mine"}});
  EXPECT_EQ(preflight.status, 200u);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "http://app.test");
  EXPECT_EQ(preflight.header("access-control-allow-headers"), "content-type,x-mine");
  const auto answer = http_request(rig.port(), "POST", "/api/query", list_args, {{"Origin", "http://app.test"}});
  EXPECT_EQ(answer.header("access-control-allow-credentials"), "true");
  EXPECT_EQ(http_request(rig.port(), "POST", "/api/query", list_args).header("access-control-allow-origin"), "");
}

TEST(Http, KeepsConnections) {
  server_rig rig;
  raw_client c(rig.port());
  c.write(
      "GET /version HTTP/1.1\r\nHost: x\r\n\r\nGET /instance_name HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string all = c.read_all();
  EXPECT_THAT(all, HasSubstr("0.1.0HTTP/1.1 200"));
  EXPECT_THAT(all, testing::EndsWith("test-instance"));
}

TEST(Http, AnswersExpectContinue) {
  server_rig rig;
  raw_client c(rig.port());
  c.write("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  c.write("ok");
  EXPECT_THAT(c.read_all(), AllOf(StartsWith("HTTP/1.1 100"), testing::EndsWith("ok")));
}

TEST(Http, SlowHeadersAreCutOff) {
  http::listener_options options;
  options.header_within = std::chrono::milliseconds(200);
  server_rig rig({}, options);
  raw_client c(rig.port());
  c.write("GET /version HTT");
  EXPECT_EQ(c.read_all(), "");
  EXPECT_TRUE(c.closed_by_peer());
}

TEST(Http, SlowAnswersTimeOut) {
  http::listener_options options;
  options.answer_within = std::chrono::milliseconds(50);
  server_rig rig({}, options);
  EXPECT_EQ(http_request(rig.port(), "POST", "/api/action", R"({"path":"m:slow","args":{}})").status, 408u);
  EXPECT_EQ(http_request(rig.port(), "GET", "/version").status, 200u);
}

TEST(Http, BodiesShareTheirRoom) {
  http::listener_options options;
  options.max_body_bytes = 1000;
  server_rig rig({}, options);
  const std::string small(600, 'x');
  raw_client first(rig.port());
  first.write("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 600\r\n\r\n");
  EXPECT_THAT(first.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
  EXPECT_EQ(http_request(rig.port(), "POST", "/echo", small).status, 503u) << "the first one's body may come yet";
  first.write(small);
  EXPECT_THAT(first.read_until(small), HasSubstr("200 OK"));
  EXPECT_EQ(http_request(rig.port(), "POST", "/echo", small).status, 200u);
}

TEST(Http, WhatIsSetAsideForABodyOfUnknownLengthGrowsWithIt) {
  http::listener_options options;
  options.max_body_bytes = 6u << 20;
  server_rig rig({}, options);
  const auto post = [&](std::size_t bytes) {
    raw_client c(rig.port());
    char size[20];
    std::snprintf(size, sizeof size, "%zx", bytes);
    c.write("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" +
            std::string(size) + "\r\n" + std::string(bytes, 'x') + "\r\n0\r\n\r\n");
    return c.read_all();
  };
  EXPECT_THAT(post(9u << 20), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(post(3u << 20), StartsWith("HTTP/1.1 200"));
}

TEST(Http, LimitsHeadersAndBodies) {
  server_rig rig;
  EXPECT_EQ(http_request(rig.port(), "GET", "/version", "", {{"X-Long", std::string(70'000, 'x')}}).status, 431u);
  raw_client announced(rig.port());
  announced.write("POST /api/query HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_THAT(announced.read_all(std::chrono::seconds(1)), StartsWith("HTTP/1.1 413"));
  raw_client chunked(rig.port());
  chunked.write("POST /api/query HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1100000\r\n");
  chunked.write(std::string(0x1100000, ' '));
  EXPECT_THAT(chunked.read_all(std::chrono::seconds(2)), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(http_request(rig.port(), "GARBAGE\x01", "/").body, testing::AnyOf("", HasSubstr("BadRequest")));
  EXPECT_EQ(http_request(rig.port(), "GET", "/version").status, 200u);
}

std::string gzip(const std::string& plain, int window_bits) {
  z_stream s{};
  deflateInit2(&s, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&s, plain.size()) + 64, '\0');
  s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  s.avail_in = static_cast<uInt>(plain.size());
  s.next_out = reinterpret_cast<Bytef*>(out.data());
  s.avail_out = static_cast<uInt>(out.size());
  deflate(&s, Z_FINISH);
  out.resize(s.total_out);
  deflateEnd(&s);
  return out;
}

TEST(Decompress, UndoesEachEncodingWithinTheLimit) {
  const std::string plain(100'000, 'a');
  EXPECT_EQ(http::decompress("gzip", gzip(plain, 31), 100'000).value(), plain);
  EXPECT_EQ(http::decompress("deflate", gzip(plain, 15), 100'000).value(), plain);
  EXPECT_EQ(http::decompress("deflate", gzip(plain, -15), 100'000).value(), plain);
  EXPECT_EQ(http::decompress("gzip", gzip(plain, 31), 99'999).error().code, "BodyTooLarge");
  EXPECT_EQ(http::decompress("gzip", gzip(plain, 31) + "x", 100'000).error().code, "BadEncoding");
  EXPECT_EQ(http::decompress("gzip", gzip(plain, 31).substr(0, 50), 100'000).error().code, "BadEncoding");
  // "hello" as brotli makes it.
  const auto brotli = decode_base64("CwKAaGVsbG8D").value();
  const std::string packed(brotli.begin(), brotli.end());
  EXPECT_EQ(http::decompress("br", packed, 5).value(), "hello");
  EXPECT_EQ(http::decompress("br", packed, 4).error().code, "BodyTooLarge");
}

TEST(ValueFormat, ExportTellsIntegersFromFloats) {
  const value v = value::make_object({{"i", value::int64(5)},
                                      {"f", 5.0},
                                      {"h", 1.5},
                                      {"z", -0.0},
                                      {"big", 1e300},
                                      {"s", "x"},
                                      {"a", hull::array{1.0}}});
  EXPECT_EQ(http::format_value(v, http::value_format::export_),
            R"({"a":[1.0],"big":1e+300,"f":5.0,"h":1.5,"i":5,"s":"x","z":-0.0})");
}

TEST(AdminKey, FitsOnlyItsInstance) {
  const auto mine = test_instance();
  const std::string key = auth::make_admin_key(mine, 1234567890);
  EXPECT_THAT(key, StartsWith("test-instance|01"));
  EXPECT_TRUE(auth::check_admin_key(mine, key));
  EXPECT_TRUE(auth::check_admin_key(mine, "dev:" + key));
  auto other_secret = mine;
  other_secret.secret[31] ^= 1;
  EXPECT_EQ(auth::check_admin_key(other_secret, key).error().code, "BadDeployKey");
  auto other_name = mine;
  other_name.name = "other";
  EXPECT_FALSE(auth::check_admin_key(other_name, key));
  for (std::size_t i = key.find('|') + 1; i < key.size(); ++i) {
    std::string bent = key;
    bent[i] = bent[i] == '0' ? '1' : '0';
    EXPECT_FALSE(auth::check_admin_key(mine, bent)) << i;
  }
  EXPECT_FALSE(auth::check_admin_key(mine, ""));
  EXPECT_FALSE(auth::check_admin_key(mine, "test-instance|"));
}

TEST(AdminKey, CarriesAUserToActAs) {
  const auto mine = test_instance();
  const std::string user = R"({"issuer":"https://i","subject":"s"})";
  const std::string key = auth::make_admin_key(mine, 1) + ":" +
                          encode_base64({reinterpret_cast<const std::uint8_t*>(user.data()), user.size()});
  const auto access = auth::check_admin_key(mine, key).value();
  ASSERT_TRUE(access.acting_as);
  EXPECT_EQ(access.acting_as->find("tokenIdentifier")->as_string(), "https://i|s");
  EXPECT_EQ(auth::check_admin_key(mine, auth::make_admin_key(mine, 1) + ":!").error().code, "BadUserAttributes");
}

}  // namespace
}  // namespace hull::test
