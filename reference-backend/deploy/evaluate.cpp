// Evaluates a push in the runtime and words its failures for the CLI.
#include "deploy/evaluate.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::deploy {
namespace {

constexpr std::string_view auth_config_path = "auth.config.js";

value empty_analysis() {
  return value::make_object(
      {{"functions", array{}}, {"httpRoutes", nullptr}, {"cronSpecs", nullptr}, {"sourceMapped", nullptr}});
}

/// What `defineApp()` evaluates to, for a push without a convex.config.
value plain_app() {
  return value::make_object({{"definitionType", value::make_object({{"type", "app"}})},
                             {"childComponents", array{}},
                             {"httpMounts", object{}},
                             {"exports", value::make_object({{"type", "branch"}, {"branch", array{}}})},
                             {"envVars", nullptr}});
}

/// `httpPrefix` is cut off the paths of requests as they are sent, so it must look like the beginning of one.
bool is_http_prefix(const value& given) {
  if (!given.is_string()) return false;
  const std::string& prefix = given.as_string();
  const auto in_a_path = [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("*?#\"<>\\^`{|}").find(c) == std::string_view::npos;
  };
  return prefix.starts_with('/') && prefix.ends_with('/') && std::all_of(prefix.begin(), prefix.end(), in_a_path);
}

outcome<value> evaluate_definition(runtime::runtime& js, const push_request& push, const environment& env) {
  value evaluated = plain_app();
  if (push.definition) {
    auto exported = js.evaluate_definition(*push.definition, {}, lookup_in(env));
    if (!exported) return push_failure(exported.error(), "InvalidDefinition");
    if (!exported->is_object())
      return push_failure("InvalidDefinition",
                          "The default export of `convex.config.ts` in your app has an invalid value.");
    evaluated = *std::move(exported);
  }
  object fields = evaluated.as_object();
  const value* children = fields.find("childComponents");
  if (children != nullptr && children->is_array() && !children->as_array().empty()) {
    const value* name = children->as_array().front().find("name");
    return push_failure(
        "ComponentsNotSupported",
        "The app uses the component \"" +
            (name != nullptr && name->is_string() ? name->as_string() : std::string("?")) +
            "\". This version of hull-backend runs the root app only; remove it from convex.config.ts.");
  }
  if (const value* prefix = fields.find("httpPrefix");
      prefix != nullptr && !prefix->is_null() && !is_http_prefix(*prefix))
    return push_failure(
        "InvalidDefinition",
        "The `httpPrefix` of the app must be a path such as \"/api/\", without `*`, query or characters "
        "that need an escape.");
  fields.set("path", "");
  return value(std::move(fields));
}

outcome<array> evaluate_auth(runtime::runtime& js, const runtime::module_set& modules, const environment& env) {
  const runtime::module_source* config = modules.find(auth_config_path);
  if (config == nullptr) return array{};
  auto exported = js.evaluate_auth_config(*config, lookup_in(env));
  if (!exported) {
    const bool missing = exported.error().code == "AuthConfigMissingEnvironmentVariable";
    return push_failure(exported.error(), missing ? exported.error().code : "InvalidAuthConfig");
  }
  return normalise_auth_config(*exported);
}

outcome<std::map<std::string, value, std::less<>>> analyse(runtime::runtime& js,
                                                           const std::shared_ptr<const runtime::module_set>& modules,
                                                           const udf_config& config, const environment& env) {
  std::map<std::string, value, std::less<>> analysis;
  for (const auto& [path, module] : modules->all()) {
    if (is_dependency_module(path)) continue;
    if (path == auth_config_path) {
      analysis.emplace(path, empty_analysis());
      continue;
    }
    auto analysed = module.node
                        ? js.analyze_in_node(modules, path, env)
                        : js.analyze(modules, path, config.import_seed, config.import_time_ms(), lookup_in(env));
    if (!analysed) {
      const bool package = analysed.error().code == "InvalidExternalModules";
      return push_failure(analysed.error(), package ? analysed.error().code : "InvalidModules");
    }
    analysis.emplace(path, std::move(analysed->json));
  }
  return analysis;
}

failure auth_failure(const std::string& message) { return push_failure("InvalidAuthConfig", message); }

outcome<std::string> provider_url(const std::string& written) {
  const std::string url = written.find("://") == std::string::npos ? "https://" + written : written;
  if (url.rfind("https://", 0) != 0 && url.rfind("http://", 0) != 0)
    return push_failure("InvalidProviderDomainUrl",
                        "Invalid provider domain URL \"" + written + "\": only http and https are supported.");
  return url;
}

std::optional<std::string> text(const value& from, std::string_view name) {
  const value* field = from.find(name);
  if (field == nullptr || !field->is_string()) return std::nullopt;
  return field->as_string();
}

outcome<value> normalise_provider(const value& provider) {
  const auto application = text(provider, "applicationID");
  if (text(provider, "type") == "customJwt") {
    const auto issuer = text(provider, "issuer");
    const auto jwks = text(provider, "jwks");
    const auto algorithm = text(provider, "algorithm");
    if (!issuer || !jwks) return auth_failure("A provider of type customJwt needs `issuer` and `jwks`.");
    if (algorithm != "RS256" && algorithm != "ES256")
      return auth_failure("A provider of type customJwt needs `algorithm` \"RS256\" or \"ES256\".");
    return value::make_object({{"type", "customJwt"},
                               {"applicationID", application ? value(*application) : value()},
                               {"issuer", *issuer},
                               {"jwks", *jwks},
                               {"algorithm", *algorithm}});
  }
  const auto domain = text(provider, "domain");
  if (!domain || !application) return auth_failure("A provider needs `domain` and `applicationID`.");
  auto url = provider_url(*domain);
  if (!url) return url.error();
  return value::make_object({{"applicationID", *application}, {"domain", *std::move(url)}});
}

}  // namespace

std::function<std::optional<std::string>(std::string_view)> lookup_in(environment env) {
  return [env = std::move(env)](std::string_view name) -> std::optional<std::string> {
    const auto found = env.find(std::string(name));
    return found == env.end() ? std::nullopt : std::optional(found->second);
  };
}

value udf_config::to_value() const {
  return value::make_object({{"serverVersion", server_version},
                             {"importPhaseRngSeed", bytes(import_seed.begin(), import_seed.end())},
                             {"importPhaseUnixTimestamp", value::int64(import_time_ns)}});
}

outcome<evaluated_push> evaluate_push(runtime::runtime& js, const push_request& push, module_map modules,
                                      const udf_config& config, const environment& env) {
  evaluated_push evaluated;
  evaluated.config = config;
  evaluated.node_version = push.node_version;
  evaluated.modules = std::make_shared<const runtime::module_set>(std::move(modules), push.packages);

  auto analysis = analyse(js, evaluated.modules, config, env);
  if (!analysis) return analysis.error();
  evaluated.analysis = *std::move(analysis);

  auto auth = evaluate_auth(js, *evaluated.modules, env);
  if (!auth) return auth.error();
  evaluated.auth = *std::move(auth);

  if (push.schema) {
    auto schema = js.evaluate_schema(*push.schema, config.import_seed, config.import_time_ms());
    if (!schema) return push_failure(schema.error(), "InvalidSchema");
    evaluated.schema = *std::move(schema);
  }

  auto definition = evaluate_definition(js, push, env);
  if (!definition) return definition.error();
  evaluated.definition = *std::move(definition);
  return evaluated;
}

outcome<array> normalise_auth_config(const value& exported) {
  const value* providers = exported.find("providers");
  if (providers == nullptr || !providers->is_array())
    return auth_failure("The default export of auth.config must be an object with an array `providers`.");
  array normalised;
  for (const value& provider : providers->as_array()) {
    auto one = normalise_provider(provider);
    if (!one) return one.error();
    bool known = false;
    for (const value& earlier : normalised) known = known || earlier == *one;
    if (!known) normalised.push_back(*std::move(one));
  }
  return normalised;
}

bool is_dependency_module(std::string_view path) {
  return path.rfind("_deps/", 0) == 0 || path.rfind("actions/_deps/", 0) == 0;
}

array analysed_list(const value& analysis, std::string_view name) {
  const value* list = analysis.find(name);
  return list != nullptr && list->is_array() ? list->as_array() : array{};
}

}  // namespace hull::backend::deploy
