// Bodies of token_verifier.hpp.
#include "auth/token_verifier.hpp"

#include "auth/identity.hpp"
#include "auth/jwt_verify.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hull::backend::auth {
namespace {

failure no_provider(std::string message) { return unauthenticated("NoAuthProvider", std::move(message)); }

constexpr const char* no_provider_found = "No auth provider found matching the given token";

failure wrong_algorithm(const jwt& token, const provider& p) {
  std::string names;
  for (const signature_algorithm a : p.algorithms) (names += names.empty() ? "" : " and ") += to_string(a);
  return unauthenticated("Unauthenticated", "The token is signed with the algorithm \"" + for_message(token.algorithm) +
                                                "\"; tokens of this auth provider are accepted with " + names + ".");
}

/// Without a key id every key may be the one.
bool may_have_signed(const public_key& key, const jwt& token) {
  return to_string(key.algorithm) == token.algorithm && (!token.key_id || key.id == token.key_id);
}

bool has_key_for(const key_set& keys, const jwt& token) {
  return std::any_of(keys.begin(), keys.end(), [&](const public_key& k) { return may_have_signed(k, token); });
}

}  // namespace

token_verifier::token_verifier(url_fetcher& fetcher, clock& time, const token_verifier_options& options)
    : time_(time), name_providers_(options.name_providers), keys_(fetcher, time, options.keys) {}

outcome<verified_user> token_verifier::verify(std::string_view text, const std::vector<provider>& providers) {
  if (providers.empty())
    return no_provider(name_providers_
                           ? "This deployment has no auth provider configured, so it cannot check the token. "
                             "Call functions without a token, or with an admin key."
                           : no_provider_found);
  auto token = parse_jwt(text);
  if (!token) return token.error();
  // What costs nothing comes first; keys are fetched only for tokens that could be good.
  if (std::none_of(providers.begin(), providers.end(), [&](const provider& p) { return p.has_issued(*token); }))
    return no_provider_for(*token, providers);
  if (auto timely = check_times(*token, time_.wall_ns()); !timely) return timely.error();

  failure refusal;
  bool is_refused = false;
  for (const provider& p : providers) {
    if (!p.has_issued(*token)) continue;
    auto checked = check_signature(*token, p);
    if (checked) {
      const auto style = p.is_custom ? custom_claims::by_path : custom_claims::as_they_are;
      return verified_user{user_attributes(*token, style), good_until_ns(*token)};
    }
    if (!is_refused) refusal = checked.error();
    is_refused = true;
  }
  return refusal;
}

outcome<void> token_verifier::check_signature(const jwt& token, const provider& from) {
  if (!from.accepts(token.algorithm)) return wrong_algorithm(token, from);
  auto keys = keys_.get(from.keys);
  if (!keys) return keys.error();
  if (!has_key_for(**keys, token)) {
    // The provider may have changed its keys since they were fetched.
    keys = keys_.get(from.keys, *keys);
    if (!keys) return keys.error();
    if (!has_key_for(**keys, token))
      return unauthenticated("Unauthenticated", "The auth provider has published no key that fits the token" +
                                                    (token.key_id ? " (key id \"" + for_message(*token.key_id) + "\")."
                                                                  : std::string(".")));
  }
  for (const public_key& key : **keys)
    if (may_have_signed(key, token) && signature_fits(token, key)) return {};
  return unauthenticated("Unauthenticated", "The signature of the token is not that of its auth provider.");
}

failure token_verifier::no_provider_for(const jwt& token, const std::vector<provider>& providers) const {
  if (!name_providers_) return no_provider(no_provider_found);
  std::string audience;
  for (const std::string& one : token.audience) audience += (audience.empty() ? "" : ", ") + one;
  std::string all;
  for (const provider& p : providers) all += (all.empty() ? "" : "; ") + p.text();
  return no_provider("No auth provider of this deployment has issued the token: its issuer is \"" +
                     for_message(token.issuer) + "\" and its audience \"" + for_message(audience) +
                     "\", but auth.config has: " + for_message(all) + ".");
}

}  // namespace hull::backend::auth
