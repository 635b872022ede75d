// Public keys of an identity provider, as it publishes them: JSON Web Key Sets.
#pragma once

#include "common/failure.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace hull::backend::auth {

/// Algorithms that tokens may be signed with.
enum class signature_algorithm { rs256, es256, eddsa };

std::string_view to_string(signature_algorithm a) noexcept;
std::optional<signature_algorithm> parse_algorithm(std::string_view name) noexcept;

/// A key that can check signatures of one algorithm, and of no other.
struct public_key {
  std::optional<std::string> id;
  signature_algorithm algorithm = signature_algorithm::rs256;
  std::shared_ptr<evp_pkey_st> key;
};

using key_set = std::vector<public_key>;

constexpr std::size_t max_jwks_bytes = 256 * 1024;
constexpr std::size_t max_jwks_keys = 100;

/// Keys of other kinds or for other purposes, and keys that are weak or malformed, are left out; a set may be empty.
/// The failure is a text: why this is no key set.
outcome<key_set> parse_jwks(std::string_view text);

}  // namespace hull::backend::auth
