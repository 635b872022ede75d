// What a push may contain.
#include "deploy/push_request.hpp"
#include "common/sha256.hpp"
#include "deploy/evaluate.hpp"
#include "deploy/responses.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::deploy {
namespace {

value parse(const std::string& text) {
  json_options options;
  options.any_names = options.plain = true;
  return read_json(text, options).value();
}

std::string body(const std::string& app_fields, const std::string& components = "[]") {
  return "{\"dryRun\":false,\"functions\":\"convex/\",\"componentDefinitions\":" + components +
         ",\"appDefinition\":{\"definition\":null,\"schema\":null,\"udfServerVersion\":\"1.48.0\"," + app_fields + "}}";
}

std::string module(const std::string& path, const std::string& environment = "isolate") {
  return "{\"path\":\"" + path + "\",\"source\":\"x\",\"sourceMap\":\"m\",\"environment\":\"" + environment + "\"}";
}

TEST(push_request, hashes_source_and_map_as_the_cli_does) {
  const auto push = parse_push(parse(body("\"changedModules\":[" + module("a.js") + "]")));
  ASSERT_TRUE(push);
  ASSERT_EQ(push->changed.size(), 1u);
  // printf xm | sha256sum
  EXPECT_EQ(push->changed[0].sha256, sha256_hex("xm"));
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(push_request, old_clients_call_the_modules_functions) {
  const auto push = parse_push(parse(body("\"functions\":[" + module("a.js") + "]")));
  ASSERT_TRUE(push);
  EXPECT_EQ(push->changed.size(), 1u);
}

TEST(push_request, refuses_what_it_cannot_run_by_name) {
  struct refusal {
    std::string text, code, named;
  };
  const refusal cases[] = {
      {body("\"changedModules\":[" + module("http.js", "node") + "]"), "InvalidModules", "http.js"},
      {body("\"changedModules\":[]", "[{\"definitionPath\":\"../lib/limiter\"}]"), "ComponentsNotSupported",
       "../lib/limiter"},
      {body("\"changedModules\":[" + module("a b.js") + "]"), "InvalidModulePath", "a b.js"},
      {body("\"changedModules\":[" + module("../a.js") + "]"), "InvalidModulePath", "../a.js"},
      {body("\"changedModules\":[" + module("a.ts") + "]"), "InvalidModulePath", "a.ts"},
      {body("\"changedModules\":7"), "InvalidConfig", "changedModules"},
      {body("\"changedModules\":[{\"path\":\"a.js\"}]"), "InvalidConfig", "source"},
      {"{}", "InvalidConfig", "appDefinition"},
      {"[]", "InvalidConfig", "appDefinition"},
  };
  for (const refusal& c : cases) {
    const auto push = parse_push(parse(c.text));
    ASSERT_FALSE(push) << c.text;
    EXPECT_EQ(push.error().code, c.code);
    EXPECT_EQ(push.error().message.rfind("Hit an error while pushing:\n", 0), 0u);
    EXPECT_NE(push.error().message.find(c.named), std::string::npos) << push.error().message;
  }
}

outcome<push_request> with_packages(const std::string& packages) {
  const std::string text = body("\"changedModules\":[]");
  return parse_push(parse("{\"nodeDependencies\":" + packages + "," + text.substr(1)));
}

TEST(push_request, lists_packages_in_order) {
  const auto push = with_packages(
      "[{\"name\":\"sharp\",\"version\":\"0.33.5\"},{\"name\":\"@a-b/c.d\",\"version\":\"1.0.0-rc.1+7\"}]");
  ASSERT_TRUE(push) << push.error().message;
  EXPECT_EQ(push->packages, (std::vector<runtime::npm_package>{{"@a-b/c.d", "1.0.0-rc.1+7"}, {"sharp", "0.33.5"}}));
}

TEST(push_request, takes_packages_from_nowhere_but_the_registry) {
  using namespace std::string_literals;
  for (const auto& [name, version] : {std::pair{"../evil"s, "1.0.0"s},
                                      {"a", "file:../evil"},
                                      {"a", "https://example.com/a.tgz"},
                                      {"a", "latest"},
                                      {"a", "^1.0.0"},
                                      {"a", ""},
                                      {"--global", "1.0.0 x"},
                                      {"@/a", "1.0.0"},
                                      {"@a", "1.0.0"},
                                      {"@a/b/c", "1.0.0"},
                                      {".hidden", "1.0.0"},
                                      {"", "1.0.0"},
                                      {std::string(300, 'a'), "1.0.0"}}) {
    const auto push = with_packages("[{\"name\":\"" + name + "\",\"version\":\"" + version + "\"}]");
    ASSERT_FALSE(push) << name << ' ' << version;
    EXPECT_EQ(push.error().code, "InvalidExternalModules");
  }
  const auto twice = with_packages("[{\"name\":\"a\",\"version\":\"1.0.0\"},{\"name\":\"a\",\"version\":\"2.0.0\"}]");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "Hit an error while pushing:\nThe package \"a\" is listed twice.");
  EXPECT_EQ(with_packages("[{\"name\":\"a\"}]").error().code, "InvalidConfig");
}

TEST(push_request, takes_versions_of_node_that_can_be_asked_for) {
  const auto with_version = [](const std::string& version) {
    const std::string text = body("\"changedModules\":[]");
    return parse_push(parse("{\"nodeVersion\":" + version + "," + text.substr(1)));
  };
  for (const char* version : {"20", "22", "24"})
    EXPECT_EQ(with_version("\"" + std::string(version) + "\"").value().node_version, version);
  EXPECT_EQ(with_version("null").value().node_version, std::nullopt);
  const auto old = with_version("\"18\"");
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, "NodeVersionNotSupported");
  EXPECT_EQ(old.error().http_status(), 400);
  EXPECT_EQ(old.error().message,
            "Hit an error while pushing:\nNode 18 is no longer supported. Set node.nodeVersion in convex.json to "
            "\"20\", \"22\" or \"24\", or remove it.");
  EXPECT_EQ(with_version("\"22.1\"").error().code, "NodeVersionNotSupported");
  EXPECT_EQ(with_version("22").error().code, "InvalidConfig");
}

class assembling : public testing::Test {
 protected:
  assembling() {
    runtime::module_source old;
    old.path = "old.js";
    old.source = "kept";
    old.sha256 = sha256_hex("kept");
    deployed.emplace("old.js", old);
  }
  outcome<module_map> assemble(const std::string& path, const std::string& hash, const std::string& environment) {
    const std::string unchanged =
        "{\"path\":\"" + path + "\",\"sha256\":\"" + hash + "\",\"environment\":\"" + environment + "\"}";
    const auto push = parse_push(
        parse(body("\"changedModules\":[" + module("new.js") + "],\"unchangedModuleHashes\":[" + unchanged + "]")));
    return assemble_modules(push.value(), deployed);
  }
  module_map deployed;
};

TEST_F(assembling, takes_unchanged_modules_from_the_deployment) {
  const auto modules = assemble("old.js", sha256_hex("kept"), "isolate");
  ASSERT_TRUE(modules);
  EXPECT_EQ(modules->size(), 2u);
  EXPECT_EQ(modules->at("old.js").source, "kept");
}

TEST_F(assembling, says_what_does_not_fit) {
  EXPECT_EQ(assemble("gone.js", "00", "isolate").error().code, "MissingExistingModule");
  EXPECT_EQ(assemble("gone.js", "00", "isolate").error().http_status(), 409) << "`convex dev` tries again by itself";
  EXPECT_EQ(assemble("old.js", "00", "isolate").error().code, "ExistingModuleHashConflict");
  EXPECT_EQ(assemble("old.js", sha256_hex("kept"), "node").error().code, "ExistingModuleEnvConflict");
  EXPECT_EQ(assemble("new.js", "00", "isolate").error().code, "MissingExistingModule");
}

TEST(auth_config, is_stored_in_one_form) {
  const auto config = [](const std::string& providers) {
    return normalise_auth_config(parse("{\"providers\":" + providers + "}"));
  };
  EXPECT_EQ(write_json(value(config("[{\"domain\":\"id.example\",\"applicationID\":\"c\"},"
                                    "{\"domain\":\"https://id.example\",\"applicationID\":\"c\"}]")
                                 .value())),
            "[{\"applicationID\":\"c\",\"domain\":\"https://id.example\"}]");
  EXPECT_EQ(config("[{\"domain\":\"ftp://x\",\"applicationID\":\"c\"}]").error().code, "InvalidProviderDomainUrl");
  EXPECT_EQ(config("[{\"type\":\"customJwt\",\"issuer\":\"i\",\"jwks\":\"j\",\"algorithm\":\"none\"}]").error().code,
            "InvalidAuthConfig");
  EXPECT_EQ(normalise_auth_config(value()).error().code, "InvalidAuthConfig");
}

TEST(shown_schema, appends_the_creation_time_to_database_indexes_only) {
  const value shown = shown_schema(
      parse("{\"tables\":[{\"tableName\":\"t\",\"indexes\":[{\"indexDescriptor\":\"i\",\"fields\":[\"a\"]}],"
            "\"searchIndexes\":[{\"indexDescriptor\":\"s\",\"searchField\":\"b\",\"filterFields\":[]}]}]}"));
  EXPECT_EQ(write_json(shown),
            "{\"schemaValidation\":false,\"tables\":[{\"indexes\":[{\"fields\":[\"a\",\"_creationTime\"],"
            "\"indexDescriptor\":\"i\"}],\"searchIndexes\":[{\"filterFields\":[],\"indexDescriptor\":\"s\","
            "\"searchField\":\"b\"}],\"tableName\":\"t\"}]}");
}

}  // namespace
}  // namespace hull::backend::deploy
