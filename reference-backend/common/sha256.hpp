// Digests, in the form in which texts carry them.
#pragma once

#include <string>
#include <string_view>

namespace hull::backend {

/// Lower-case hex of SHA-256 over the two texts, one after the other.
std::string sha256_hex(std::string_view first, std::string_view second = {});

}  // namespace hull::backend
