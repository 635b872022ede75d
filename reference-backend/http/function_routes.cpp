// Routes that run functions.
#include "http/routes.hpp"
#include "http/value_format.hpp"
#include "sync/client_version.hpp"

#include <hull/protocol/types.hpp>
#include <hull/serve/session.hpp>
#include <hull/value/json.hpp>

#include <algorithm>

namespace hull::backend::http {
namespace {

using functions::call_outcome;
using functions::function_call;

enum class runs { query, mutation, action, anything };

/// One function to run and how to write the answer.
struct job {
  function_call call;
  value_format format = value_format::clean;
};

outcome<value_format> format_for(const value& body, const request& r, bool always_clean) {
  if (const value* f = body.find("format"); f && !f->is_null()) {
    if (!f->is_string()) return bad_request("BadFormat", "\"format\" must be a string.");
    return parse_format(f->as_string());
  }
  if (const std::string* client = r.header("convex-client"); client && !always_clean) {
    auto version = sync::parse_client_header(*client);
    if (!version) return version.error();
    if (sync::defaults_to_encoded_json(*version)) return value_format::encoded;
  }
  return value_format::clean;
}

/// `path` is in the body unless it is given.
outcome<job> read_job(const value& body, const request& r, const functions::identity& who, const sync::services& s,
                      std::optional<std::string> path = {}) {
  job j;
  const bool from_body = !path;
  if (from_body) {
    const value* p = body.find("path");
    if (!p || !p->is_string()) return bad_request("BadJsonBody", "The body needs \"path\", a string.");
    path = p->as_string();
  }
  if (auto ok = serve::detail::check_server_path(*path); !ok)
    return bad_request("BadConvexFunctionIdentifier",
                       *path + " is not a valid path to a Convex function. " + ok.error().message);
  const value* args = body.find("args");
  if (!args || !(args->is_object() || args->is_array()))
    return bad_request("BadJsonBody", "The body needs \"args\", an object or an array with one object.");
  auto format = format_for(body, r, !from_body);
  if (!format) return format.error();
  j.format = *format;
  j.call.path = std::move(*path);
  j.call.args_json = write_json(args->is_array() ? *args : value::make_array({*args}));
  j.call.who = who;
  j.call.allow_internal = who.admin;
  j.call.request_id = r.id;
  j.call.client = client_of(r, who);
  if (const value* c = body.find("componentPath"); c && !c->is_null()) {
    if (!c->is_string()) return bad_request("BadJsonBody", "\"componentPath\" must be a string.");
    if (!who.admin && !c->as_string().empty()) return auth::bad_deploy_key(s.instance);
    j.call.component_path = c->as_string();
  }
  return j;
}

std::string udf_response(const std::shared_ptr<const std::string>& value_json,
                         const std::optional<functions::function_error>& error, const std::vector<std::string>& lines,
                         value_format format) {
  std::string out = error ? "{\"status\":\"error\",\"errorMessage\":" : "{\"status\":\"success\",\"value\":";
  if (error)
    append_json_string(out, error->message);
  else
    out += reformat(*value_json, format);
  if (error && error->data) out.append(",\"errorData\":").append(format_value(*error->data, format));
  if (!lines.empty()) {
    out += ",\"logLines\":[";
    for (const auto& line : lines) {
      if (out.back() != '[') out.push_back(',');
      append_json_string(out, line);
    }
    out.push_back(']');
  }
  out.push_back('}');
  return out;
}

outcome<std::string> run_query(const job& j, const sync::services& s, std::optional<database::timestamp> ts) {
  auto result = s.app.query(j.call, ts);
  if (!result) return result.error();
  const auto& o = **result;
  return udf_response(o.value_json, o.error, o.log_lines, j.format);
}

outcome<std::string> run_job(runs what, const job& j, const sync::services& s) {
  if (what == runs::query) return run_query(j, s, {});
  auto result = what == runs::mutation ? s.app.mutation(j.call)
                : what == runs::action ? s.app.action(j.call)
                                       : s.app.any_function(j.call);
  if (!result) return result.error();
  return udf_response(result->value_json, result->error, result->log_lines, j.format);
}

outcome<response> run_from_body(runs what, const request& r, const sync::services& s) {
  auto who = identity_of(r, s);
  if (!who) return who.error();
  auto body = json_body(r);
  if (!body) return body.error();
  auto j = read_job(*body, r, *who, s);
  if (!j) return j.error();
  auto answer = run_job(what, *j, s);
  if (!answer) return answer.error();
  return json_response(std::move(*answer));
}

outcome<response> query_from_url(const request& r, const sync::services& s) {
  auto who = identity_of(r, s);
  if (!who) return who.error();
  const auto path = r.parameter("path");
  const auto args = r.parameter("args");
  if (!path || !args) return bad_request("BadQueryArgs", "The query needs path=<function> and args=<JSON>.");
  auto parsed = parse_json(*args, "BadQueryArgs");
  if (!parsed) return parsed.error();
  hull::object body{{"path", *path}, {"args", std::move(*parsed)}};
  if (const auto format = r.parameter("format")) body.set("format", *format);
  auto j = read_job(value(std::move(body)), r, *who, s);
  if (!j) return j.error();
  auto answer = run_job(runs::query, *j, s);
  if (!answer) return answer.error();
  return json_response(std::move(*answer));
}

/// "/api/run/folder/file/function"
outcome<response> run_from_path(const request& r, const sync::services& s) {
  auto who = identity_of(r, s);
  if (!who) return who.error();
  auto path = percent_decode(std::string_view(r.path).substr(std::string_view("/api/run/").size()), false);
  if (!path) return bad_request("BadPathArgs", "The path is not properly percent-encoded.");
  const auto slash = path->rfind('/');
  if (slash == std::string::npos)
    return bad_request("MissingIdentifier", "The path must name a module and a function: /api/run/messages/list.");
  (*path)[slash] = ':';
  auto body = json_body(r);
  if (!body) return body.error();
  auto j = read_job(*body, r, *who, s, std::move(*path));
  if (!j) return j.error();
  auto answer = run_job(runs::anything, *j, s);
  if (!answer) return answer.error();
  return json_response(std::move(*answer));
}

outcome<response> query_at_ts(const request& r, const sync::services& s) {
  auto who = identity_of(r, s);
  if (!who) return who.error();
  auto body = json_body(r);
  if (!body) return body.error();
  const value* text = body->find("ts");
  const auto ts = text && text->is_string() ? protocol::decode_timestamp(text->as_string()) : std::nullopt;
  if (!ts) return bad_request("BadTimestamp", "The body needs \"ts\", as /api/query_ts gives it.");
  if (*ts > s.app.db().latest_ts()) return bad_request("BadTimestamp", "\"ts\" lies in the future.");
  auto j = read_job(*body, r, *who, s);
  if (!j) return j.error();
  auto answer = run_query(*j, s, *ts);
  if (!answer) return answer.error();
  return json_response(std::move(*answer));
}

outcome<response> query_batch(const request& r, const sync::services& s) {
  auto who = identity_of(r, s);
  if (!who) return who.error();
  auto body = json_body(r);
  if (!body) return body.error();
  const value* queries = body->find("queries");
  if (!queries || !queries->is_array() || queries->as_array().size() > 1000)
    return bad_request("BadJsonBody", "The body needs \"queries\", an array of at most 1000 queries.");
  const auto ts = s.app.db().latest_ts();
  std::string out = "{\"results\":[";
  for (const value& q : queries->as_array()) {
    auto j = read_job(q, r, *who, s);
    if (!j) return j.error();
    auto answer = run_query(*j, s, ts);
    if (!answer) return answer.error();
    if (out.back() != '[') out.push_back(',');
    out += *answer;
  }
  return json_response(out + "]}");
}

}  // namespace

void add_function_routes(router& r, const sync::services& s) {
  const auto post = [&](std::string path, where_to_run where, auto run) {
    r.add({"POST", std::move(path), where, function_body,
           answering([&s, run = std::move(run)](const request& q) { return run(q, s); })});
  };
  const auto body_of = [](runs what) {
    return [what](const request& q, const sync::services& t) { return run_from_body(what, q, t); };
  };
  post("/api/query", where_to_run::calls, body_of(runs::query));
  post("/api/mutation", where_to_run::calls, body_of(runs::mutation));
  post("/api/action", where_to_run::actions, body_of(runs::action));
  post("/api/function", where_to_run::actions, body_of(runs::anything));
  post("/api/run/*", where_to_run::actions, run_from_path);
  post("/api/query_at_ts", where_to_run::calls, query_at_ts);
  post("/api/query_batch", where_to_run::calls, query_batch);
  r.add({"GET", "/api/query", where_to_run::calls, small_body,
         answering([&s](const request& q) { return query_from_url(q, s); })});
  r.add({"POST", "/api/query_ts", where_to_run::here, small_body, [&s](const request&) {
           return json_response("{\"ts\":\"" + protocol::encode_timestamp(s.app.db().latest_ts()) + "\"}");
         }});
}

}  // namespace hull::backend::http
