// Scalars of the sync protocol.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::protocol {

/// Chosen by the client, never used twice in the life of a client.
using query_id = std::uint32_t;
/// One counter for mutations and actions, never used twice in a session.
using request_id = std::uint32_t;

/// Commit time of the deployment: nanoseconds since the Unix epoch, 0 before anything was seen.
/// On the wire it is base64 of eight little-endian bytes, except where a message says otherwise.
using timestamp = std::uint64_t;

std::string encode_timestamp(timestamp ts);
std::optional<timestamp> decode_timestamp(std::string_view text);

/// Where a client stands: how much of its own messages the server has seen, and the time of its results.
struct state_version {
  std::uint32_t query_set = 0;
  std::uint32_t identity = 0;
  timestamp ts = 0;
  friend bool operator==(const state_version&, const state_version&) = default;
};

}  // namespace hull::protocol

#include <hull/protocol/types.ipp>
