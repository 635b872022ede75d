// What `defineApp()` declares: environment variables that must be set. And what of a push comes back from the store.
#include "deployed_app.hpp"

#include "functions/declared_environment.hpp"
#include "functions/deployment.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

/// Body of start_push for an app without modules that declares this.
value body_with(const std::string& fields) { return with_app(deployed_app::push_body({}), fields); }

outcome<value> push(deployed_app& d, const value& body) {
  auto started = d.app().start_push(body);
  if (!started) return started;
  return d.app().finish_push(value::make_object({{"startPush", *started}, {"dryRun", false}}));
}

std::string declaration(const std::string& name, const std::string& validator, bool optional = false) {
  return "['" + name + "', { type: 'value', value: JSON.stringify(" + validator + ")" +
         (optional ? ", optional: true" : "") + " }]";
}

const std::string text = "{ type: 'string' }";
const std::string mode =
    "{ type: 'union', value: [{ type: 'literal', value: 'fast' }, { type: 'literal', value: 'slow' }] }";
/// Two that must be set, and one that need not.
const std::string declarations = "envVars: [" + declaration("TOKEN", text) + ", " + declaration("MODE", mode) + ", " +
                                 declaration("NOTE", text, true) + "]";

TEST(declared_environment, must_be_set_before_a_push_goes_live) {
  deployed_app d;
  const auto refused = push(d, body_with(declarations));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "MissingEnvironmentVariables");
  EXPECT_EQ(refused.error().http_status(), 400);
  EXPECT_EQ(refused.error().message,
            "Required environment variables are not set: MODE, TOKEN. Set them in the Convex dashboard or CLI before "
            "pushing.");
  EXPECT_TRUE(d.app().config_hashes(value()).value().find("moduleHashes")->as_array().empty()) << "nothing went live";

  d.app().update_environment_variables({{"TOKEN", ""}, {"MODE", "idle"}}).value();
  const auto unfit = push(d, body_with(declarations));
  ASSERT_FALSE(unfit);
  EXPECT_EQ(unfit.error().code, "InvalidEnvironmentVariable");
  EXPECT_EQ(unfit.error().message,
            "Environment variable MODE does not match its declared validator: it must be v.union(v.literal(\"fast\"), "
            "v.literal(\"slow\")).");

  d.app().update_environment_variables({{"MODE", "slow"}}).value();
  EXPECT_TRUE(push(d, body_with(declarations)));
}

TEST(declared_environment, does_not_ask_for_what_is_built_in_or_of_dry_runs) {
  deployed_app d;
  EXPECT_TRUE(push(d, body_with("envVars: [" + declaration("CONVEX_SITE_URL", text) + "]")));
  const value started = d.app().start_push(body_with(declarations)).value();
  EXPECT_TRUE(d.app().finish_push(value::make_object({{"startPush", started}, {"dryRun", true}})));
}

TEST(declared_environment, stays_set_while_the_app_is_live) {
  deployed_app d;
  d.app().update_environment_variables({{"TOKEN", "t"}, {"MODE", "fast"}, {"NOTE", "n"}}).value();
  push(d, body_with(declarations)).value();

  const auto removed =
      d.app().update_environment_variables({{"TOKEN", std::nullopt}, {"MODE", std::nullopt}, {"NOTE", std::nullopt}});
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, "RequiredEnvironmentVariable");
  EXPECT_EQ(removed.error().message,
            "Cannot delete required environment variables: MODE, TOKEN. These are declared as required in the app "
            "definition.");
  EXPECT_EQ(d.app().environment_variables().value().size(), 3u);
  const auto unfit = d.app().update_environment_variables({{"MODE", "idle"}});
  ASSERT_FALSE(unfit);
  EXPECT_EQ(unfit.error().code, "InvalidEnvironmentVariable");
  EXPECT_TRUE(d.app().update_environment_variables(
      {{"NOTE", std::nullopt}, {"OTHER", "o"}, {"MODE", std::nullopt}, {"MODE", "slow"}}));

  d.push({});  // declares nothing
  EXPECT_TRUE(d.app().update_environment_variables({{"TOKEN", std::nullopt}, {"MODE", "idle"}}));
}

TEST(declared_environment, is_of_texts) {
  const std::pair<std::string, std::string> cases[] = {
      {declaration("PORT", "{ type: 'number' }"),
       "Env var `PORT` on the app has a non-string validator. Env vars must be declared with `v.string()`, "
       "`v.literal(\"...\")`, or a union of those."},
      {declaration("PORT", "{ type: 'union', value: [{ type: 'string' }, { type: 'null' }] }"), "non-string validator"},
      {declaration("PORT", "{ type: 'literal', value: 80 }"), "non-string validator"},
      {declaration("PORT", "{ type: 'nonsense' }"), "`PORT` on the app has an invalid validator"},
      {"['PORT', { type: 'value' }]", "`PORT` on the app has no validator"},
      {declaration("A-B", text), "`A-B` on the app has a name that cannot be set"},
      {"7", "not declared as a name with a validator"},
  };
  for (const auto& [list, why] : cases) {
    deployed_app d;
    const auto started = d.app().start_push(body_with("envVars: [" + list + "]"));
    ASSERT_FALSE(started) << list;
    EXPECT_EQ(started.error().code, "InvalidEnvVarDeclaration");
    EXPECT_EQ(started.error().message.rfind("Hit an error while pushing:\n", 0), 0u);
    EXPECT_NE(started.error().message.find(why), std::string::npos) << started.error().message;
  }
}

TEST(app_definition, comes_back_from_the_store) {
  deployed_app d;
  d.app().update_environment_variables({{"TOKEN", "t"}, {"MODE", "fast"}}).value();
  object body = body_with(declarations + ", httpPrefix: '/api/'").as_object();
  body.set("nodeVersion", "22");
  push(d, body).value();
  auto tx = d.app().db().begin();
  const auto loaded = load_deployment(tx).value();
  EXPECT_EQ(loaded->http_prefix(), "/api/");
  EXPECT_EQ(loaded->node_version, "22");
  ASSERT_EQ(loaded->declared.size(), 3u);
  EXPECT_FALSE(loaded->declared.at("TOKEN").optional);
  EXPECT_TRUE(loaded->declared.at("NOTE").optional);

  // As versions that kept no definition have left it.
  for (const value& row : tx.lookup("_source_packages", "by_creation_time", {}).value())
    if (*row.find("key") == value("definition"))
      tx.remove(database::access::backend, row.find("_id")->as_string(), std::nullopt).value();
  const value config = tx.lookup("_udf_config", "by_creation_time", {}).value().front();
  object old = config.as_object();
  for (const char* name : {"nodeVersion", "_id", "_creationTime"}) old.erase(name);
  tx.replace(database::access::backend, config.find("_id")->as_string(), std::nullopt, value(old)).value();
  const auto from_old = load_deployment(tx).value();
  EXPECT_FALSE(from_old->empty());
  EXPECT_EQ(from_old->http_prefix(), "");
  EXPECT_EQ(from_old->node_version, std::nullopt);
  EXPECT_TRUE(from_old->declared.empty());
}

TEST(app_definition, tells_the_version_of_node_that_was_asked_for) {
  deployed_app d;
  EXPECT_TRUE(d.app().config_hashes(value()).value().find("nodeVersion")->is_null());
  object body = deployed_app::push_body({}).as_object();
  body.set("nodeVersion", "24");
  const value started = d.app().start_push(body).value();
  EXPECT_EQ(*started.find("componentDefinitionPackages")->find("")->find("nodeVersion"), value("24"));
  d.app().finish_push(value::make_object({{"startPush", started}})).value();
  EXPECT_EQ(*d.app().config_hashes(value()).value().find("nodeVersion"), value("24"));
  d.push({});
  EXPECT_TRUE(d.app().config_hashes(value()).value().find("nodeVersion")->is_null());
}

}  // namespace
}  // namespace hull::backend::functions::test
