// Runs HTTP actions: the request as the npm package takes it, the response as it comes, and what clients get when there
// is none.
#include "functions/action_host.hpp"
#include "functions/http_action.hpp"
#include "functions/http_bodies.hpp"
#include "functions/run_report.hpp"
#include "functions/warnings.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace hull::backend::functions {
namespace {

constexpr std::string_view router_module = "http.js";
constexpr std::size_t max_header_bytes = 32u << 10;  // names and values; many clients take no more
constexpr std::string_view no_http_actions = "This Convex deployment does not have HTTP actions enabled.";

http_response text_response(unsigned status, std::string text) {
  return {status, {{"content-type", "text/plain; charset=utf-8"}}, std::move(text), nullptr, std::nullopt};
}

http_response error_response(const std::string& request_id, const runtime::js_error& thrown, bool redacted) {
  const std::string code = "[Request ID: " + request_id + "] Server Error";
  object body{{"code", redacted ? code : code + ": " + thrown.message}};
  if (!redacted) body.set("trace", thrown.display);
  if (thrown.data) body.set("data", *thrown.data);
  return {500, {{"content-type", "application/json"}}, write_json(value(std::move(body))), nullptr, std::nullopt};
}

// Header values are bytes; JavaScript has each as the character of that number.
std::string characters_of(std::string_view latin1) {
  std::string out;
  for (const char c : latin1) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0 | byte >> 6));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return out;
}

/// Nothing for characters that are no byte, and for controls: they would end the header.
std::optional<std::string> bytes_of(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      if ((byte != 0xC2 && byte != 0xC3) || i + 1 == text.size()) return std::nullopt;
      byte = static_cast<unsigned char>((byte & 3) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
    } else if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
      return std::nullopt;
    }
    out.push_back(static_cast<char>(byte));
  }
  return out;
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

finished_call not_found(const http_request& request, std::string_view why) {
  request.respond(text_response(404, std::string(why)));
  finished_call none;
  none.http_status = 404;
  return none;
}

/// What the router sees of a path when the app has a prefix ("/api/", or empty); nothing when the path is outside of
/// it.
std::optional<std::string> path_below(const std::string& prefix, const std::string& path) {
  if (prefix.empty()) return path;
  if (!path.starts_with(prefix)) return std::nullopt;
  return path.substr(prefix.size() - 1);
}

/// Headers of one connection only; the connection writes its own.
bool is_of_the_connection(std::string_view name) {
  for (const std::string_view other : {"connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "te"})
    if (name == other) return true;
  return false;
}

std::string request_json(const http_request& r, bool has_body) {
  array headers;
  for (const auto& [name, text] : r.headers)
    headers.push_back(value::make_array({value(name), value(characters_of(text))}));
  return write_json(value::make_object({{"url", characters_of(r.url)},
                                        {"method", r.method},
                                        {"headerPairs", std::move(headers)},
                                        {"streamId", has_body ? value("request") : value()},
                                        {"signal", "signal"}}));
}

/// Status and headers of {headerPairs, status, ...}.
outcome<http_response> read_response(const std::string& json) {
  const auto broken = [] { return bad_request("InvalidResponse", "HTTP actions must return a Response"); };
  auto read = read_json(json, {.limits = {}, .any_names = true, .plain = true});
  if (!read || !read->is_object()) return broken();
  const value* status = read->find("status");
  const value* pairs = read->find("headerPairs");
  if (status == nullptr || status->if_double() == nullptr || pairs == nullptr || !pairs->is_array()) return broken();
  const double number = status->as_double();
  if (!(number >= 200 && number <= 599)) return broken();
  http_response response;
  response.status = static_cast<unsigned>(number);
  std::size_t header_bytes = 0;
  for (const value& pair : pairs->as_array()) {
    const bool texts = pair.is_array() && pair.as_array().size() == 2 && pair.as_array()[0].is_string() &&
                       pair.as_array()[1].is_string();
    if (!texts) return broken();
    const std::string& name = pair.as_array()[0].as_string();
    const auto text = bytes_of(pair.as_array()[1].as_string());
    if (!is_token(name) || !text) return bad_request("InvalidHeader", "The response has a header that is not valid.");
    header_bytes += name.size() + text->size();
    if (header_bytes > max_header_bytes)
      return bad_request("HeadersTooLarge", "The headers of the response are too large (maximum " +
                                                std::to_string(max_header_bytes >> 10) + " KiB).");
    if (name == "content-length") {
      std::uint64_t length = 0;
      const auto end = std::from_chars(text->data(), text->data() + text->size(), length);
      if (end.ec == std::errc() && end.ptr == text->data() + text->size()) response.stream_length = length;
    } else if (!is_of_the_connection(name)) {
      response.headers.emplace_back(name, *text);
    }
  }
  return response;
}

}  // namespace

outcome<finished_call> runner::http_action(http_request& request) {
  checked_call call;
  call.path = {std::string(router_module), "default"};
  call.who = request.who;
  call.request_id = request.request_id;
  call.caller = callers::http_action;
  call.client = request.client;
  run_report report(shared_, run_kind::http_action, call, shared_.time.steady_ns());
  report.record().identifier = request.method + " " + request.path;  // Until the router has found its own words.
  auto finished = run_http_action(request, call, report);
  if (finished) report.end(*finished);
  return finished;
}

outcome<finished_call> runner::run_http_action(http_request& request, const checked_call& call, run_report& report) {
  auto tx = shared_.db.begin();
  auto deployed = shared_.deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  auto environment = read_environment(tx);
  if (!environment) return environment.error();
  if ((*deployed)->modules == nullptr || (*deployed)->modules->find(router_module) == nullptr)
    return not_found(request, no_http_actions);
  const auto routed_path = path_below((*deployed)->http_prefix(), request.path);
  if (!routed_path) return not_found(request, no_matching_route);

  report.found(*(*deployed)->modules, call.path.module);
  deployed_function function;
  function.path = call.path;
  function.kind = runtime::function_kind::action;
  run_session session = new_session(call, *deployed);
  report.follow(session);
  action_host host(*this, session, function, *std::move(environment));

  const auto signal = std::make_shared<runtime::byte_stream>();
  request.when_gone([signal] { signal->end(); });
  const auto body = std::make_shared<runtime::byte_stream>();
  const auto pump = request.body ? std::make_shared<body_pump>(request.body, body) : nullptr;
  if (pump) pump->start();

  auto run = make_request(session, function, request_json(request, pump != nullptr), host);
  run.incoming.push_back({"signal", signal});
  if (pump) run.incoming.push_back({"request", body});
  bool answered = false;
  std::optional<unsigned> status;
  std::shared_ptr<runtime::byte_stream> streamed;  ///< The body of the response.
  std::optional<failure> unusable;
  const auto respond = [&](const std::string& json, const std::shared_ptr<runtime::byte_stream>& stream) {
    auto response = read_response(json);
    if (!response) {
      unusable = response.error();
      if (stream) stream->cancel();
      return;
    }
    if (stream)
      response->stream = std::make_shared<response_body>(stream, max_http_response_bytes);
    else
      response->stream_length.reset();
    streamed = stream;
    answered = true;
    status = response->status;
    request.respond(*std::move(response));
  };
  run.http = runtime::http_call{request.method, *routed_path, respond,
                                [&](std::string route) { report.record().identifier = std::move(route); }};
  auto ran = shared_.js.run(run);
  report.ran(ran);
  if (!pump) body->cancel();

  finished_call finished;
  const auto refuse = [&](runtime::js_error thrown) {
    finished.thrown = std::move(thrown);
    if (answered) return;
    status = 500;
    request.respond(error_response(request.request_id, *finished.thrown, shared_.options.redact_logs_to_client));
  };
  if (ran.failed && ran.failed->code == "NoMatchingRoute") {
    status = 404;
    request.respond(text_response(404, ran.failed->message));
  } else if (ran.failed && !ran.failed->deterministic() && !answered) {
    return *std::move(ran.failed);
  } else if (ran.failed) {
    refuse(as_thrown(*ran.failed));
  } else if (ran.thrown) {
    refuse(*std::move(ran.thrown));
  } else if (unusable) {
    refuse(as_thrown(*unusable));
  }
  finished.http_status = status;
  const std::int64_t now_ms = shared_.time.wall_ns() / 1'000'000;
  // By what was written: the connection may not have read that far yet.
  if (streamed && streamed->total_bytes() > max_http_response_bytes)
    session.log.add_warning({"ERROR",
                             {"HttpResponseTooLarge: HTTP actions support responses up to 20 MiB"},
                             false,
                             now_ms,
                             "error:httpAction"});
  const value no_args;
  for (runtime::log_line& line :
       limit_warnings({function.kind, no_args, 0, nullptr, 0, ran.user_time, run.limits.user_time, nullptr}, now_ms))
    session.log.add_warning(std::move(line));
  finished.log_lines = session.log.take();
  return finished;
}

}  // namespace hull::backend::functions
