// Routes of HTTP actions: the whole site port, and what is below /http/ on the port of the API.
#include "common/ascii.hpp"
#include "common/busy.hpp"
#include "functions/http_action.hpp"
#include "http/routes.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace hull::backend::http {
namespace {

/// What a proxy in front of us was asked with, else "http".
std::string scheme_of(const request& r) {
  std::string named;
  if (const std::string* proto = r.header("x-forwarded-proto")) {
    named = lower_case(*proto);
  } else if (const std::string* forwarded = r.header("forwarded")) {
    const std::string all = lower_case(*forwarded);
    if (const auto at = all.find("proto="); at != std::string::npos) named = all.substr(at + 6);
    named.erase(std::remove(named.begin(), named.end(), '"'), named.end());
  }
  named = named.substr(0, named.find_first_of(",; "));
  return named == "https" ? named : "http";
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 512 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  });
}

response from_function(functions::http_response&& given) {
  response r;
  r.status = given.status;
  r.body = std::move(given.text);
  r.headers = std::move(given.headers);
  r.stream = std::move(given.stream);
  r.stream_length = given.stream_length;
  return r;
}

/// The methods that a router can have routes for; HEAD finds those of GET.
bool is_routable(std::string_view method) {
  for (const std::string_view known : {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"})
    if (method == known) return true;
  return false;
}

void run(const sync::services& s, const std::shared_ptr<exchange>& e, std::string path) {
  const request& head = e->head();
  if (!is_routable(head.method)) return e->respond(text_response(404, std::string(functions::no_matching_route)));
  functions::http_request call;
  call.method = head.method;
  call.path = std::move(path);
  const std::string* host = head.header("host");
  if (!host || !is_host(*host))
    return e->respond(error_response(400, "BadHost", "The Host header is missing or wrong."));
  call.url = scheme_of(head) + "://" + *host + call.path;
  if (!head.query.empty()) call.url += "?" + head.query;
  call.headers = head.headers;
  if (head.method != "GET" && head.method != "HEAD" && head.method != "OPTIONS") call.body = e;
  call.request_id = head.id;
  call.when_gone = [e](std::function<void()> f) { e->when_gone(std::move(f)); };
  call.respond = [e](functions::http_response given) { e->respond(from_function(std::move(given))); };

  const bool taken = s.actions.submit([&s, e, call = std::move(call)]() mutable {
    const request& asked = e->head();
    try {
      call.who = identity_for_http_action(asked, s);
      call.client = client_of(asked, call.who);
      if (auto ended = s.app.http_action(call); !ended) e->respond(error_response(ended.error(), asked));
    } catch (const std::exception& fault) {
      e->respond(error_response(internal_failure(fault.what()), asked));
    }
  });
  if (!taken) e->respond(error_response(busy(), e->head()));
}

}  // namespace

void add_http_action_routes(router& r, const sync::services& s, std::string_view prefix) {
  r.add({"*",
         std::string(prefix) + "/*",
         where_to_run::here,
         0,
         {},
         [&s, skip = prefix.size()](const std::shared_ptr<exchange>& e) { run(s, e, e->head().path.substr(skip)); }});
}

}  // namespace hull::backend::http
