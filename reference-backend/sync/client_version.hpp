// Which client is on the other side: "npm-1.48.0" of the Convex-Client header, or the version in the socket's path.
#pragma once

#include "common/failure.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::sync {

struct client_version {
  std::string name;                        ///< "npm", "npm-cli", "python", "cpp", ...
  std::array<std::uint32_t, 3> number{};
  friend bool operator==(const client_version&, const client_version&) = default;
};

/// Text in front of the longest version that the header ends with. Failure: InvalidClientVersion.
outcome<client_version> parse_client_header(std::string_view header);

/// The client of a socket: the header where there is one, else the version in "/api/<version>/sync". Failures:
/// InvalidClientVersion, and ClientVersionUnsupported for clients that are too old.
outcome<client_version> socket_client(std::string_view path, const std::optional<std::string>& header);

/// Whether `path` is one of the sync endpoint: "/api/sync" or "/api/<anything>/sync".
bool is_sync_path(std::string_view path);

bool takes_transition_chunks(const client_version& client);

/// The value format that a client gets over HTTP when it names none: old clients expect the encoded one.
bool defaults_to_encoded_json(const client_version& client);

}  // namespace hull::backend::sync
