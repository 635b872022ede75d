// Tokens that let their bearer store files, without any other permission.
#pragma once

#include "common/failure.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hull::backend::files {

using upload_key = std::array<std::uint8_t, 32>;

inline constexpr std::uint64_t upload_token_seconds = 3600;

/// The key of a deployment's tokens, from its secret. It opens nothing else.
upload_key make_upload_key(std::span<const std::uint8_t> instance_secret);

/// Good for an hour, as often as one likes.
std::string make_upload_token(const upload_key& key, std::uint64_t now_seconds);

/// Failures: StorageTokenInvalid, StorageTokenExpired.
outcome<void> check_upload_token(const upload_key& key, std::string_view token, std::uint64_t now_seconds);

}  // namespace hull::backend::files
