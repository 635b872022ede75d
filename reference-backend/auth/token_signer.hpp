// Tokens that the deployment itself issues (ctx.auth.signJwt): ES256, with a key that follows from the secret of the
// instance, so that it needs no place of its own and stays as long as the secret does.
#pragma once

#include "auth/admin_key.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace hull::backend::auth {

/// Safe from any thread.
class token_signer {
 public:
  static outcome<std::unique_ptr<token_signer>> derive(const instance_secret& secret);
  ~token_signer();
  token_signer(const token_signer&) = delete;
  token_signer& operator=(const token_signer&) = delete;

  /// The token with these claims, a JSON object.
  outcome<std::string> sign(std::string_view claims_json) const;
  /// The public key as a JSON Web Key Set, for whoever checks the tokens.
  const std::string& key_set_json() const noexcept { return key_set_json_; }

 private:
  struct key;
  explicit token_signer(std::unique_ptr<key> k);

  std::unique_ptr<key> key_;
  std::string key_set_json_;
  std::string header_;  ///< As it stands in each token.
};

}  // namespace hull::backend::auth
