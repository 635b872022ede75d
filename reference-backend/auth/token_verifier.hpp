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

struct token_verifier_options {
  key_store_options keys;
  /// Whether refusals name the issuer of the token and the providers of the app, as helps while one develops it.
  bool name_providers = true;
};

/// Safe from any thread. Blocks when keys must be fetched.
class token_verifier {
 public:
  token_verifier(url_fetcher& fetcher, clock& time, const token_verifier_options& options = {});

  /// Failures: NoAuthProvider, InvalidAuthHeader, Unauthenticated, AuthProviderDiscoveryFailed, AuthProviderBusy.
  outcome<verified_user> verify(std::string_view token, const std::vector<provider>& providers);

 private:
  outcome<void> check_signature(const jwt& token, const provider& from);

  failure no_provider_for(const jwt& token, const std::vector<provider>& providers) const;

  clock& time_;
  const bool name_providers_;
  key_store keys_;
};

}  // namespace hull::backend::auth
