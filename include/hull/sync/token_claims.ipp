// Bodies of token_claims.hpp.
#pragma once

#include <hull/sync/token_claims.hpp>
#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <string>
#include <utility>

namespace hull {

HULL_INLINE result<token_claims> read_token_claims(std::string_view token) {
  const auto refuse = [](const char* why) { return error{errc::bad_value, std::string("the token is no JWT: ") + why, {}, {}}; };
  constexpr std::size_t longest = 1u << 20;
  if (token.size() > longest) return refuse("it is longer than 1 MiB");
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return refuse("it has not three parts");
  std::string payload(token.substr(first + 1, second - first - 1));
  while (payload.size() % 4 != 0) payload += '=';
  const auto bytes = decode_base64(payload);
  if (!bytes) return refuse("its payload is no base64url text");
  json_options plain_json;
  plain_json.any_names = plain_json.plain = true;
  auto claims = read_json(std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()), plain_json);
  if (claims.has_error() || !claims->is_object()) return refuse("its payload is no JSON object");
  token_claims found;
  const auto seconds = [&](std::string_view name) -> std::optional<double> {
    const value* v = claims->find(name);
    const double* number = v == nullptr ? nullptr : v->if_double();
    return number == nullptr ? std::nullopt : std::optional<double>(*number);
  };
  found.issued_at = seconds("iat");
  found.expires_at = seconds("exp");
  found.all = std::move(*claims);
  return found;
}

}  // namespace hull
