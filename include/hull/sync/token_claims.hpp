// What a client needs to know of a JWT: how long it lives. Nothing is verified here; that is the deployment's task.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <optional>
#include <string_view>

namespace hull {

/// What a token says of itself, unverified.
struct token_claims {
  value all;                         ///< The decoded payload: an object.
  std::optional<double> issued_at;   ///< "iat", seconds since the Unix epoch; fractions occur.
  std::optional<double> expires_at;  ///< "exp".
};

/// Decodes the payload of a JWT, without checking its signature. errc::bad_value when the text is no JWT.
result<token_claims> read_token_claims(std::string_view token);

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/token_claims.ipp>
#endif
