// Bodies of jwt.hpp.
#include "auth/jwt.hpp"

#include "common/encoding.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::auth {
namespace {

failure no_jwt(const std::string& why) {
  return unauthenticated("InvalidAuthHeader", "The token is no JWT that can be read: " + why + ".");
}

/// Strict: neither the other alphabet nor padding, so that one token has one text.
std::optional<std::vector<std::uint8_t>> decode_part(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  return decode_base64url(text);
}

outcome<value> object_part(std::string_view text, const char* name) {
  const auto decoded = decode_part(text);
  if (!decoded) return no_jwt(std::string("its ") + name + " is no base64url");
  json_options options;
  options.plain = options.any_names = true;
  auto json = read_json({reinterpret_cast<const char*>(decoded->data()), decoded->size()}, options);
  if (!json) return no_jwt(std::string("its ") + name + " is no JSON");
  if (!json->is_object()) return no_jwt(std::string("its ") + name + " is no JSON object");
  return *std::move(json);
}

/// Nothing when the claim is absent; a failure when it is something else than text.
outcome<std::optional<std::string>> text_claim(const value& from, const char* name) {
  const value* found = from.find(name);
  if (found == nullptr) return std::optional<std::string>{};
  if (!found->is_string()) return no_jwt(std::string("\"") + name + "\" must be a string");
  return std::optional<std::string>(found->as_string());
}

outcome<std::optional<double>> time_claim(const value& claims, const char* name) {
  const value* found = claims.find(name);
  if (found == nullptr) return std::optional<double>{};
  if (found->if_double() == nullptr) return no_jwt(std::string("\"") + name + "\" must be a number of seconds");
  return std::optional<double>(found->as_double());
}

outcome<std::vector<std::string>> audience_claim(const value& claims) {
  std::vector<std::string> all;
  const value* found = claims.find("aud");
  if (found == nullptr) return all;
  if (found->is_string()) return std::vector<std::string>{found->as_string()};
  if (!found->is_array()) return no_jwt("\"aud\" must be a string or an array of strings");
  for (const value& one : found->as_array()) {
    if (!one.is_string()) return no_jwt("\"aud\" must be a string or an array of strings");
    all.push_back(one.as_string());
  }
  return all;
}

outcome<void> read_header(const value& header, jwt& into) {
  auto algorithm = text_claim(header, "alg");
  if (!algorithm) return algorithm.error();
  if (!*algorithm) return no_jwt("its header names no algorithm");
  into.algorithm = **std::move(algorithm);
  auto key_id = text_claim(header, "kid");
  if (!key_id) return key_id.error();
  into.key_id = *std::move(key_id);
  // "crit" lists extensions without which the token must not be taken; none are known here.
  if (header.find("crit") != nullptr) return no_jwt("its header asks for extensions");
  return {};
}

outcome<void> read_claims(jwt& into) {
  for (const auto& [name, field] : {std::pair{"iss", &jwt::issuer}, std::pair{"sub", &jwt::subject}}) {
    auto text = text_claim(into.claims, name);
    if (!text) return text.error();
    if (!*text) return no_jwt(std::string("it has no claim \"") + name + "\"");
    into.*field = **std::move(text);
  }
  for (const auto& [name, field] :
       {std::pair{"exp", &jwt::expires}, std::pair{"nbf", &jwt::not_before}, std::pair{"iat", &jwt::issued}}) {
    auto time = time_claim(into.claims, name);
    if (!time) return time.error();
    into.*field = *time;
  }
  auto audience = audience_claim(into.claims);
  if (!audience) return audience.error();
  into.audience = *std::move(audience);
  return {};
}

}  // namespace

bool jwt::is_for(std::string_view application) const {
  return std::find(audience.begin(), audience.end(), application) != audience.end();
}

outcome<jwt> parse_jwt(std::string_view token) {
  if (token.size() > max_token_bytes)
    return no_jwt("it is larger than " + std::to_string(max_token_bytes / 1024) + " KiB");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return no_jwt("it must have three parts with dots between them");

  jwt parsed;
  auto header = object_part(token.substr(0, first), "header");
  if (!header) return header.error();
  if (auto read = read_header(*header, parsed); !read) return read.error();
  auto claims = object_part(token.substr(first + 1, second - first - 1), "payload");
  if (!claims) return claims.error();
  parsed.claims = *std::move(claims);
  if (auto read = read_claims(parsed); !read) return read.error();
  auto signature = decode_part(token.substr(second + 1));
  if (!signature) return no_jwt("its signature is no base64url");
  parsed.signature = *std::move(signature);
  parsed.signed_part = std::string(token.substr(0, second));
  return parsed;
}

failure unauthenticated(std::string code, std::string message) {
  return {blame::unauthenticated, std::move(code), std::move(message), std::nullopt};
}

std::string for_message(std::string_view text) {
  constexpr std::size_t longest = 200;
  std::string out(text.substr(0, longest));
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  return text.size() > longest ? out + "..." : out;
}

}  // namespace hull::backend::auth
