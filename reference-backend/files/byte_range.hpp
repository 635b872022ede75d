// The Range header of a request: which part of a file to send.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hull::backend::files {

struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  friend bool operator==(const byte_range&, const byte_range&) = default;
};

enum class range_kind {
  whole,  ///< No range, one that is no byte range, or an empty file: the whole file is sent.
  part,
  unsatisfiable,  ///< Outside of the file, or several ranges.
};

struct wanted_range {
  range_kind kind = range_kind::whole;
  byte_range part;
};

/// What to send of `size` bytes. A header that is malformed counts as absent, as RFC 9110 has it.
wanted_range read_range(const std::optional<std::string_view>& header, std::uint64_t size);

}  // namespace hull::backend::files
