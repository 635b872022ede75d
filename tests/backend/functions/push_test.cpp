// The push protocol from its first question to a running function, and environment variables.
#include "deployed_app.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

sources version(const std::string& text) {
  return {{"m.js",
           "import { query, mutation, db, object } from './_deps/kit.js';\n"
           "export const f = query({ args: object({}), handler: () => '" +
               text +
               "' });\n"
               "export const env = query({ handler: () => process.env.COLOUR ?? null });\n"
               "export const add = mutation({ handler: (row) => db.insert('t', row) });\n"}};
}

constexpr const char* one_table =
    "[{ tableName: 't', indexes: [{ indexDescriptor: 'by_a', fields: ['a'] }], searchIndexes: [], vectorIndexes: [],"
    "   documentType: { type: 'object', value: { a: { fieldType: { type: 'string' }, optional: false } } } }]";

std::string answer(deployed_app& d, const std::string& path) {
  const auto result = d.query(path);
  return result->error ? result->error->message : *result->value_json;
}

TEST(push, answers_with_every_key_that_the_cli_checks) {
  deployed_app d;
  const value started = d.app().start_push(deployed_app::push_body(version("1"), schema_with(one_table))).value();
  for (const char* key : {"environmentVariables", "externalDepsId", "componentDefinitionPackages", "appAuth",
                          "analysis", "app", "schemaChange", "pushToken"})
    EXPECT_NE(started.find(key), nullptr) << key;
  const value* root = started.find("analysis")->find("");
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(write_json(*root->find("definition")),
            "{\"childComponents\":[],\"definitionType\":{\"type\":\"app\"},\"envVars\":null,"
            "\"exports\":{\"branch\":[],\"type\":\"branch\"},\"httpMounts\":{},\"path\":\"\"}");
  const value* functions = root->find("functions");
  EXPECT_EQ(functions->find("_deps/kit.js"), nullptr);
  const value& f = functions->find("m.js")->find("functions")->as_array().at(0);
  for (const char* key : {"name", "pos", "udfType", "visibility", "args", "returns"})
    EXPECT_NE(f.find(key), nullptr) << key;
  const value* config = root->find("udfConfig");
  EXPECT_EQ(*config->find("serverVersion"), value("1.48.0"));
  EXPECT_EQ(config->find("importPhaseRngSeed")->as_bytes().size(), 32u);
  EXPECT_EQ(
      write_json(*started.find("app")),
      "{\"args\":{},\"childComponents\":{},\"componentPath\":\"\",\"definitionPath\":\"\",\"env\":{},\"exports\":{},"
      "\"httpPrefix\":null,\"httpRoutes\":{\"httpModuleRoutes\":null,\"mounts\":[]}}");
  const value* change = started.find("schemaChange");
  EXPECT_TRUE(change->find("schemaIds")->find("")->is_string());
  EXPECT_EQ(write_json(*change->find("indexDiffs")->find("")->find("added_indexes")),
            "[{\"fields\":[\"a\",\"_creationTime\"],\"name\":\"t.by_a\",\"staged\":false,\"type\":\"database\"}]");
}

TEST(push, finishes_with_what_has_changed) {
  deployed_app d;
  const value first = *d.push(version("1"), schema_with(one_table)).find("componentDiffs")->find("");
  EXPECT_EQ(write_json(*first.find("diffType")), "{\"type\":\"create\"}");
  EXPECT_EQ(write_json(*first.find("moduleDiff")), "{\"added\":[\"m.js\"],\"removed\":[]}");
  EXPECT_TRUE(first.find("udfConfigDiff")->is_null());
  EXPECT_TRUE(first.find("schemaDiff")->find("previous_schema")->is_null());
  EXPECT_EQ(first.find("indexDiff")->find("added_indexes")->as_array().size(), 1u);

  sources next = version("2");
  next["n.js"] = "export {};";
  const value second = *d.push(next, schema_with(one_table)).find("componentDiffs")->find("");
  EXPECT_EQ(write_json(*second.find("diffType")), "{\"type\":\"modify\"}");
  EXPECT_EQ(write_json(*second.find("moduleDiff")), "{\"added\":[\"n.js\"],\"removed\":[]}");
  EXPECT_TRUE(second.find("schemaDiff")->is_null());
  EXPECT_EQ(write_json(*second.find("cronDiff")), "{\"added\":[],\"deleted\":[],\"updated\":[]}");
  EXPECT_EQ(answer(d, "m:f"), "\"2\"");
}

TEST(push, enforces_the_schema_that_it_brought) {
  deployed_app d(version("1"), schema_with(one_table));
  EXPECT_FALSE(d.mutation("m:add", "[{\"a\":\"x\"}]").error);
  EXPECT_TRUE(d.mutation("m:add", "[{\"a\":1}]").error);
}

TEST(push, a_second_one_sends_no_module_that_is_there) {
  deployed_app d(version("1"));
  const value hashes = d.app().config_hashes(value()).value();
  EXPECT_EQ(*hashes.find("udfServerVersion"), value("1.48.0"));
  array unchanged;
  for (const value& module : hashes.find("moduleHashes")->as_array())
    unchanged.push_back(value::make_object({{"path", *module.find("path")},
                                            {"sha256", *module.find("hash")},
                                            {"environment", *module.find("environment")}}));
  EXPECT_EQ(unchanged.size(), 2u);
  object body = deployed_app::push_body({}).as_object();
  object app = body.find("appDefinition")->as_object();
  app.set("changedModules", array{});
  app.set("unchangedModuleHashes", unchanged);
  body.set("appDefinition", app);
  const value started = d.app().start_push(body).value();
  d.app().finish_push(value::make_object({{"startPush", started}})).value();
  EXPECT_EQ(answer(d, "m:f"), "\"1\"");
}

TEST(push, on_a_fresh_deployment_there_is_nothing_to_compare) {
  deployed_app d;
  const value hashes = d.app().config_hashes(value()).value();
  EXPECT_TRUE(hashes.find("moduleHashes")->as_array().empty());
  EXPECT_TRUE(hashes.find("udfServerVersion")->is_null());
}

TEST(push, invalidates_live_queries_and_only_when_something_changed) {
  deployed_app d(version("1"));
  const auto before = d.query("m:f");
  d.push(version("1"));
  auto& db = d.app().db();
  EXPECT_TRUE(db.unchanged(*before->reads, before->ts, db.latest_ts()));
  d.push(version("2"));
  EXPECT_FALSE(db.unchanged(*before->reads, before->ts, db.latest_ts()));
  EXPECT_EQ(answer(d, "m:f"), "\"2\"");
  EXPECT_EQ(*d.app().query(deployed_app::call("m:f"), before->ts).value()->value_json, "\"1\"");
}

TEST(push, that_nobody_finishes_changes_nothing) {
  deployed_app d(version("1"));
  d.app().start_push(deployed_app::push_body(version("2"))).value();
  EXPECT_EQ(answer(d, "m:f"), "\"1\"");
  const value started = d.app().start_push(deployed_app::push_body(version("2"))).value();
  const value diff = d.app().finish_push(value::make_object({{"startPush", started}, {"dryRun", true}})).value();
  EXPECT_EQ(write_json(diff),
            "{\"authDiff\":{\"added\":[],\"removed\":[]},\"componentDiffs\":{},\"definitionDiffs\":{}}");
  EXPECT_EQ(answer(d, "m:f"), "\"1\"");
}

TEST(push, evaluation_reports_the_schema_change_alone) {
  deployed_app d;
  const value result = d.app().evaluate_push(deployed_app::push_body(version("1"), schema_with(one_table))).value();
  EXPECT_EQ(result.find("schemaChange")->find("indexDiffs")->find("")->find("added_indexes")->as_array().size(), 1u);
  EXPECT_TRUE(d.app().config_hashes(value()).value().find("moduleHashes")->as_array().empty());
}

TEST(push, of_which_the_backend_knows_nothing_is_to_be_repeated) {
  deployed_app d;
  const auto unknown =
      d.app().finish_push(value::make_object({{"startPush", value::make_object({{"pushToken", "00"}})}}));
  EXPECT_EQ(unknown.error().code, "RaceDetected");
  EXPECT_EQ(d.app().finish_push(value()).error().code, "BadJsonBody");
}

TEST(push, keeps_the_last_eight) {
  deployed_app d;
  const value first = d.app().start_push(deployed_app::push_body(version("1"))).value();
  for (int i = 0; i < 8; ++i) d.app().start_push(deployed_app::push_body(version("1"))).value();
  EXPECT_EQ(d.app().finish_push(value::make_object({{"startPush", first}})).error().code, "RaceDetected");
}

TEST(push, that_cannot_be_evaluated_says_why) {
  deployed_app d;
  const auto broken = d.app().start_push(deployed_app::push_body({{"m.js", "throw new Error('at import');"}}));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "InvalidModules");
  EXPECT_EQ(broken.error().message.rfind("Hit an error while pushing:\nFailed to analyze m.js: ", 0), 0u)
      << broken.error().message;
  EXPECT_NE(broken.error().message.find("at import"), std::string::npos);

  const auto schema = d.app().start_push(deployed_app::push_body({}, "export default 7;"));
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().code, "InvalidSchema");

  const auto index = d.app().start_push(deployed_app::push_body(
      {}, schema_with("[{ tableName: 't', indexes: [{ indexDescriptor: 'i', fields: ['gone'] }],"
                      "   documentType: { type: 'object', value: {} } }]")));
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code, "SchemaDefinitionError");
  EXPECT_EQ(index.error().message,
            "Hit an error while pushing:\nIn table \"t\" the index \"i\" is invalid because it references the field "
            "gone that does not exist.");

  const auto auth = d.app().start_push(deployed_app::push_body(
      {{"auth.config.js", "export default { providers: [{ domain: process.env.DOMAIN, applicationID: 'a' }] };"}}));
  ASSERT_FALSE(auth);
  EXPECT_EQ(auth.error().code, "AuthConfigMissingEnvironmentVariable");
  EXPECT_NE(
      auth.error().message.find("Environment variable DOMAIN is used in auth config file but its value was not set"),
      std::string::npos);
}

TEST(push, checks_that_the_targets_of_crons_can_run) {
  const auto refused = [](const std::string& target) {
    deployed_app d;
    const auto result = d.app().start_push(deployed_app::push_body(
        {{"m.js", "import { query } from './_deps/kit.js';\nexport const q = query({ handler: () => 1 });"},
         {"crons.js", "export default { isCrons: true, export: () => JSON.stringify({ tick: { name: '" + target +
                          "', args: [{}], schedule: { type: 'interval', seconds: 5 } } }) };"}}));
    return result ? std::string() : result.error().message;
  };
  EXPECT_EQ(refused("m:gone"),
            "Hit an error while pushing:\nThe cron job 'tick' schedules a function that does not exist: "
            "m.js:gone");
  EXPECT_NE(refused("m:q").find("schedules a query function, only actions and mutations can be scheduled: m.js:q"),
            std::string::npos);
}

TEST(push, puts_crons_live_and_tells_how_they_differ) {
  const auto crons = [](const std::string& jobs) {
    return sources{
        {"m.js", "import { mutation } from './_deps/kit.js';\nexport const f = mutation({ handler: () => 1 });"},
        {"crons.js",
         "const f = { name: 'm:f', args: [{}] };\nconst every = (seconds) => ({ ...f, schedule: "
         "{ type: 'interval', seconds } });\n"
         "export default { isCrons: true, export: () => JSON.stringify(" +
             jobs + ") };"}};
  };
  const auto diff = [](const value& finished) {
    return write_json(*finished.find("componentDiffs")->find("")->find("cronDiff"));
  };
  const auto stored = [](deployed_app& d) {
    auto tx = d.app().db().begin();
    std::string names;
    for (const value& row : tx.lookup("_cron_jobs", "by_name", {}).value())
      names += row.find("name")->as_string() + " ";
    return names;
  };
  deployed_app d;
  EXPECT_EQ(diff(d.push(crons("{ a: every(5), b: every(5) }"))), R"({"added":["a","b"],"deleted":[],"updated":[]})");
  EXPECT_EQ(stored(d), "a b ");
  const value started = d.app().start_push(deployed_app::push_body(crons("{ b: every(6), c: every(5) }"))).value();
  EXPECT_EQ(stored(d), "a b ") << "not before the push is finished";
  EXPECT_EQ(diff(d.app().finish_push(value::make_object({{"startPush", started}, {"dryRun", false}})).value()),
            R"({"added":["c"],"deleted":["a"],"updated":["b"]})");
  EXPECT_EQ(stored(d), "b c ");
}

TEST(push, refuses_crons_whose_times_are_none) {
  const auto refused = [](const std::string& expression) {
    deployed_app d;
    const auto result = d.app().start_push(deployed_app::push_body(
        {{"m.js", "import { mutation } from './_deps/kit.js';\nexport const f = mutation({ handler: () => 1 });"},
         {"crons.js",
          "export default { isCrons: true, export: () => JSON.stringify({ tick: { name: 'm:f', args: [{}], "
          "schedule: { type: 'cron', cron: '" +
              expression + "' } } }) };"}}));
    return result ? std::string() : result.error().message;
  };
  EXPECT_EQ(refused("* * * * *"), "");
  EXPECT_EQ(refused("every day"),
            "Hit an error while pushing:\nThe cron job 'tick' has an invalid schedule: "
            "\"every day\" is not a valid cron expression");
  EXPECT_EQ(refused("0 0 30 2 *"),
            "Hit an error while pushing:\nThe cron job 'tick' has an invalid schedule: "
            "\"0 0 30 2 *\" matches no time at all");
}

TEST(push, reports_a_schema_that_documents_break) {
  deployed_app d(version("1"));
  d.mutation("m:add", "[{\"a\":1}]");
  const value started = d.app().start_push(deployed_app::push_body(version("1"), schema_with(one_table))).value();
  const value state =
      d.app()
          .wait_for_schema(value::make_object({{"schemaChange", *started.find("schemaChange")}, {"timeoutMs", 5000}}))
          .value();
  EXPECT_EQ(*state.find("type"), value("failed"));
  EXPECT_EQ(*state.find("tableName"), value("t"));
  EXPECT_EQ(*state.find("componentPath"), value(""));
}

TEST(push, of_routes_is_accepted) {
  deployed_app d;
  d.push({{"http.js",
           "import { query } from './_deps/kit.js';\n"
           "const handler = () => {}; handler.isHttp = true; handler.invokeHttpAction = () => {};\n"
           "export default { isRouter: true, getRoutes: () => [['/hello', 'GET', handler]] };"},
          {"m.js", "import { mutation } from './_deps/kit.js';\nexport const f = mutation({ handler: () => 1 });"}});
  EXPECT_EQ(d.log, std::vector<std::string>{});
}

TEST(environment, reaches_functions_and_runs_their_readers_again) {
  deployed_app d(version("1"));
  EXPECT_EQ(answer(d, "m:env"), "null");
  const auto indifferent = d.query("m:f");
  d.app().update_environment_variables({{"COLOUR", "blue"}}).value();
  EXPECT_EQ(answer(d, "m:env"), "\"blue\"");
  auto& db = d.app().db();
  EXPECT_TRUE(db.unchanged(*indifferent->reads, indifferent->ts, db.latest_ts()));
  d.app().update_environment_variables({{"COLOUR", std::nullopt}, {"GONE", std::nullopt}}).value();
  EXPECT_EQ(answer(d, "m:env"), "null");
  EXPECT_TRUE(d.app().environment_variables().value().empty());
}

TEST(environment, refuses_names_and_values) {
  deployed_app d;
  struct refusal {
    std::string name, text, code;
  };
  const refusal cases[] = {{"1A", "", "EnvironmentVariableNameInvalid"},
                           {"A-B", "", "EnvironmentVariableNameInvalid"},
                           {"", "", "EnvironmentVariableNameInvalid"},
                           {std::string(257, 'A'), "", "EnvironmentVariableNameTooLong"},
                           {"A", std::string(8193, 'x'), "EnvironmentVariableValueTooLarge"},
                           {"CONVEX_CLOUD_URL", "x", "EnvironmentVariableNameReserved"}};
  for (const refusal& c : cases)
    EXPECT_EQ(d.app().update_environment_variables({{c.name, c.text}}).error().code, c.code) << c.name;
}

TEST(environment, a_change_in_the_middle_of_a_push_stops_it) {
  deployed_app d;
  const value started = d.app().start_push(deployed_app::push_body(version("1"))).value();
  d.app().update_environment_variables({{"COLOUR", "blue"}}).value();
  const auto finished = d.app().finish_push(value::make_object({{"startPush", started}}));
  EXPECT_EQ(finished.error().code, "RaceDetected");
  EXPECT_EQ(finished.error().message, "Environment variables have changed during push");
}

TEST(environment, changes_the_auth_config_that_uses_it) {
  deployed_app d;
  d.app().update_environment_variables({{"DOMAIN", "one.example"}}).value();
  const value diff = d.push(
      {{"auth.config.js", "export default { providers: [{ domain: process.env.DOMAIN, applicationID: 'a' }] };"}});
  EXPECT_EQ(
      write_json(*diff.find("authDiff")),
      "{\"added\":[\"{\\\"applicationID\\\":\\\"a\\\",\\\"domain\\\":\\\"https://one.example\\\"}\"],\"removed\":[]}");
  d.app().update_environment_variables({{"DOMAIN", "two.example"}}).value();
  const value hashes = d.app().config_hashes(value()).value();
  EXPECT_EQ(write_json(*hashes.find("config")->find("authInfo")),
            "[{\"applicationID\":\"a\",\"domain\":\"https://two.example\"}]");
  const auto removed = d.app().update_environment_variables({{"DOMAIN", std::nullopt}});
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().message.rfind("This change would make the auth config invalid", 0), 0u);
}

TEST(system_queries, answer_admins) {
  deployed_app d(version("1"), schema_with(one_table));
  d.mutation("m:add", "[{\"a\":\"x\"}]");
  d.app().update_environment_variables({{"COLOUR", "blue"}}).value();
  const auto ask = [&](const std::string& path, const std::string& args) {
    function_call call = deployed_app::call(path, args);
    call.who.admin = true;
    const auto result = d.app().query(call).value();
    return result->error ? result->error->message : *result->value_json;
  };
  EXPECT_EQ(ask("_system/cli/tables", "[{}]"),
            "{\"continueCursor\":\"end\",\"isDone\":true,\"page\":[{\"name\":\"t\"}]}");
  EXPECT_EQ(ask("_system/cli/tableSize", "[{\"tableName\":\"t\"}]"), "1");
  EXPECT_EQ(ask("_system/cli/queryEnvironmentVariables:get", "[{\"name\":\"COLOUR\"}]"),
            "{\"name\":\"COLOUR\",\"value\":\"blue\"}");
  EXPECT_EQ(ask("_system/cli/convexUrl:cloudUrl", "[{}]"), "\"http://127.0.0.1:3210\"");
  EXPECT_NE(ask("_system/cli/modules:apiSpec", "[{}]").find("\"identifier\":\"m.js:f\""), std::string::npos);
  const std::string page =
      ask("_system/cli/tableData",
          "[{\"table\":\"t\",\"order\":\"asc\",\"paginationOpts\":{\"cursor\":null,\"numItems\":5}}]");
  EXPECT_NE(page.find("\"a\":\"x\""), std::string::npos) << page;
  EXPECT_TRUE(d.query("_system/cli/tables")->error) << "what an admin asked must not reach others";
}

}  // namespace
}  // namespace hull::backend::functions::test
