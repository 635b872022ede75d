// Checks the tokens of users against the providers of the deployed app.
#pragma once

#include "auth/key_store.hpp"
#include "auth/providers.hpp"
#include "common/clock.hpp"
#include "common/failure.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace hull::backend::auth {

struct verified_user {
  value attributes;                ///< As functions see it; see identity.hpp.
  std::int64_t good_until_ns = 0;  ///< Wall time.
};

/// Safe from any thread. Blocks when keys must be fetched.
class token_verifier {
 public:
  token_verifier(url_fetcher& fetcher, clock& time, const key_store_options& options = {});

  /// Failures: NoAuthProvider, InvalidAuthHeader, Unauthenticated, AuthProviderDiscoveryFailed, AuthProviderBusy.
  outcome<verified_user> verify(std::string_view token, const std::vector<provider>& providers);

 private:
  outcome<void> check_signature(const jwt& token, const provider& from);

  clock& time_;
  key_store keys_;
};

/// What a token gets where there is nobody who could have issued it.
failure no_auth_provider();

}  // namespace hull::backend::auth
