// One simulated world: clients, a server, what they do, what befalls them, and whether all is well afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace hull::sim {

struct report {
  std::uint64_t seed = 0;
  std::optional<std::string> violation;  ///< The first thing that must not happen and did.
  std::uint64_t steps = 0;               ///< Events that happened.
};

/// Runs the world that this seed describes. The same seed gives the same world on every machine.
report run_seed(std::uint64_t seed, std::function<void(const std::string&)> trace = {});

}  // namespace hull::sim
