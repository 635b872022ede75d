// Bodies of providers.hpp.
#include "auth/providers.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::auth {
namespace {

std::optional<std::string> text(const value& from, std::string_view name) {
  const value* found = from.find(name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return found->as_string();
}

std::optional<provider> parse_provider(const value& stored) {
  provider p;
  p.application = text(stored, "applicationID");
  if (text(stored, "type") == "customJwt") {
    const auto issuer = text(stored, "issuer");
    const auto jwks = text(stored, "jwks");
    const auto algorithm = parse_algorithm(text(stored, "algorithm").value_or(""));
    if (!issuer || !jwks || !algorithm) return std::nullopt;
    p.issuer = *issuer;
    p.algorithms = {*algorithm};
    p.keys = {*jwks, false};
    p.is_custom = true;
    return p;
  }
  const auto domain = text(stored, "domain");
  if (!domain || !p.application) return std::nullopt;
  p.issuer = *domain;
  p.algorithms = {signature_algorithm::rs256, signature_algorithm::eddsa};
  p.keys = {*domain, true};
  return p;
}

}  // namespace

bool provider::has_issued(const jwt& token) const {
  return is_same_issuer(issuer, token.issuer) && (!application || token.is_for(*application));
}

bool provider::accepts(std::string_view algorithm) const {
  return std::any_of(algorithms.begin(), algorithms.end(),
                     [&](signature_algorithm a) { return to_string(a) == algorithm; });
}

std::string provider::text() const {
  const std::string who = std::string(is_custom ? "issuer " : "domain ") + issuer;
  return application ? who + " with applicationID " + *application : who;
}

std::vector<provider> parse_providers(const array& stored) {
  std::vector<provider> all;
  for (const value& one : stored)
    if (auto parsed = parse_provider(one)) all.push_back(*std::move(parsed));
  return all;
}

std::string_view without_last_slash(std::string_view url) {
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  return url;
}

bool is_same_issuer(std::string_view a, std::string_view b) { return without_last_slash(a) == without_last_slash(b); }

}  // namespace hull::backend::auth
