// Who a function runs for: what getUserIdentity answers in it and in the functions it calls, and who shares results.
#include "deployed_app.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

const sources app{{"m.js", R"js(
import { query, mutation, action, call, run, db } from './_deps/kit.js';
const who = async () => (await call("getUserIdentity", { requestId: "r" }))?.subject ?? null;
const caught = async () => { try { return await who(); } catch (e) { return "caught " + e.message; } };
const from = (kind, name) => call("actions/" + kind, { name, args: {}, requestId: "r" });
export const q = query({ handler: who });
export const mut = mutation({ handler: who });
export const act = action({ handler: who });
export const careful = query({ handler: caught });
export const carefulAction = action({ handler: caught });
export const nestedQuery = query({ handler: () => run("query", "m:q") });
export const nested = mutation({ handler: async () => [await run("query", "m:q"), await run("mutation", "m:mut"),
                                                       await run("snapshotQuery", "m:q")] });
export const calls = action({ handler: async () => [await from("query", "m:q"), await from("mutation", "m:mut"),
                                                    await from("action", "m:act")] });
export const deaf = query({ handler: () => db.all("t").then((rows) => rows.length) });
)js"}};

class auth : public testing::Test {
 protected:
  function_call as(const std::string& path, const std::string& subject) {
    function_call call = deployed_app::call(path);
    if (!subject.empty()) call.who.attributes = value::make_object({{"subject", subject}});
    return call;
  }
  std::string query_as(const std::string& path, const std::string& subject) {
    const auto result = d.app().query(as(path, subject)).value();
    return result->error ? error_text(result->error) : *result->value_json;
  }
  static std::string shown(const call_outcome& o) { return o.error ? error_text(o.error) : *o.value_json; }

  deployed_app d{app};
};

TEST_F(auth, every_function_that_a_call_leads_to_sees_its_caller) {
  EXPECT_EQ(query_as("m:nestedQuery", "ada"), "\"ada\"");
  EXPECT_EQ(shown(d.app().mutation(as("m:nested", "ada")).value()), R"(["ada","ada","ada"])");
  EXPECT_EQ(shown(d.app().action(as("m:calls", "ada")).value()), R"(["ada","ada","ada"])");
  EXPECT_EQ(shown(d.app().mutation(as("m:nested", "")).value()), "[null,null,null]");
  EXPECT_EQ(shown(d.app().action(as("m:calls", "")).value()), "[null,null,null]");
}

TEST_F(auth, users_never_share_a_result_that_depends_on_who_they_are) {
  int runs = 0;
  d.after_run = [&](const runtime::run_request&) { ++runs; };
  for (const std::string path : {"m:q", "m:nestedQuery"}) {
    EXPECT_EQ(query_as(path, "ada"), "\"ada\"");
    EXPECT_EQ(query_as(path, "bob"), "\"bob\"");
    EXPECT_EQ(query_as(path, ""), "null");
    const int before = runs;
    EXPECT_EQ(query_as(path, "ada"), "\"ada\"");
    EXPECT_EQ(query_as(path, "bob"), "\"bob\"");
    EXPECT_EQ(query_as(path, ""), "null");
    EXPECT_EQ(runs, before) << "each has one of its own";
  }
}

TEST_F(auth, users_share_what_does_not_depend_on_who_they_are) {
  int runs = 0;
  d.after_run = [&](const runtime::run_request&) { ++runs; };
  const auto first = d.app().query(as("m:deaf", "ada")).value();
  EXPECT_EQ(d.app().query(as("m:deaf", "bob")).value(), first);
  EXPECT_EQ(d.app().query(as("m:deaf", "")).value(), first);
  EXPECT_EQ(runs, 1);
}

TEST_F(auth, an_admin_who_acts_as_a_user_is_not_that_user) {
  function_call call = as("m:q", "ada");
  EXPECT_EQ(*d.app().query(call).value()->value_json, "\"ada\"");
  int runs = 0;
  d.after_run = [&](const runtime::run_request&) { ++runs; };
  call.who.admin = true;
  EXPECT_EQ(*d.app().query(call).value()->value_json, "\"ada\"");
  EXPECT_EQ(runs, 1);
}

TEST_F(auth, a_refused_token_is_thrown_where_the_user_is_asked_for) {
  const auto refused = [&](const std::string& path) {
    function_call call = deployed_app::call(path);
    call.who.refusal = failure{blame::unauthenticated, "Unauthenticated", "The token has expired.", std::nullopt};
    return call;
  };
  EXPECT_EQ(*d.app().query(refused("m:careful")).value()->value_json, "\"caught The token has expired.\"");
  EXPECT_EQ(shown(d.app().action(refused("m:carefulAction")).value()), "\"caught The token has expired.\"");
  EXPECT_EQ(first_line(d.app().query(refused("m:q")).value()->error), "Uncaught Error: The token has expired.");
  EXPECT_EQ(first_line(d.app().action(refused("m:calls")).value().error.value()).rfind("Uncaught Error: ", 0), 0u);
  EXPECT_EQ(*d.app().query(refused("m:deaf")).value()->value_json, "0") << "others do not mind";
  EXPECT_EQ(query_as("m:careful", ""), "null") << "and nobody else is told";
}

TEST_F(auth, providers_are_those_of_the_last_push) {
  EXPECT_TRUE(d.app().auth_providers().value().empty());
  sources with = app;
  with["auth.config.js"] = "export default { providers: [{ domain: 'issuer.example', applicationID: 'a' }] };";
  d.push(with);
  EXPECT_EQ(write_json(value(d.app().auth_providers().value())),
            R"([{"applicationID":"a","domain":"https://issuer.example"}])");
  d.push(app);
  EXPECT_TRUE(d.app().auth_providers().value().empty());
}

}  // namespace
}  // namespace hull::backend::functions::test
