// Undoes the Content-Encoding of a request.
#pragma once

#include "common/failure.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace hull::backend::http {

/// `encoding`: "br", "gzip", "deflate", "identity" or nothing. Never makes more than `limit` bytes. Failures:
/// UnsupportedEncoding, BadEncoding, BodyTooLarge.
outcome<std::string> decompress(std::string_view encoding, std::string body, std::size_t limit);

failure body_too_large(std::size_t limit);

}  // namespace hull::backend::http
