// Bodies of routes.hpp: the plain routes, who is asking, and what answers to the rest.
#include "http/routes.hpp"

#include "common/ascii.hpp"

namespace hull::backend::http {
namespace {

response unknown_path(const request& r) {
  // Never 404: tools take that for a deployment that is just starting, and try again and again.
  if (r.path.starts_with("/api/"))
    return error_response(400, "NotSupported", "hull-backend does not support " + r.method + " " + r.path + ".");
  return text_response(404, "There is nothing at " + r.path + ".");
}

}  // namespace

outcome<functions::identity> identity_of(const request& r, const sync::services& s) {
  const std::string* header = r.header("authorization");
  if (!header) {
    if (const auto key = r.parameter("adminKey")) return sync::identity_of_admin_key(s, *key);
    return functions::identity{};
  }
  if (starts_with_any_case(*header, "convex "))
    return sync::identity_of_admin_key(s, std::string_view(*header).substr(7));
  if (starts_with_any_case(*header, "bearer ")) {
    auto user = sync::user_of_token(s, std::string_view(*header).substr(7));
    if (!user) return user.error();
    return functions::identity{false, std::move(user->attributes), {}};
  }
  return bad_request("InvalidAuthHeader",
                     "The Authorization header must be \"Convex <admin key>\" or \"Bearer <token>\".");
}

functions::identity identity_for_http_action(const request& r, const sync::services& s) {
  if (!r.header("authorization")) return {};  // "adminKey" in the query is the action's own
  auto who = identity_of(r, s);
  if (who) return *std::move(who);
  functions::identity unknown;
  unknown.refusal = who.error();
  return unknown;
}

functions::client_pointer client_of(const request& r, const functions::identity& who) {
  const std::string* agent = r.header("user-agent");
  auto client = sync::client_details_of(r.peer, agent != nullptr ? *agent : std::string_view());
  const std::string* header = r.header("authorization");
  if (header && !who.admin && !who.refusal && starts_with_any_case(*header, "bearer "))
    client.auth_token = header->substr(7);
  return std::make_shared<const functions::client_details>(std::move(client));
}

outcome<functions::identity> require_admin(const request& r, const sync::services& s) {
  // A user is never an admin, so there is no need to find out which user it is.
  const std::string* header = r.header("authorization");
  if (header && starts_with_any_case(*header, "bearer ")) return auth::bad_deploy_key(s.instance);
  auto who = identity_of(r, s);
  if (!who || who->admin) return who;
  return auth::bad_deploy_key(s.instance);
}

void add_basic_routes(router& r, const sync::services& s) {
  const auto text = [&r](std::string path, std::string body) {
    r.add({"GET", std::move(path), where_to_run::here, small_body,
           [body = std::move(body)](const request&) { return text_response(200, body); }});
  };
  text("/", "This Convex deployment is running. See https://docs.convex.dev/.");
  text("/version", std::string(backend_version));
  text("/instance_version", std::string(backend_version));
  text("/instance_name", s.instance.name);
  r.add({"GET", "/.well-known/jwks.json", where_to_run::here, small_body,
         [keys = s.own_keys_json](const request&) { return json_response(keys); }});
  r.add({"POST", "/echo", where_to_run::here, echo_body, [](const request& q) {
           return response{200, "application/octet-stream", q.body, {}};
         }});
  r.add({"GET", "/api/sync", where_to_run::here, small_body, [](const request&) {
           return error_response(400, "WebSocketExpected", "This address takes WebSocket connections only.");
         }});
}

router make_api_routes(const sync::services& s) {
  router r;
  add_basic_routes(r, s);
  add_function_routes(r, s);
  add_deploy_routes(r, s);
  add_deployment_routes(r, s);
  add_storage_routes(r, s);
  add_log_routes(r, s);
  add_http_action_routes(r, s, "/http");
  r.otherwise(unknown_path);
  return r;
}

router make_site_routes(const sync::services& s) {
  router r;
  add_http_action_routes(r, s, "");
  r.otherwise(unknown_path);
  return r;
}

}  // namespace hull::backend::http
