// Document ids as user code sees them: a table number and sixteen bytes, with a checksum, in base32.
#pragma once

#include "common/random.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend {

using internal_id = std::array<std::uint8_t, 16>;

struct document_id {
  std::uint32_t table = 0;  ///< Table number, never 0.
  internal_id internal{};

  std::string to_string() const;  ///< 31 to 37 characters.
  /// Accepts just what `to_string` makes, character by character.
  static std::optional<document_id> parse(std::string_view text);

  friend bool operator==(const document_id&, const document_id&) = default;
};

/// Fourteen random bytes and the day since the Unix epoch, big endian.
internal_id make_internal_id(random_source& random, std::int64_t wall_ns);

/// How the backend's own rows name a table: URL-safe base64, 22 characters.
std::string to_base64url(const internal_id& id);
std::optional<internal_id> internal_id_from_base64url(std::string_view text);

}  // namespace hull::backend
