// Digests, as the push protocol writes them.
#pragma once

#include <string>
#include <string_view>

namespace hull::backend::deploy {

/// Lower-case hex of SHA-256 over the two texts, one after the other.
std::string sha256_hex(std::string_view first, std::string_view second = {});

}  // namespace hull::backend::deploy
