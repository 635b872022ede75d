// The fake deployment's HTTP API: one-shot calls and files.
#include "deployment.hpp"
#include "deployment_session.hpp"

#include <hull/function/path.hpp>
#include <hull/protocol/types.hpp>
#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <cctype>
#include <map>

namespace hull::mock::detail {

namespace {

struct refusal {
  unsigned status;
  std::string code;
  std::string message;
};

http_answer answer_of(const refusal& r) {
  std::string body = "{\"code\":";
  append_json_string(body, r.code);
  body.append(",\"message\":");
  append_json_string(body, r.message);
  body.push_back('}');
  return {r.status, std::move(body)};
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    if (text[i] == '%' && digit(i + 1) && digit(i + 2)) {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::map<std::string, std::string> query_of(std::string_view target) {
  std::map<std::string, std::string> out;
  const auto mark = target.find('?');
  while (mark != std::string_view::npos && target.size() > mark + 1) {
    std::string_view pair = target.substr(mark + 1);
    const auto end = pair.find('&');
    const bool is_last = end == std::string_view::npos;
    pair = pair.substr(0, end);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos)
      out[decode_percent(pair.substr(0, equals))] = decode_percent(pair.substr(equals + 1));
    if (is_last) break;
    target.remove_prefix(end + 1);
  }
  return out;
}

value parse(std::string_view text, std::string_view what) {
  auto parsed = read_json(text);
  if (!parsed) throw refusal{400, "BadJsonBody", std::string(what) + " is no JSON: " + parsed.error().message};
  return std::move(*parsed);
}

std::string text_field(const value& body, const char* name) {
  const value* field = body.find(name);
  if (!field || !field->is_string())
    throw refusal{400, "BadRequest", std::string("The body needs a string \"") + name + "\"."};
  return field->as_string();
}

/// One exchange.
class exchange {
 public:
  exchange(deployment& home, const http_request& request) : home_(home), request_(request) {}

  /// {path, args, format?} of the body, or of the URL.
  call_request call() {
    value body;
    if (request_.method == "GET") {
      auto query = query_of(request_.target);
      if (query.count("path") == 0) throw refusal{400, "BadRequest", "The URL needs ?path=MODULE:FUNCTION."};
      body = object{{"path", query["path"]}, {"args", parse(query.count("args") ? query["args"] : "{}", "args")}};
      if (query.count("format")) format_ = query["format"];
    } else {
      body = parse(request_.body, "The body");
      if (const value* format = body.find("format"); format && format->is_string()) format_ = format->as_string();
    }
    if (format_ != "convex_encoded_json" && format_ != "convex_json" && format_ != "json" &&
        format_ != "convex_clean_json")
      throw refusal{400, "BadFormat",
                    "There is no format \"" + format_ + "\"; there are convex_encoded_json and json."};
    body_ = body;
    const std::string path = text_field(body, "path");
    if (auto ok = check_path(path); !ok) throw refusal{400, "BadConvexFunctionIdentifier", ok.error().message};
    const value* args = body.find("args");
    value one = args ? *args : value(object());
    if (const array* list = one.if_array(); list && list->size() == 1) one = value(list->front());
    if (!one.is_object()) throw refusal{400, "BadRequest", "\"args\" must be an object, or an array of one."};
    return {path, std::move(one), who(), home_.next_request_id(), true};
  }

  const value& body() const noexcept { return body_; }

  caller_ptr who() const {
    const std::string* header = find_header(request_.headers, "Authorization");
    if (!header) return std::make_shared<const serve::caller>();
    const auto blank = header->find(' ');
    std::string scheme = header->substr(0, blank);
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::string token = blank == std::string::npos ? "" : header->substr(blank + 1);
    try {
      if (scheme == "bearer") return home_.check_user_token(token);
      if (scheme == "convex") return admin(token);
    } catch (const std::exception& refused) {
      throw refusal{401, "Unauthenticated", refused.what()};
    }
    throw refusal{401, "InvalidAuthHeader", "Authorization must be \"Bearer TOKEN\" or \"Convex ADMIN_KEY\"."};
  }

  http_answer udf_answer(const run_outcome& out) const {
    const bool clean = format_ == "json" || format_ == "convex_clean_json";
    const auto write = [&](const value& v) { return clean ? write_clean_json(v) : write_json(v); };
    std::string text;
    if (out.failure) {
      text = R"({"status":"error","errorMessage":)";
      append_json_string(text, out.failure->message);
      if (out.failure->data) text.append(",\"errorData\":").append(write(*out.failure->data));
    } else {
      text = R"({"status":"success","value":)" + write(out.result);
    }
    if (!out.log_lines.empty()) {
      array lines;
      for (const auto& line : out.log_lines) lines.emplace_back(line);
      text.append(",\"logLines\":").append(write_json(value(std::move(lines))));
    }
    return {200, text + "}"};
  }

 private:
  /// "KEY", or "KEY:BASE64" to act as the user with these attributes.
  caller_ptr admin(const std::string& token) const {
    const std::string& key = home_.options().admin_key;
    if (token == key || !token.starts_with(key + ":")) return home_.check_admin_key(token, {});
    const auto attributes = decode_base64(std::string_view(token).substr(key.size() + 1));
    if (!attributes) throw std::runtime_error("The user to act as is no base64.");
    auto user = read_json({reinterpret_cast<const char*>(attributes->data()), attributes->size()});
    if (!user) throw std::runtime_error("The user to act as is no JSON: " + user.error().message);
    return home_.check_admin_key(key, std::move(*user));
  }

  deployment& home_;
  const http_request& request_;
  std::string format_ = "json";
  value body_;
};

run_outcome recorded_query(deployment& home, const call_request& call, const store_ptr& at) {
  const auto number = home.record(function_kind::query, call);
  auto out = home.run_query(call, at);
  home.record_end(number, out);
  return out;
}

void add_cors(const http_request& request, http_answer& answer) {
  const std::string* origin = find_header(request.headers, "Origin");
  if (!origin) return;
  answer.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  answer.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  answer.headers.emplace_back("Vary", "Origin");
  if (request.method != "OPTIONS") return;
  if (const std::string* wanted = find_header(request.headers, "Access-Control-Request-Headers"))
    answer.headers.emplace_back("Access-Control-Allow-Headers", *wanted);
  answer.headers.emplace_back("Access-Control-Allow-Methods", "GET,POST,OPTIONS");
}

using reply_function = std::function<void(http_answer)>;

void call_function(deployment& home, const http_request& request, std::string_view endpoint,
                   const reply_function& reply) {
  exchange x(home, request);
  const call_request call = x.call();
  std::string kind(endpoint);
  if (endpoint == "function") {
    if (!call.who->admin) throw refusal{403, "BadDeployKey", "Only an admin may call /api/function."};
    kind = to_string(home.kind_of(call.path).value_or(function_kind::query));
  }
  if (kind == "query") return reply(x.udf_answer(recorded_query(home, call, home.latest())));
  if (kind == "query_at_ts") {
    const auto ts = protocol::decode_timestamp(text_field(x.body(), "ts"));
    if (!ts) throw refusal{400, "BadRequest", "\"ts\" must be base64 of eight bytes."};
    const auto at = home.snapshot_at(*ts);
    if (!at) throw refusal{503, "OutOfRetention", "The deployment no longer knows the data of that time."};
    return reply(x.udf_answer(recorded_query(home, call, at)));
  }
  // The exchange refers to the request, which does not outlive this call.
  const auto formatted = [&home, format = x](const run_outcome& out) { return format.udf_answer(out); };
  if (kind == "mutation")
    return home.when_released(call.path,
                              [&home, call, formatted, reply] { reply(formatted(home.run_mutation(call))); });
  home.when_released(call.path, [&home, call, formatted, reply] {
    home.start_action(call, [formatted, reply](const run_outcome& out) { reply(formatted(out)); });
  });
}

void upload(deployment& home, const http_request& request, const reply_function& reply) {
  auto query = query_of(request.target);
  if (!home.use_upload_token(query["token"]))
    throw refusal{401, "Unauthenticated", "This upload URL was not made here, or was used already."};
  const std::string* type = find_header(request.headers, "Content-Type");
  const std::string id = home.add_file(request.body, type ? *type : "application/octet-stream");
  reply({200, write_json(object{{"storageId", id}})});
}

void route(deployment& home, const http_request& request, const reply_function& reply) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  const bool is_get = request.method == "GET";
  const bool is_post = request.method == "POST";
  if (request.method == "OPTIONS") return reply({204, ""});
  if (is_get && path == "/version") return reply({200, "hull-mock", "text/plain"});
  if (is_get && (path == "/instance_name" || path == "/")) return reply({200, "hull-mock", "text/plain"});
  if (is_post && path == "/api/query_ts")
    return reply({200, R"({"ts":")" + protocol::encode_timestamp(home.latest()->ts) + "\"}"});
  if ((is_post || is_get) && path == "/api/query") return call_function(home, request, "query", reply);
  for (const char* endpoint : {"query_at_ts", "mutation", "action", "function"})
    if (is_post && path == std::string("/api/") + endpoint) return call_function(home, request, endpoint, reply);
  if (is_post && path == "/api/storage/upload") return upload(home, request, reply);
  constexpr std::string_view files = "/api/storage/";
  if (is_get && path.starts_with(files)) {
    const auto file = home.file(decode_percent(std::string_view(path).substr(files.size())));
    if (!file) throw refusal{404, "StorageIdNotFound", "There is no such file."};
    return reply({200, file->bytes, file->content_type});
  }
  throw refusal{404, "NotFound", "Nothing is served for " + request.method + " " + path + "."};
}

}  // namespace

void deployment::handle_http(http_request request, std::function<void(http_answer)> reply) {
  const auto with_cors = [request, reply](http_answer a) {
    add_cors(request, a);
    reply(std::move(a));
  };
  try {
    route(*this, request, with_cors);
  } catch (const refusal& r) {
    with_cors(answer_of(r));
  }
}

}  // namespace hull::mock::detail
