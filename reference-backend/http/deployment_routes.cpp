// Routes about the deployment itself: environment variables, its own addresses, keys. Admins only.
#include "http/routes.hpp"

#include <hull/value/json.hpp>

namespace hull::backend::http {
namespace {

outcome<response> update_environment(const request& r, const sync::services& s) {
  auto who = require_admin(r, s);
  if (!who) return who.error();
  auto body = json_body(r);
  if (!body) return body.error();
  const auto refuse = [] {
    return bad_request("BadJsonBody",
                       "Expected {\"changes\": [{\"name\": string, \"value\": string or null}, ...]}.");
  };
  const value* changes = body->find("changes");
  if (!changes || !changes->is_array()) return refuse();
  std::vector<std::pair<std::string, std::optional<std::string>>> list;
  for (const value& change : changes->as_array()) {
    const value* name = change.find("name");
    const value* text = change.find("value");
    if (!name || !name->is_string() || (text && !text->is_null() && !text->is_string())) return refuse();
    list.emplace_back(name->as_string(),
                      text && text->is_string() ? std::optional(text->as_string()) : std::nullopt);
  }
  auto done = s.app.update_environment_variables(list);
  if (!done) return done.error();
  return response{200, "", "", {}};
}

outcome<response> list_environment(const request& r, const sync::services& s) {
  auto who = require_admin(r, s);
  if (!who) return who.error();
  auto variables = s.app.environment_variables();
  if (!variables) return variables.error();
  hull::object fields;
  for (const auto& [name, text] : *variables) fields.set(name, text);
  return value_response(value::make_object({{"environmentVariables", value(std::move(fields))}}));
}

outcome<response> canonical_urls(const request& r, const sync::services& s) {
  auto who = require_admin(r, s);
  if (!who) return who.error();
  const auto& o = s.app.options();
  return value_response(value::make_object({{"convexCloudUrl", o.origin}, {"convexSiteUrl", o.site_origin}}));
}

outcome<response> check_key(const request& r, const sync::services& s) {
  auto who = require_admin(r, s);
  if (!who) return who.error();
  return json_response("{\"success\":true,\"allowedOps\":[],\"isReadOnly\":false}");
}

outcome<response> deployment_info(const request& r, const sync::services& s) {
  auto who = require_admin(r, s);
  if (!who) return who.error();
  return json_response("{\"kind\":\"selfHosted\"}");
}

}  // namespace

void add_deployment_routes(router& r, const sync::services& s) {
  const auto add = [&](std::string method, std::string path, outcome<response> (*run)(const request&, const sync::services&)) {
    r.add({std::move(method), std::move(path), where_to_run::calls, small_body,
           answering([&s, run](const request& q) { return run(q, s); })});
  };
  for (const std::string prefix : {"/api/", "/api/v1/"}) {
    add("POST", prefix + "update_environment_variables", update_environment);
    add("GET", prefix + "list_environment_variables", list_environment);
  }
  add("GET", "/api/v1/get_canonical_urls", canonical_urls);
  add("GET", "/api/check_admin_key", check_key);
  add("GET", "/api/v1/deployment_info", deployment_info);
}

}  // namespace hull::backend::http
