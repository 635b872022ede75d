// Pagination cursors: where a page ended, as text that clients can keep but neither read nor forge.
#pragma once

#include "common/random.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::database {

struct cursor_position {
  std::string fingerprint;         ///< Of the query, 16 bytes.
  std::optional<std::string> key;  ///< The last key before the cursor; nothing: the end of the query.

  friend bool operator==(const cursor_position&, const cursor_position&) = default;
};

class cursor_sealer {
 public:
  using secret = std::array<std::uint8_t, 32>;
  explicit cursor_sealer(const secret& s) : secret_(s) {}

  /// The same position always gives the same text, so that a query that runs again gives the same result.
  std::string seal(const cursor_position& position) const;
  /// Nothing when this store did not seal it.
  std::optional<cursor_position> open(std::string_view text) const;

 private:
  secret secret_;
};

}  // namespace hull::backend::database
