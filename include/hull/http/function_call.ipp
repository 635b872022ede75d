// Bodies of function_call.hpp.
#pragma once

#include <hull/function/log_line.hpp>
#include <hull/http/function_call.hpp>
#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <limits>
#include <span>

namespace hull::detail {

HULL_INLINE json_options envelope_options() {
  json_options o;
  o.any_names = true;  // The envelope survives one bad value inside.
  o.limits.max_nesting += 8;
  o.limits.max_array_length = std::numeric_limits<std::size_t>::max();  // bounded by the answer
  o.limits.max_object_fields = std::numeric_limits<std::size_t>::max();
  return o;
}

HULL_INLINE std::string encode_function_call(const function_call& call) {
  const bool is_bare = call.endpoint == "/api/function";
  std::string text = "{\"path\":";
  append_json_string(text, call.path);
  if (call.component_path) {
    text += ",\"componentPath\":";
    append_json_string(text, *call.component_path);
  }
  text += ",\"format\":\"convex_encoded_json\",\"args\":";
  if (!is_bare) text += '[';
  append_json(text, call.args);
  if (!is_bare) text += ']';
  if (!call.ts.empty()) {
    text += ",\"ts\":";
    append_json_string(text, call.ts);
  }
  return text + '}';
}

HULL_INLINE std::string cut(std::string_view text) {
  constexpr std::size_t longest = 500;
  return text.size() <= longest ? std::string(text) : std::string(text.substr(0, longest)) + " [...]";
}

HULL_INLINE error describe_refusal(const net::http_response& response) {
  const unsigned status = response.status;
  error refusal;
  // 408, 425, 429 and 5xx: not now.
  refusal.code = status < 400                                                             ? errc::bad_message
                 : status == 401 || status == 403                                           ? errc::unauthenticated
                 : status == 408 || status == 425 || status == 429 || status / 100 == 5 ? errc::network
                                                                                          : errc::function_failed;
  const auto json = read_json(response.body, envelope_options());
  const auto field = [&](const char* name) -> const std::string* {
    const value* found = json.has_value() ? json->find(name) : nullptr;
    return found ? found->if_string() : nullptr;
  };
  if (const std::string *code = field("code"), *message = field("message"); code && message)
    refusal.message = *code + ": " + *message;
  else
    refusal.message = response.body.empty() ? "The deployment refused the request" : cut(response.body);
  refusal.message += " (HTTP " + std::to_string(status) + " from " + response.url.substr(0, response.url.find('?')) + ")";
  return refusal;
}

HULL_INLINE std::vector<std::string> log_lines_of(const value& envelope) {
  std::vector<std::string> lines;
  if (const value* found = envelope.find("logLines"))
    if (const array* list = found->if_array())
      for (const value& line : *list)
        if (const std::string* text = line.if_string()) lines.push_back(*text);
  return lines;
}

HULL_INLINE function_answer read_function_answer(const function_call& call, const net::http_response& response) {
  constexpr unsigned function_failed_of_old = 560;
  if (!response.is_success() && response.status != function_failed_of_old) return {describe_refusal(response), {}};
  const auto invalid = [&](const std::string& why) {
    return error{errc::bad_message, "Invalid response: " + why + " (HTTP " + std::to_string(response.status) + " from " + response.url + "): " + cut(response.body), {}, {}};
  };
  const auto json = read_json(response.body, envelope_options());
  if (json.has_error()) return {invalid(json.error().message), {}};
  const value* status = json->find("status");
  const std::string* kind = status ? status->if_string() : nullptr;
  if (!kind) return {invalid("it has no status"), {}};
  std::vector<std::string> lines = log_lines_of(*json);
  std::vector<std::pair<log_level, std::string>> log;
  for (const std::string& line : lines) log.push_back(function_log_line(call.letter, call.path, line));
  if (*kind == "success") {
    const value* v = json->find("value");
    return {v ? *v : value(), std::move(log)};
  }
  if (*kind != "error") return {invalid("its status is neither success nor error"), std::move(log)};
  error failure{errc::function_failed, "The function failed without a message.", {}, std::move(lines)};
  if (const value* message = json->find("errorMessage"); message && message->if_string()) failure.message = message->as_string();
  if (const value* data = json->find("errorData")) failure.data = *data;
  return {std::move(failure), std::move(log)};
}

HULL_INLINE std::string admin_authorization(const std::string& key, const std::optional<value>& acting_as) {
  if (!acting_as) return "Convex " + key;
  const std::string identity = write_json(*acting_as);
  return "Convex " + key + ':' + encode_base64(std::span(reinterpret_cast<const std::uint8_t*>(identity.data()), identity.size()));
}

}  // namespace hull::detail
