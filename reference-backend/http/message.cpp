// Bodies of message.hpp.
#include "http/message.hpp"

#include "common/log.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <limits>

namespace hull::backend::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The text with '?' for each byte beyond ASCII. Paths come into messages as they were sent: they need not be UTF-8,
/// and JSON must be.
std::string ascii(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return out;
}

std::string error_body(std::string_view code, std::string_view message) {
  std::string body = "{\"code\":";
  append_json_string(body, code);
  body.append(",\"message\":");
  append_json_string(body, message);
  body.push_back('}');
  return body;
}

}  // namespace

const std::string* request::header(std::string_view name) const {
  for (const auto& [key, text] : headers)
    if (key == name) return &text;
  return nullptr;
}

std::optional<std::string> request::parameter(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const auto equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals), true) != std::string(name)) continue;
    return percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
  }
  return std::nullopt;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

response text_response(unsigned status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body), {}};
}
response json_response(std::string json) { return {200, "application/json", std::move(json), {}}; }
response value_response(const value& v) { return json_response(write_json(v)); }

response error_response(unsigned status, std::string_view code, std::string_view message) {
  std::string body = error_body(code, message);
  if (!read_json(body)) body = error_body(code, ascii(message));
  return {status, "application/json", std::move(body), {}};
}

response error_response(const failure& f, const request& r) {
  if (f.who != blame::server) return error_response(static_cast<unsigned>(f.http_status()), f.code, f.message);
  write_log(severity::error, "[" + r.id + "] " + r.method + " " + r.path + ": " + f.message);
  return error_response(500, "InternalServerError", "Your request couldn't be completed. Try again later.");
}

outcome<value> parse_json(std::string_view text, std::string_view code) {
  json_options options;
  options.any_names = true;  // The rules for values are checked where values are used.
  options.limits.max_nesting += 32;
  options.limits.max_array_length = std::numeric_limits<std::size_t>::max();  // bounded by the body
  options.limits.max_object_fields = std::numeric_limits<std::size_t>::max();
  auto json = read_json(text, options);
  if (!json) return bad_request(std::string(code), "Not valid JSON: " + json.error().message);
  return std::move(*json);
}

outcome<value> json_body(const request& r) {
  const std::string* type = r.header("content-type");
  if (!type || !type->starts_with("application/json"))
    return bad_request("BadJsonBody", "Expected a request with the header Content-Type: application/json.");
  return parse_json(r.body, "BadJsonBody");
}

}  // namespace hull::backend::http
