// Admin keys: "<instance name>|<hex>", signed with the secret of the instance. They do not expire; a new secret
// revokes all of them.
#pragma once

#include "common/failure.hpp"

#include <hull/value/value.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::auth {

using instance_secret = std::array<std::uint8_t, 32>;

struct instance_identity {
  std::string name;
  instance_secret secret{};
};

/// 64 hexadecimal digits.
std::optional<instance_secret> parse_secret(std::string_view hex);
/// Letters, digits and dashes; what a key can carry and a URL can show.
bool is_instance_name(std::string_view name);

std::string make_admin_key(const instance_identity& instance, std::uint64_t issued_seconds);

struct admin_access {
  std::optional<value> acting_as;  ///< Attributes of the user that the admin poses as.
};

/// `key` as tools send it: with or without a "prod:"-like prefix, and with or without ":<base64 attributes>" behind
/// it. Failures: BadDeployKey, BadUserAttributes.
outcome<admin_access> check_admin_key(const instance_identity& instance, std::string_view key);

/// What every admin route answers to a missing or wrong key.
failure bad_deploy_key(const instance_identity& instance);

/// Checks the attributes of a user and completes tokenIdentifier from issuer and subject.
outcome<value> complete_user_attributes(const value& attributes);

}  // namespace hull::backend::auth
