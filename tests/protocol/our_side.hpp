// The client's part of the scenarios, played by our engine in virtual time.
#pragma once

#include "recording.hpp"
#include "scenarios.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace hull::golden {

/// What our client says, and what is said to it, in this scenario. Nothing for those that need a client above the
/// engine, or what our clients do not do. Throws mock::unexpected when it does not play along.
std::optional<std::vector<line>> play_our_side(const scenario& s);

}  // namespace hull::golden
