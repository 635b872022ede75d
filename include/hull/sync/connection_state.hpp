// Where a client stands with its deployment.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace hull {

struct connection_state {
  bool is_connected = false;            ///< The socket is open and the handshake of the protocol was sent.
  bool has_ever_connected = false;
  std::uint32_t connection_count = 0;   ///< Sockets opened so far.
  std::uint32_t connection_retries = 0; ///< Failed tries since the last good connection.
  std::uint32_t inflight_mutations = 0; ///< Called and not yet reflected in a transition.
  std::uint32_t inflight_actions = 0;
  std::optional<std::chrono::milliseconds> next_retry_in;  ///< While waiting to reconnect.
  bool has_inflight_requests() const noexcept { return inflight_mutations + inflight_actions != 0; }
  friend bool operator==(const connection_state&, const connection_state&) = default;
};

}  // namespace hull
