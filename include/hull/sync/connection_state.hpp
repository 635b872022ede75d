// Where a client stands with its deployment.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>

namespace hull {

/// A moment of a client's connection; a copy that does not change.
struct connection_state {
  bool is_connected = false;            ///< The socket is open and the handshake of the protocol was sent.
  bool has_ever_connected = false;      ///< False: the first connection is still to come.
  std::uint32_t connection_count = 0;   ///< Sockets opened so far.
  std::uint32_t connection_retries = 0; ///< Failed tries since the last good connection.
  std::uint32_t inflight_mutations = 0; ///< Called and not yet reflected in a transition.
  std::uint32_t inflight_actions = 0;   ///< Called and not yet answered.
  std::optional<std::chrono::milliseconds> next_retry_in;  ///< While waiting to reconnect.
  /// Age of the oldest call that waits for its answer, when the state was read. Takes no part in comparison.
  std::optional<std::chrono::milliseconds> oldest_request_age;
  /// True while a mutation or an action is under way.
  bool has_inflight_requests() const noexcept { return inflight_mutations + inflight_actions != 0; }
  /// Compares all but oldest_request_age, which differs at every look.
  friend bool operator==(const connection_state& a, const connection_state& b) {
    const auto compared = [](const connection_state& c) {
      return std::tie(c.is_connected, c.has_ever_connected, c.connection_count, c.connection_retries, c.inflight_mutations,
                      c.inflight_actions, c.next_retry_in);
    };
    return compared(a) == compared(b);
  }
};

}  // namespace hull
