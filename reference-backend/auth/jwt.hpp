// JSON Web Tokens in compact form: what one says, before anybody has checked it.
#pragma once

#include "common/failure.hpp"

#include <hull/value/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::auth {

constexpr std::size_t max_token_bytes = 64 * 1024;

struct jwt {
  std::string algorithm;  ///< As the header writes it: "RS256", "none", anything.
  std::optional<std::string> key_id;
  value claims;  ///< Object.
  std::string issuer;
  std::string subject;
  std::vector<std::string> audience;
  std::optional<double> expires;  ///< Seconds since the Unix epoch, as are the next two.
  std::optional<double> not_before;
  std::optional<double> issued;
  std::string signed_part;  ///< Header and claims as they were signed.
  std::vector<std::uint8_t> signature;

  bool is_for(std::string_view application) const;
};

/// Failures: InvalidAuthHeader.
outcome<jwt> parse_jwt(std::string_view token);

/// What every refusal of a token is: the caller is not who it says.
failure unauthenticated(std::string code, std::string message);

/// Text of somebody else's for a message: printable ASCII, and not all of it when it is long.
std::string for_message(std::string_view text);

}  // namespace hull::backend::auth
