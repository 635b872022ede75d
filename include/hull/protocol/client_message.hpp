// What a client says to a deployment over the socket.
#pragma once

#include <hull/protocol/types.hpp>
#include <hull/value/value.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hull::protocol {

/// First message of a socket.
struct connect {
  std::string session_id;  ///< UUID text; the same for the life of a client, it keys the replay of mutations.
  std::uint32_t connection_count = 0;             ///< Sockets opened before this one.
  std::optional<std::string> last_close_reason;   ///< Absent is sent as null.
  std::optional<timestamp> max_observed_timestamp;
  std::optional<std::int64_t> client_ts;          ///< Milliseconds.
  friend bool operator==(const connect&, const connect&) = default;
};

struct add_query {
  query_id id = 0;
  std::string udf_path;
  array args;                                      ///< Positional; Convex functions take exactly one object.
  std::optional<std::optional<std::string>> journal;  ///< Never received / null / text.
  std::optional<std::string> component_path;
  friend bool operator==(const add_query&, const add_query&) = default;
};

struct remove_query {
  query_id id = 0;
  friend bool operator==(const remove_query&, const remove_query&) = default;
};

using query_set_change = std::variant<add_query, remove_query>;

struct modify_query_set {
  std::uint32_t base_version = 0;
  std::uint32_t new_version = 0;
  std::vector<query_set_change> modifications;
  friend bool operator==(const modify_query_set&, const modify_query_set&) = default;
};

struct mutation {
  request_id id = 0;
  std::string udf_path;
  array args;
  std::optional<std::string> component_path;
  friend bool operator==(const mutation&, const mutation&) = default;
};

struct action {
  request_id id = 0;
  std::string udf_path;
  array args;
  std::optional<std::string> component_path;
  friend bool operator==(const action&, const action&) = default;
};

enum class token_type { none, user, admin };

struct authenticate {
  std::uint32_t base_version = 0;
  token_type type = token_type::none;
  std::string token;                 ///< JWT or admin key; empty for none.
  std::optional<value> acting_as;    ///< Identity attributes, with an admin key only ("impersonating").
  friend bool operator==(const authenticate&, const authenticate&) = default;
};

/// Telemetry; never answered.
struct event {
  std::string type;
  value body;
  friend bool operator==(const event&, const event&) = default;
};

using client_message = std::variant<connect, modify_query_set, mutation, action, authenticate, event>;

}  // namespace hull::protocol
