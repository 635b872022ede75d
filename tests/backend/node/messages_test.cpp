// Lines between the backend and Node.js.
#include "node/messages.hpp"

#include <gtest/gtest.h>

namespace hull::backend::node {
namespace {

TEST(node_messages, questions_are_one_line_each) {
  const environment env{{{"A", "one\ntwo"}}, 3};
  EXPECT_EQ(run_line(7, {"/f", "a.js"}, env, "go", "[{}]", 600),
            R"({"args":"[{}]","environment":[["A","one\ntwo"]],"environmentNumber":3,"folder":"/f","function":"go",)"
            R"("id":7,"module":"a.js","timeout":600,"type":"run"})"
            "\n");
  EXPECT_EQ(describe_line(8, {"/f", "a.js"}, {}, "return 1"),
            R"({"describer":"return 1","environment":[],"environmentNumber":0,"folder":"/f","id":8,"module":"a.js",)"
            R"("type":"describe"})"
            "\n");
}

TEST(node_messages, answers_carry_a_text_or_a_failure) {
  EXPECT_EQ(answer_line(1, 2, std::string("{}")), "{\"call\":2,\"id\":1,\"text\":\"{}\",\"type\":\"answer\"}\n");
  EXPECT_EQ(answer_line(1, 2, failure{blame::user, "No", "no", value(1.0)}),
            "{\"call\":2,\"data\":\"1\",\"id\":1,\"message\":\"no\",\"type\":\"answer\"}\n");
}

TEST(node_messages, what_the_program_says_is_checked) {
  EXPECT_EQ(read_message(R"({"type":"ready","version":"v20.1.0"})")->version, "v20.1.0");
  const auto call = read_message(R"({"type":"call","id":3,"call":4,"name":"n","args":"{}"})").value();
  EXPECT_EQ(call.id, 3u);
  EXPECT_EQ(call.call, 4);
  EXPECT_EQ(call.name + call.args_json, "n{}");
  const auto log = read_message(R"({"type":"log","id":3,"level":"WARN","messages":["a",5,"b"],"timestamp":9})").value();
  EXPECT_EQ(log.line.to_text(), "[WARN] a b");
  EXPECT_EQ(log.line.timestamp_ms, 9);
  const auto done = read_message(R"({"type":"done","id":3,"error":{"message":"m","name":"E"},"exiting":true})").value();
  EXPECT_FALSE(done.value);
  EXPECT_EQ(done.error.message + *done.error.name, "mE");
  EXPECT_TRUE(done.exiting);
  for (const char* bad : {"", "no JSON", "[]", "7", R"({"type":"other"})", R"({"id":1})"})
    EXPECT_FALSE(read_message(bad)) << bad;
  EXPECT_EQ(read_message(R"({"type":"done","id":-1,"error":7})")->error.message, "unknown error");
}

}  // namespace
}  // namespace hull::backend::node
