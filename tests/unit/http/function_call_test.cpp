// What a function call looks like as HTTP, and how answers are judged.
#include <hull/http/function_call.hpp>
#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::detail {
namespace {

net::http_response answer_of(unsigned status, std::string body) {
  net::http_response r;
  r.status = status;
  r.body = std::move(body);
  r.url = "http://d.example/api/query?secret=1";
  return r;
}

TEST(http_function_call, requests) {
  function_call call{'Q', "/api/query", "m:list", value::make_object({{"big", value::int64(5151996)}, {"n", 1}}), {}, {}};
  EXPECT_EQ(encode_function_call(call),
            R"({"path":"m:list","format":"convex_encoded_json","args":[{"big":{"$integer":"/JxOAAAAAAA="},"n":1}]})");
  call.ts = "AAAAAAAAAAA=";
  call.args = hull::object{};
  EXPECT_EQ(encode_function_call(call), R"({"path":"m:list","format":"convex_encoded_json","args":[{}],"ts":"AAAAAAAAAAA="})");
  function_call any{'?', "/api/function", "m:\"x", hull::object{}, {}, "part"};
  EXPECT_EQ(encode_function_call(any), R"({"path":"m:\"x","componentPath":"part","format":"convex_encoded_json","args":{}})");
}

TEST(http_function_call, values_and_failures) {
  const function_call call{'Q', "/api/query", "m:f", hull::object{}, {}, {}};
  const auto good = read_function_answer(call, answer_of(200, R"({"status":"success","value":{"$integer":"AQAAAAAAAAA="},"logLines":["[WARN] 'a'","[LOG] b",7]})"));
  ASSERT_TRUE(good.outcome.has_value()) << good.outcome.error().message;
  EXPECT_EQ(*good.outcome, value::int64(1));
  ASSERT_EQ(good.log.size(), 2u);
  EXPECT_EQ(good.log[0], std::pair(log_level::warning, std::string("[CONVEX Q(m:f)] [WARN] 'a'")));
  EXPECT_EQ(good.log[1], std::pair(log_level::info, std::string("[CONVEX Q(m:f)] [LOG] b")));
  EXPECT_TRUE(read_function_answer(call, answer_of(200, R"({"status":"success"})")).outcome->is_null());

  for (const unsigned status : {200u, 560u}) {
    const auto bad = read_function_answer(call, answer_of(status, R"({"status":"error","errorMessage":"No!","errorData":{"code":7},"logLines":["[LOG] x"]})"));
    ASSERT_TRUE(bad.outcome.has_error());
    EXPECT_EQ(bad.outcome.error().code, errc::function_failed);
    EXPECT_EQ(bad.outcome.error().message, "No!") << "the bare text of the server";
    ASSERT_TRUE(bad.outcome.error().data);
    EXPECT_EQ(*bad.outcome.error().data, value::make_object({{"code", 7}}));
    EXPECT_EQ(bad.outcome.error().log_lines, std::vector<std::string>{"[LOG] x"});
  }
  const auto null_data = read_function_answer(call, answer_of(200, R"({"status":"error","errorMessage":"m","errorData":null})"));
  EXPECT_TRUE(null_data.outcome.error().data) << "null is data, too";
  EXPECT_FALSE(read_function_answer(call, answer_of(200, R"({"status":"error","errorMessage":"m"})")).outcome.error().data);
}

TEST(http_function_call, refusals) {
  struct { unsigned status; const char* body; errc code; const char* message; } const cases[] = {
      {401, R"({"code":"Unauthenticated","message":"Could not verify"})", errc::unauthenticated, "Unauthenticated: Could not verify (HTTP 401 from http://d.example/api/query)"},
      {403, R"({"code":"Forbidden","message":"no"})", errc::unauthenticated, "Forbidden: no (HTTP 403"},
      {400, R"({"code":"BadFormat","message":"x"})", errc::function_failed, "BadFormat: x (HTTP 400"},
      {404, "<html>", errc::function_failed, "<html> (HTTP 404"},
      {429, "", errc::network, "The deployment refused the request (HTTP 429"},
      {503, R"({"code":"OCC","message":"again"})", errc::network, "OCC: again (HTTP 503"},
      {308, "", errc::bad_message, "(HTTP 308"},
      {200, "not json", errc::bad_message, "Invalid response: "},
      {200, "[]", errc::bad_message, "Invalid response: "},
      {200, R"({"status":"maybe"})", errc::bad_message, "Invalid response: its status is neither"},
      {200, R"({"status":7})", errc::bad_message, "Invalid response: it has no status"},
      {560, "gateway", errc::bad_message, "Invalid response: "},
  };
  const function_call call{'Q', "/api/query", "m:f", hull::object{}, {}, {}};
  for (const auto& c : cases) {
    const auto judged = read_function_answer(call, answer_of(c.status, c.body));
    ASSERT_TRUE(judged.outcome.has_error()) << c.body;
    EXPECT_EQ(judged.outcome.error().code, c.code) << c.status;
    EXPECT_NE(judged.outcome.error().message.find(c.message), std::string::npos) << judged.outcome.error().message;
  }
  EXPECT_LT(read_function_answer(call, answer_of(500, std::string(60'000, 'x'))).outcome.error().message.size(), 700u);
}

TEST(http_function_call, admin) {
  EXPECT_EQ(admin_authorization("prod:name|key", {}), "Convex prod:name|key");
  EXPECT_EQ(admin_authorization("k", value::make_object({{"sub", "u"}})), "Convex k:eyJzdWIiOiJ1In0=");
}

}  // namespace
}  // namespace hull::detail
