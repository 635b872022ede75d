// What callers get: results, and the texts of everything that can be wrong with a call.
#include "deployed_app.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

constexpr const char* module_m = R"js(
import { query, mutation, action, db, run, object, call, sync, ConvexError } from "./_deps/kit.js";
const text = { type: "string" };
export const echo = query({ args: object({ a: text }), handler: (args) => args });
export const loose = query({ handler: (...args) => args });
export const secret = query({ internal: true, handler: () => 1 });
export const wrong_return = query({ returns: text, handler: () => 1 });
export const wide_return = query({ handler: () => Array(9000).fill(0) });
export const deep_return = query({ handler: () => { let a = []; for (let i = 0; i < 70; ++i) a = [a]; return a; } });
export const wide_insert = mutation({ handler: () => db.insert("t", { a: Array(9000).fill(0) }) });
export const odd_return = query({ handler: () => ({ $odd: 1 }) });
export const write = mutation({ handler: () => db.insert("t", { a: 1 }) });
export const act = action({ handler: () => 1 });
export const boom = query({ handler: () => { console.log("before", 1); throw new Error("boom"); } });
export const custom = query({ handler: () => { throw new ConvexError({ code: 7 }); } });
export const own_error = query({ args: object({ id: { type: "id", tableName: "t" } }), handler: () => 1 });
export const write_in_query = query({ handler: () => db.insert("t", { a: 1 }) });
export const unknown = query({ handler: () => call("nothing", {}) });
export const unknown_sync = query({ handler: () => sync("nothing", {}) });
export const handle = mutation({ handler: () => call("createFunctionHandle", {}) });
export const bad_get = query({ handler: () => call("get", {}) });
export const loud = query({ handler: () => { for (let i = 0; i < 300; ++i) console.log(i); } });
export const numbers = query({ handler: () => ({ z: 1, a: [1.5, null, true] }) });
export default query({ handler: () => "the default" });
)js";

class calls : public testing::Test {
 protected:
  deployed_app d{{{"m.js", module_m}}};
};

struct refused_call {
  const char* path;
  const char* args;
  const char* text;  ///< First line of the error.
};

TEST_F(calls, are_refused_with_the_texts_that_clients_know) {
  const refused_call cases[] = {
      {"m:nothing", "[{}]",
       "Could not find public function for 'm:nothing'. Did you forget to run `npx convex dev` or `npx convex "
       "deploy`?"},
      {"gone", "[{}]",
       "Could not find public function for 'gone'. Did you forget to run `npx convex dev` or `npx convex deploy`?"},
      {"m:secret", "[{}]",
       "Could not find public function for 'm:secret'. Did you forget to run `npx convex dev` or `npx convex deploy`?"},
      {"m:write", "[{}]", "Trying to execute m.js:write as Query, but it is defined as Mutation."},
      {"m:act", "[{}]", "Trying to execute m.js:act as Query, but it is defined as Action."},
      {"m:echo", "[{}]",
       "ArgumentValidationError: Object is missing the required field `a`. Consider wrapping the field validator in "
       "`v.optional(...)` if this is expected."},
      {"m:echo", "[{\"a\":\"x\",\"b\":1}]",
       "ArgumentValidationError: Object contains extra field `b` that is not in the validator."},
      {"m:echo", "[{\"a\":1}]", "ArgumentValidationError: Value does not match validator."},
      {"m:echo", "[1]",
       "ArgumentValidationError: Expected to receive an object as the function's argument. Instead received: 1.0"},
      {"m:echo", "[]",
       "ArgumentValidationError: Expected to receive a single object as the function's argument. Instead received 0 "
       "arguments: []"},
      {"m:own_error", "[{\"id\":\"x\"}]", "ArgumentValidationError: Value does not match validator."},
      {"m:wrong_return", "[{}]", "ReturnsValidationError: Value does not match validator."},
      {"_system/cli/tables", "[{}]",
       "Could not find function for '_system/cli/tables'. This version of hull-backend has no such system function."},
  };
  for (const refused_call& c : cases) EXPECT_EQ(first_line(d.query(c.path, c.args)->error), c.text);
}

TEST_F(calls, with_arguments_that_are_no_values_are_refused) {
  EXPECT_EQ(first_line(d.query("m:echo", "[{\"$a\":1}]")->error).rfind("Invalid arguments for m.js:echo: ", 0), 0u);
  EXPECT_EQ(first_line(d.query("m:echo", "{").get()->error).rfind("Invalid arguments for m.js:echo: ", 0), 0u);
  EXPECT_EQ(first_line(d.query("m:echo", "{}").get()->error), "Invalid arguments for m.js:echo: expected an array");
}

TEST_F(calls, with_values_that_are_too_large_say_how_large_one_may_be) {
  EXPECT_EQ(first_line(d.query("m:wide_return")->error),
            "Function m:wide_return return value invalid: Array length is too long (9000 > maximum length 8192)");
  EXPECT_NE(error_text(d.query("m:deep_return")->error)
                .find("Function m:deep_return return value invalid: Value is too "
                      "nested"),
            std::string::npos)
      << error_text(d.query("m:deep_return")->error);
  const std::string refused = error_text(d.mutation("m:wide_insert").error);
  EXPECT_NE(refused.find("for `db.insert`: Array length is too long (9000 > maximum length 8192)"), std::string::npos)
      << refused;
}

TEST_F(calls, with_a_path_that_is_none_are_the_business_of_the_transport) {
  const auto result = d.app().query(deployed_app::call("messages.list"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "BadConvexFunctionIdentifier");
  EXPECT_EQ(result.error().http_status(), 400);
}

TEST_F(calls, of_a_component_find_nothing) {
  function_call call = deployed_app::call("m:echo");
  call.component_path = "limiter";
  EXPECT_EQ(first_line(d.app().query(call).value()->error), "Could not find function for 'm:echo' in 'limiter'.");
}

TEST_F(calls, give_canonical_values) {
  EXPECT_EQ(*d.query("m:echo", "[ { \"a\" : \"\\u0061\" } ]")->value_json, "{\"a\":\"a\"}");
  EXPECT_EQ(*d.query("m:numbers")->value_json, "{\"a\":[1.5,null,true],\"z\":1}");
  EXPECT_EQ(*d.query("m:loose", "[1,2]")->value_json, "[1,2]");
  EXPECT_EQ(*d.query("m")->value_json, "\"the default\"");
}

TEST_F(calls, tell_what_was_thrown_and_what_was_logged) {
  const auto result = d.query("m:boom");
  ASSERT_TRUE(result->error);
  EXPECT_EQ(result->error->message.rfind("[Request ID: 0123456789abcdef] Server Error\nUncaught Error: boom\n", 0), 0u)
      << result->error->message;
  EXPECT_FALSE(result->error->data);
  EXPECT_EQ(result->value_json, nullptr);
  EXPECT_EQ(result->log_lines, std::vector<std::string>{"[LOG] 'before' 1"});

  const auto custom = d.query("m:custom");
  ASSERT_TRUE(custom->error && custom->error->data);
  EXPECT_EQ(*custom->error->data, value::make_object({{"code", 7}}));
}

TEST_F(calls, cannot_do_what_their_kind_or_this_version_cannot) {
  const refused_call cases[] = {
      {"m:write_in_query", "[{}]",
       "Uncaught Error: `db.insert` is not available in queries: only mutations can write."},
      {"m:unknown", "[{}]", "Uncaught Error: Unknown async operation 1.0/nothing"},
      {"m:unknown_sync", "[{}]", "Uncaught Error: Unknown operation 1.0/nothing"},
      {"m:bad_get", "[{}]", "Uncaught Error: Invalid arguments for `db.get`: missing field `id`"},
  };
  for (const refused_call& c : cases) EXPECT_EQ(first_line(d.query(c.path, c.args)->error), c.text);
  EXPECT_EQ(
      first_line(d.mutation("m:handle").error),
      "Uncaught Error: The operation `1.0/createFunctionHandle` is not supported by this version of hull-backend yet.");
}

TEST_F(calls, keep_no_more_than_256_log_lines) {
  const auto lines = d.query("m:loud")->log_lines;
  ASSERT_EQ(lines.size(), 256u);
  EXPECT_EQ(lines[254], "[LOG] 254");
  EXPECT_EQ(lines[255], "[ERROR] Log overflow (maximum 256). Remaining log lines omitted.");
}

TEST_F(calls, by_an_admin_reach_internal_functions_of_any_kind) {
  function_call call = deployed_app::call("m:secret");
  call.allow_internal = true;
  call.who.admin = true;
  EXPECT_EQ(*d.app().query(call).value()->value_json, "1");
  EXPECT_EQ(*d.app().any_function(call).value().value_json, "1");
  call.path = "m:act";
  EXPECT_EQ(*d.app().any_function(call).value().value_json, "1");
  call.path = "m:write";
  EXPECT_GT(d.app().any_function(call).value().ts, 0u);
  call.path = "m:nothing";
  EXPECT_EQ(first_line(d.app().any_function(call).value().error).rfind("Could not find function for 'm:nothing'", 0),
            0u);
}

TEST_F(calls, equal_results_have_equal_digests) {
  const auto one = d.query("m:boom");
  function_call again = deployed_app::call("m:boom");
  again.request_id = "ffffffffffffffff";
  EXPECT_EQ(one->digest, d.app().query(again).value()->digest);
  EXPECT_NE(one->digest, d.query("m:numbers")->digest);
}

}  // namespace
}  // namespace hull::backend::functions::test
