// UUIDs, which name files in URLs.
#pragma once

#include "common/random.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::files {

/// A random one, in lower case.
std::string make_uuid(random_source& random);
/// The same in lower case; nothing when the text is none.
std::optional<std::string> parse_uuid(std::string_view text);

}  // namespace hull::backend::files
