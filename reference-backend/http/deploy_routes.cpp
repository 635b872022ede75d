// Routes of the push protocol: what `npx convex deploy` calls. They carry the admin key in their body.
#include "http/routes.hpp"

#include <hull/value/json.hpp>

namespace hull::backend::http {
namespace {

using push_step = outcome<value> (functions::application::*)(const value&);

/// The body, once its key has been checked.
outcome<value> admin_body(const request& r, const sync::services& s) {
  auto body = json_body(r);
  if (!body) return body;
  const value* key = body->find("adminKey");
  if (!key || !key->is_string()) return auth::bad_deploy_key(s.instance);
  auto who = sync::identity_of_admin_key(s, key->as_string());
  if (!who) return who.error();
  return body;
}

}  // namespace

void add_deploy_routes(router& r, const sync::services& s) {
  const auto add = [&](std::string path, where_to_run where, push_step step) {
    r.add({"POST", std::move(path), where, push_body, answering([&s, step](const request& q) -> outcome<response> {
             auto body = admin_body(q, s);
             if (!body) return body.error();
             auto answer = (s.app.*step)(*body);
             if (!answer) return answer.error();
             return value_response(*answer);
           })});
  };
  using app = functions::application;
  add("/api/get_config_hashes", where_to_run::calls, &app::config_hashes);
  add("/api/deploy2/evaluate_push", where_to_run::actions, &app::evaluate_push);
  add("/api/deploy2/start_push", where_to_run::actions, &app::start_push);
  add("/api/deploy2/wait_for_schema", where_to_run::actions, &app::wait_for_schema);
  add("/api/deploy2/finish_push", where_to_run::actions, &app::finish_push);
  // Tools ask once whether there is such a route, and go on with evaluate_push when there is none.
  r.add({"POST", "/api/deploy2/evaluate_schema", where_to_run::here, push_body, [](const request&) {
           return error_response(404, "NotFound", "hull-backend has no evaluate_schema; use evaluate_push.");
         }});
  r.add({"POST", "/api/deploy2/report_push_completed", where_to_run::calls, push_body,
         answering([&s](const request& q) -> outcome<response> {
           auto body = admin_body(q, s);
           if (!body) return body.error();
           return json_response("null");
         })});
}

}  // namespace hull::backend::http
