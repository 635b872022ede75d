// Which version of Hull this is.
#pragma once

#define HULL_VERSION_MAJOR 0
#define HULL_VERSION_MINOR 1
#define HULL_VERSION_PATCH 0

namespace hull {

/// Also what a client tells the deployment, as "cpp-<version>".
inline constexpr const char* version = "0.1.0";

}  // namespace hull
