// Checks the claims that a mutation asks for, and adds those that are ours.
#include "functions/issued_tokens.hpp"

#include "common/ascii.hpp"

#include <hull/value/json.hpp>

#include <cmath>

namespace hull::backend::functions {
namespace {

constexpr double longest_seconds = 3600;
constexpr std::size_t max_claims_bytes = 32u << 10;

bool is_reserved(const std::string& name) {
  for (const char* claim : {"iss", "iat", "exp", "nbf"})
    if (name == claim) return true;
  const std::string all = lower_case(name);
  return all.starts_with("convex") || all.starts_with("cvx");
}

}  // namespace

outcome<std::string> sign_jwt(const run_session& session, const syscall_args& args) {
  const application_options& options = session.shared.options;
  if (!options.sign_token)
    return bad_request("SigningNotConfigured", "This deployment has no key to sign tokens with.");
  const value* lifetime = args.find("expiresInSeconds");
  const double* seconds = lifetime != nullptr ? lifetime->if_double() : nullptr;
  if (seconds == nullptr || !(*seconds >= 1 && *seconds <= longest_seconds))
    return args.wrong("expiresInSeconds", "expected a number from 1 to 3600");

  object claims;
  if (const value* given = args.find("claims"); given != nullptr && !given->is_null()) {
    if (!given->is_object()) return args.wrong("claims", "expected an object");
    for (const auto& [name, claim] : given->as_object()) {
      if (is_reserved(name))
        return args.wrong("claims", "the claim \"" + name +
                                        "\" is reserved; iss, iat, exp, nbf and names that start with convex or cvx "
                                        "cannot be set");
      claims.set(name, claim);
    }
  }
  const double now = std::floor(session.timestamp_ms / 1000);
  claims.set("iss", options.origin);
  claims.set("iat", now);
  claims.set("exp", now + std::floor(*seconds));
  const std::string json = write_json(value(std::move(claims)));
  if (json.size() > max_claims_bytes) return args.wrong("claims", "they have more than 32 KiB");
  auto token = options.sign_token(json);
  if (!token) return token.error();
  return write_json(value(*std::move(token)));
}

}  // namespace hull::backend::functions
