// Checks of a token that need nothing but a key and the time.
#pragma once

#include "auth/jwks.hpp"
#include "auth/jwt.hpp"
#include "common/failure.hpp"

#include <chrono>
#include <cstdint>

namespace hull::backend::auth {

/// How far the clock of a provider may be from ours.
constexpr std::chrono::seconds clock_leeway{5};

/// True when `key` made the signature. The token's own word on its algorithm must be the key's.
bool signature_fits(const jwt& token, const public_key& key);

/// Until when the token is good, leeway included; nanoseconds since the Unix epoch.
std::int64_t good_until_ns(const jwt& token);

/// Failures: Unauthenticated, for a token that has expired, is not valid yet, or never expires.
outcome<void> check_times(const jwt& token, std::int64_t now_ns);

}  // namespace hull::backend::auth
