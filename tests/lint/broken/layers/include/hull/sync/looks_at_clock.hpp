// A sample that the layers test must reject: a pure machine reads a clock of its own.
#pragma once

#include <chrono>

namespace hull {

// Time must be handed in; naming steady_clock::now() in a comment is fine.
inline auto started() { return std::chrono::steady_clock::now(); }

}  // namespace hull
