// Bodies of identity.hpp.
#include "auth/identity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

namespace hull::backend::auth {
namespace {

using hull::object;

enum class shape { text, flag, address, time };

struct standard_claim {
  std::string_view claim;
  std::string_view field;
  shape what = shape::text;
};

constexpr standard_claim standard_claims[] = {
    {"name", "name"},
    {"given_name", "givenName"},
    {"family_name", "familyName"},
    {"nickname", "nickname"},
    {"preferred_username", "preferredUsername"},
    {"profile", "profileUrl"},
    {"picture", "pictureUrl"},
    {"website", "websiteUrl"},
    {"email", "email"},
    {"email_verified", "emailVerified", shape::flag},
    {"gender", "gender"},
    {"birthdate", "birthday"},
    {"zoneinfo", "timezone"},
    {"locale", "language"},
    {"phone_number", "phoneNumber"},
    {"phone_number_verified", "phoneNumberVerified", shape::flag},
    {"address", "address", shape::address},
    {"updated_at", "updatedAt", shape::time},
};

/// About the token and not about the user.
constexpr std::string_view token_claims[] = {"iss",   "sub", "aud", "exp", "iat",     "auth_time",
                                             "nonce", "acr", "amr", "azp", "at_hash", "c_hash"};

constexpr std::string_view own_fields[] = {"tokenIdentifier", "issuer", "subject"};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

/// "2026-01-31T12:00:00+00:00"; nothing for times that no calendar has.
std::optional<std::string> rfc3339(double seconds) {
  constexpr double year_1 = -62'135'596'800.0;
  constexpr double year_9999 = 253'402'300'799.0;
  if (!(seconds >= year_1 && seconds <= year_9999)) return std::nullopt;
  const auto whole = static_cast<std::time_t>(std::floor(seconds));
  std::tm parts{};
  if (gmtime_r(&whole, &parts) == nullptr) return std::nullopt;
  std::array<char, 40> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S+00:00", &parts);
  return std::string(text.data(), length);
}

/// The claim in the shape that the field has; nothing when it cannot be brought into it.
std::optional<value> shaped(const value& claim, shape what) {
  switch (what) {
    case shape::text:
      break;
    case shape::flag:
      // Some providers write flags as text.
      if (claim.is_string() && (claim.as_string() == "true" || claim.as_string() == "false"))
        return value(claim.as_string() == "true");
      return claim.if_bool() != nullptr ? std::optional(claim) : std::nullopt;
    case shape::address:
      if (const value* formatted = claim.find("formatted"); formatted != nullptr && formatted->is_string())
        return *formatted;
      break;
    case shape::time:
      if (claim.if_double() != nullptr) {
        auto text = rfc3339(claim.as_double());
        return text ? std::optional(value(*std::move(text))) : std::nullopt;
      }
      break;
  }
  return claim.is_string() ? std::optional(claim) : std::nullopt;
}

class claim_writer {
 public:
  explicit claim_writer(custom_claims style) : style_(style) {}

  void add(const std::string& name, const value& claim) {
    if (style_ == custom_claims::by_path && claim.is_object()) {
      for (const auto& [inner, content] : claim.as_object()) add(name + "." + inner, content);
      return;
    }
    // Nothing in a token may pass for what it is verified to be. Paths repeat names, so their length is bounded.
    if (contains(own_fields, name) || name.size() > name_bytes_left_) return;
    name_bytes_left_ -= name.size();
    fields_.emplace_back(name, claim);
  }
  /// Of equal names the one that was put last stays.
  void put(std::string_view name, value content) { fields_.emplace_back(std::string(name), std::move(content)); }
  value finish() { return value(object(std::move(fields_))); }

 private:
  const custom_claims style_;
  std::size_t name_bytes_left_ = 4 * max_token_bytes;
  std::vector<object::field> fields_;
};

bool is_standard(std::string_view claim) {
  return std::any_of(std::begin(standard_claims), std::end(standard_claims),
                     [&](const standard_claim& s) { return s.claim == claim; });
}

}  // namespace

value user_attributes(const jwt& token, custom_claims style) {
  claim_writer out(style);
  for (const auto& [name, claim] : token.claims.as_object())
    if (!contains(token_claims, name) && !is_standard(name)) out.add(name, claim);
  for (const standard_claim& s : standard_claims)
    if (const value* claim = token.claims.find(s.claim))
      if (auto content = shaped(*claim, s.what)) out.put(s.field, *std::move(content));
  out.put("issuer", token.issuer);
  out.put("subject", token.subject);
  out.put("tokenIdentifier", token.issuer + "|" + token.subject);
  return out.finish();
}

}  // namespace hull::backend::auth
