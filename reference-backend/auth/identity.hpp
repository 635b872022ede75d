// The user that a token speaks of, as `ctx.auth.getUserIdentity()` shows it.
#pragma once

#include "auth/jwt.hpp"

#include <hull/value/value.hpp>

namespace hull::backend::auth {

enum class custom_claims {
  as_they_are,  ///< OIDC: each claim is one field, whatever it holds.
  by_path,      ///< customJwt: {"org": {"id": 1}} becomes the field "org.id".
};

/// Object with tokenIdentifier ("issuer|subject"), issuer, subject, the standard claims under the names that Convex
/// gives them, and all other claims of the token.
value user_attributes(const jwt& token, custom_claims style);

}  // namespace hull::backend::auth
