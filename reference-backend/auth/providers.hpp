// Who may issue tokens for the deployed app: the providers of its auth.config.
#pragma once

#include "auth/jwks.hpp"
#include "auth/jwt.hpp"

#include <hull/value/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace hull::backend::auth {

/// Where the keys of a provider are.
struct key_location {
  std::string url;
  bool is_issuer = false;  ///< `url` is an issuer, whose discovery document names the place.

  friend auto operator<=>(const key_location&, const key_location&) = default;
};

struct provider {
  std::string issuer;
  std::optional<std::string> application;  ///< The audience that a token must name.
  std::vector<signature_algorithm> algorithms;
  key_location keys;
  bool is_custom = false;  ///< type "customJwt".

  bool has_issued(const jwt& token) const;  ///< By its own words.
  bool accepts(std::string_view algorithm) const;
  std::string text() const;  ///< For messages.
};

/// From what the push stored. Entries that no version writes are left out.
std::vector<provider> parse_providers(const array& stored);

/// Issuers are compared without the slash at their end, which some providers write in one place and not in others.
bool is_same_issuer(std::string_view a, std::string_view b);
std::string_view without_last_slash(std::string_view url);

}  // namespace hull::backend::auth
